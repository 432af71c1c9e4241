"""What flowed where: slots of the tools that jobs executed, and the connections between steps.

All of it follows from which job used and made which file. Records do not keep what a tool calls its files, so a
tool has one slot for what its jobs used and one for what they made. Where several steps made a file, nobody
knows which of them another step had it from, so nothing is connected.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from rocrate_export.draft import Draft
from rocrate_export.graph import Reference, reference
from rocrate_export.parameters import add_slot, add_value_slot, fill, open_parameters
from workflows.records import FileRole, JobRecord

_SIDES = {FileRole.USED: "input", FileRole.MADE: "output"}
_DESCRIPTION = "The files that jobs of this tool {role}; what the tool itself calls them is not recorded."


@dataclass(frozen=True, slots=True)
class Execution:
    """A job that ran, with its tool; ``files`` maps paths, as jobs name them, to the run's files."""

    job: JobRecord
    tool: Reference
    files: dict[str, Reference]
    _found: dict[FileRole, list[Reference]] = field(default_factory=dict)

    def of_role(self, role: FileRole) -> list[Reference]:
        """The files that the job used, or made; looked up once."""
        found = self._found.get(role)
        if found is None:
            named = dict.fromkeys([one.path for one in self.job.files if one.role == role])
            found = self._found[role] = [self.files[path] for path in named if path in self.files]
        return found


@dataclass(frozen=True, slots=True)
class _Flow:
    """What connections are made of: slots by tool and role, and of each step its tool and its workflow."""

    draft: Draft
    workflow: Reference
    holders: dict[str, Reference]
    tools: dict[str, str]
    slots: dict[tuple[str, FileRole], Reference]
    made: set[tuple[str, str, str]] = field(default_factory=set)

    def into_step(self, step: str, file: str, maker: str) -> None:
        """A step used a file: one that another step made, or one that went into the run."""
        target = self.slots[self.tools[step], FileRole.USED]
        receiver = reference(self.draft.identifiers.of("step", step))
        if maker and maker != step and self.holders[maker] == self.holders[step]:
            self._connect(self.slots[self.tools[maker], FileRole.MADE], target, receiver)
        elif not maker and self.holders[step] == self.workflow:
            for source in self._slots_of_run(file, "input"):
                self._connect(source, target, receiver)

    def out_of_run(self, step: str, file: str) -> None:
        """A file that a step made is one that the run gave."""
        if self.holders[step] == self.workflow:
            for target in self._slots_of_run(file, "output"):
                self._connect(self.slots[self.tools[step], FileRole.MADE], target, self.workflow)

    def _slots_of_run(self, file: str, side: str) -> list[Reference]:
        return [slot for at, slot in self.draft.slots.get(file, ()) if at == side]

    def _connect(self, source: Reference, target: Reference, receiver: Reference) -> None:
        ends = (source["@id"], target["@id"])
        if (*ends, receiver["@id"]) in self.made:  # one connection stands for all files that flowed there
            return
        self.made.add((*ends, receiver["@id"]))
        name = " to ".join(one.rpartition("#")[2] for one in ends)
        entity = self.draft.graph.add(
            self.draft.identifiers.of("connection", name, ends),
            "ParameterConnection",
            name=name,
            sourceParameter=source,
            targetParameter=target,
        )
        self.draft.graph.link(receiver, "connection", entity)


def connect(
    draft: Draft, workflow: Reference, holders: dict[str, Reference], executions: list[Execution]
) -> None:
    """Add the slots of all tools, and the connections between steps of one workflow (``holders``, by key)."""
    for execution in executions:
        _add_values(draft, execution)
    tools = {one.job.step: one.tool["@id"] for one in executions}
    flow = _Flow(draft, workflow, holders, tools, _add_file_slots(draft, executions))
    of_steps = [one for one in executions if one.job.step in holders]
    makers = _makers(of_steps)
    for step, files in _by_step(of_steps, FileRole.USED).items():
        for file, maker in _of_each_kind(draft, {file: makers.get(file, "") for file in files}):
            flow.into_step(step, file, maker)
    for file, maker in _of_each_kind(draft, makers):
        flow.out_of_run(maker, file)


def _of_each_kind(draft: Draft, makers: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    """Files with the step that made them, where that is certain: one for all of one step and one dataset.

    What says where the files of a dataset come from or go to is one list, and so are the connections.
    """
    seen = set()
    for file, maker in makers.items():
        kind = (maker, id(draft.slots.get(file)))
        if maker is not None and kind not in seen:
            seen.add(kind)
            yield file, maker


def _add_values(draft: Draft, execution: Execution) -> None:
    """The slots of a tool that a job's parameters filled; these have names."""
    for name, value in open_parameters(execution.job.parameters.items()):
        if value is not None:
            slot = add_value_slot(draft, "slot", name, value, owner=execution.tool["@id"])
            draft.graph.link(execution.tool, "input", slot)
            fill(draft, slot, draft.add_value("value", name, value))


def _add_file_slots(draft: Draft, executions: list[Execution]) -> dict[tuple[str, FileRole], Reference]:
    """The slots of tools that files filled, by tool and role."""
    filled = list(_by_slot(executions))
    several = {key for key, files in filled if len(files) > 1}
    slots = {}
    for key, files in filled:
        slots[key] = slot = _add_file_slot(draft, *key, "True" if key in several else None)
        draft.graph.link(reference(key[0]), _SIDES[key[1]], slot)
        for file in files:
            fill(draft, slot, file)
    return slots


def _by_slot(executions: list[Execution]) -> Iterator[tuple[tuple[str, FileRole], list[Reference]]]:
    for execution in executions:
        for role in FileRole:
            files = execution.of_role(role)
            if files:
                yield (execution.tool["@id"], role), files


def _add_file_slot(draft: Draft, tool: str, role: FileRole, several: str | None) -> Reference:
    word = role.value.lower()
    identifier = draft.identifiers.of("slot", f"{tool.rpartition('/')[2].lstrip('#')}-{word}", (tool, role))
    return add_slot(
        draft,
        identifier,
        name=word,
        additionalType="File",
        multipleValues=several,
        description=_DESCRIPTION.format(role=word),
    )


def _by_step(executions: list[Execution], role: FileRole) -> dict[str, dict[str, None]]:
    """The files that each step used, or made."""
    files: dict[str, dict[str, None]] = defaultdict(dict)
    for execution in executions:
        files[execution.job.step].update((one["@id"], None) for one in execution.of_role(role))
    return files


def _makers(executions: list[Execution]) -> dict[str, str | None]:
    """The step that made each file, None where several did."""
    makers: dict[str, str | None] = {}
    for step, files in _by_step(executions, FileRole.MADE).items():
        for file in files:
            makers[file] = None if file in makers else step
    return makers
