"""One invocation of any size, in the words in which Galaxy 26.1 told of one with 401 jobs.

A list of samples goes through two mapped steps, and one job puts the results together: two jobs for each sample, and
one. As in Galaxy, ids are encoded numbers of each kind: job 1, dataset 1 and collection 1 have the same.
"""

from functools import cached_property

from benchmarks.galaxy.data import MadeData
from benchmarks.galaxy.numbering import (
    BEGUN,
    HISTORY,
    INVOCATION,
    MAPPED,
    MERGE,
    SAMPLES,
    STEPS,
    STORED,
    USER,
    UUID_OF_RUN,
    WORKFLOW,
    Json,
    encoded,
    made_uuid,
    moment,
)

TEXT = "reading {name}: {number} lines kept, none dropped; see the manual for what the columns mean\n"


class MadeInvocation(MadeData):
    """What Galaxy says of the invocation over so many elements."""

    @classmethod
    def of(cls, jobs: int) -> "MadeInvocation":
        """The one that has this many jobs, or one more."""
        return cls(max(1, jobs // 2))

    # --- the invocation, its workflow, its history ---------------------------------------------------------

    @cached_property
    def invocation(self) -> Json:
        """``GET /api/invocations/{id}?step_details=true``."""
        outputs = {
            "all": {"src": "hda", "id": encoded(self.datasets), "workflow_step_id": encoded(MERGE + 1)}
        }
        return {
            "model_class": "WorkflowInvocation",
            "id": INVOCATION,
            "create_time": moment(0),
            "update_time": moment(self.jobs),
            "workflow_id": WORKFLOW,
            "history_id": HISTORY,
            "uuid": UUID_OF_RUN,
            "state": "completed",
            "steps": [self._step(index) for index in range(len(STEPS))],
            "inputs": {"0": {**_collection(SAMPLES), "label": "samples", "workflow_step_id": encoded(1)}},
            "input_step_parameters": {},
            "outputs": outputs,
            "output_collections": {
                STEPS[index].output: {**_collection(index), "workflow_step_id": encoded(index + 1)}
                for index in MAPPED
            },
            "output_values": {},
            "messages": [],
        }

    def _step(self, index: int) -> Json:
        step, numbers = STEPS[index], self._numbers(index)
        made: Json = {"outputs": {}, "output_collections": {step.made: _collection(index)}}
        if index == MERGE:
            made = {"outputs": {step.made: _made(self.datasets)}, "output_collections": {}}
        return {
            "model_class": "WorkflowInvocationStep",
            "id": encoded(index + 1),
            "update_time": moment(numbers[-1] if numbers else 0),
            "job_id": encoded(self.jobs) if index == MERGE else None,
            "workflow_step_id": encoded(index + 1),
            "subworkflow_invocation_id": None,
            "state": "scheduled",
            "action": None,
            "order_index": index,
            "workflow_step_label": step.label,
            "workflow_step_uuid": made_uuid(2, index),
            "jobs": [self.brief(number) for number in numbers],
            "implicit_collection_jobs_id": encoded(index) if index in MAPPED else None,
            **made,
        }

    def _numbers(self, index: int) -> range:
        """The numbers of the jobs of a step."""
        if index == MERGE:
            return range(self.jobs, self.jobs + 1)
        return range((index - 1) * self.elements + 1, index * self.elements + 1) if index else range(0)

    @cached_property
    def workflow(self) -> Json:
        """``GET /api/workflows/{id}?instance=true``."""
        return {
            "model_class": "StoredWorkflow",
            "id": STORED,
            "name": "Two steps over many samples",
            "owner": "alice",
            "tags": ["benchmark"],
            "annotation": "Cuts and counts every sample.",
            "license": "MIT",
            "creator": [{"class": "Person", "name": "Alice Example"}],
            "latest_workflow_uuid": made_uuid(3, 1),
            "version": 0,
            "deleted": False,
            "published": False,
            "importable": False,
            "inputs": {"0": {"label": "samples", "value": "", "uuid": made_uuid(2, 0)}},
            "steps": {},
            "source_metadata": None,
        }

    @cached_property
    def definition(self) -> Json:
        """The ``.ga`` of the version that ran."""
        return {
            "a_galaxy_workflow": "true",
            "annotation": "Cuts and counts every sample.",
            "format-version": "0.1",
            "name": "Two steps over many samples",
            "license": "MIT",
            "tags": ["benchmark"],
            "uuid": made_uuid(3, 1),
            "version": 0,
            "steps": {str(index): _defined(index) for index in range(len(STEPS))},
        }

    @cached_property
    def history(self) -> Json:
        """``GET /api/histories/{id}``, which lists the ids of all its datasets."""
        return {
            "model_class": "History",
            "id": HISTORY,
            "name": "A benchmark",
            "deleted": False,
            "purged": False,
            "published": False,
            "importable": False,
            "annotation": None,
            "tags": [],
            "username": "alice",
            "user_id": USER,
            "state": "ok",
            "state_ids": {"ok": [encoded(number) for number in range(1, self.datasets + 1)]},
            "state_details": {"ok": self.datasets},
        }

    # --- jobs ----------------------------------------------------------------------------------------------

    def _place(self, number: int) -> tuple[int, int]:
        """The step of a job, and which of its elements it is about, from 0."""
        step, element = divmod(number - 1, self.elements)
        return (MERGE, 0) if number == self.jobs else (step + 1, element)

    def brief(self, number: int) -> Json:
        """A job as the invocation's step lists it."""
        return {
            "model_class": "Job",
            "id": encoded(number),
            "history_id": HISTORY,
            "tool_id": STEPS[self._place(number)[0]].tool_id,
            "state": "ok",
            "exit_code": 0,
            "create_time": moment(number),
            "update_time": moment(number + 5000),
            "galaxy_version": "26.1",
        }

    def row(self, number: int) -> Json:
        """A job in ``GET /api/jobs?invocation_id=``."""
        nothing = ("external_id", "handler", "job_runner_name", "command_line", "user_email", "user_id")
        return {**self.brief(number), **dict.fromkeys(nothing)}

    def job(self, number: int) -> Json:
        """``GET /api/jobs/{id}?full=true``."""
        index, element = self._place(number)
        step, text = STEPS[index], TEXT.format(name=f"sample_{element:05}", number=number)
        made = {step.made: _made(self.elements + number)}
        whole = {step.made: _collection(index)} if index in MAPPED else {}
        return {
            **self.row(number),
            "user_id": USER,
            "command_version": step.version,
            "params": {
                "columnList": '"c1,c2,c3"',
                "delimiter": '"T"',
                "__workflow_invocation_uuid__": f'"{UUID_OF_RUN.replace("-", "")}"',
                "chromInfo": '"/galaxy/tool-data/shared/ucsc/chrom/?.len"',
                "dbkey": '"?"',
                "__input_ext": '"tabular"',
            },
            "inputs": self._taken(index, number),
            "outputs": made,
            "output_collections": whole,
            "copied_from_job_id": None,
            "tool_stdout": text,
            "tool_stderr": "",
            "job_stdout": "",
            "job_stderr": "",
            "stdout": text,
            "stderr": "",
            "job_messages": [],
            "dependencies": [],
            "job_metrics": None,
        }

    def _taken(self, index: int, number: int) -> Json:
        """What a job took in: the dataset of its element, or all; the first of many is told twice."""
        name = STEPS[index].takes
        if index != MERGE:
            return {name: _made(number)}
        counts = range(2 * self.elements + 1, 3 * self.elements + 1)
        taken = {f"{name}{place}": _made(each) for place, each in enumerate(counts, start=1)}
        return {name: taken[f"{name}1"], **taken}

    def metrics(self, number: int) -> list[Json]:
        """``GET /api/jobs/{id}/metrics`` as ordinary users see it."""
        start = int(BEGUN.timestamp()) + number // 1000
        figures = [
            ("Cores Allocated", "core", "galaxy_slots", "1.0000000"),
            ("Job Start Time", "core", "start_epoch", f"{start}.0000000"),
            ("Job End Time", "core", "end_epoch", f"{start + 4}.0000000"),
            ("Job Runtime (Wall Clock)", "core", "runtime_seconds", "4.0000000"),
            ("Total System Memory", "meminfo", "memtotal", "24684084.0000000"),
            ("Total System Swap", "meminfo", "swaptotal", "0E-7"),
        ]
        return [
            {"title": title, "value": raw, "plugin": plugin, "name": name, "raw_value": raw}
            for title, plugin, name, raw in figures
        ]


def _collection(index: int) -> Json:
    """What a step gives, where it is a collection: they are numbered as the steps are, from 1."""
    return {"src": "hdca", "id": encoded(index + 1)}


def _defined(index: int) -> Json:
    """A step in the ``.ga``."""
    step = STEPS[index]
    connections = {step.takes: {"id": index - 1, "output_name": STEPS[index - 1].made}} if index else {}
    labelled = [{"label": step.output, "output_name": step.made, "uuid": made_uuid(4, index)}]
    return {
        "id": index,
        "annotation": "",
        "label": step.label,
        "name": step.tool_id or "Input dataset collection",
        "type": "tool" if step.tool_id else "data_collection_input",
        "content_id": step.tool_id or None,
        "tool_id": step.tool_id or None,
        "tool_version": step.version or None,
        "tool_state": "{}" if step.tool_id else '{"optional": false, "collection_type": "list"}',
        "input_connections": connections,
        "inputs": [],
        "outputs": [{"name": step.made, "type": "tabular"}] if step.tool_id else [],
        "uuid": made_uuid(2, index),
        "when": None,
        "workflow_outputs": labelled if step.output else [],
    }


def _made(number: int) -> Json:
    """A dataset as jobs and steps name it."""
    return {"id": encoded(number), "src": "hda", "uuid": made_uuid(1, number)}
