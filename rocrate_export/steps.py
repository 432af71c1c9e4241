"""The inner life of a run: steps of the workflow, the tools behind them, and what orchestrated them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from rocrate_export.actions import UNSUCCESSFUL, add_job, add_status, status_facts
from rocrate_export.draft import Draft, Level, moment, ran
from rocrate_export.graph import Reference, reference
from rocrate_export.names import is_web_address, slug, uri_id
from rocrate_export.workflow import add_engine, version_url
from workflows.records import JobRecord, RunStatus, StepRecord

DEEPEST = 30  # of nested subworkflows; what lies deeper stands beside its parents

Jobs = list[tuple[int, JobRecord]]


@dataclass(slots=True)
class Outline:
    """The steps of a run as a tree, with the jobs of each; a step knows its jobs by its key."""

    children: dict[str, list[StepRecord]]
    jobs: dict[str, Jobs]
    files: dict[str, Reference]
    controls: list[Reference] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft) -> "Outline":
        """The outline of a draft's record."""
        jobs: dict[str, Jobs] = defaultdict(list)
        keys = {step.key for step in draft.record.steps}
        for number, job in enumerate(draft.record.jobs, start=1):
            if ran(job):
                jobs[job.step if job.step in keys else ""].append((number, job))
        return cls(_children(draft.record.steps), jobs, _files_by_path(draft))

    def ran_below(self, step: StepRecord) -> Jobs:
        """The jobs of the steps that a step holds, at any depth."""
        found: Jobs = []
        for child in self.children[step.key]:
            found += [*self.jobs[child.key], *self.ran_below(child)]
        return found


def add_jobs(draft: Draft, workflow: Reference, run: Reference) -> None:
    """All that was executed; with steps and orchestration where the crate holds the workflow."""
    outline = Outline.of(draft)
    if draft.level == Level.PROVENANCE:
        _add_steps(draft, outline, workflow, outline.children[""])
        _add_orchestration(draft, outline, run)
    else:
        for step in (one for one in draft.record.steps if outline.jobs[one.key]):
            _add_jobs_of(draft, outline, step.key, _add_tool(draft, step))
    for number, job in outline.jobs[""]:
        tool = _add_tool(draft, StepRecord(key="", name=job.name, container_image=job.container_image))
        if draft.level == Level.PROVENANCE:
            draft.graph.link(workflow, "hasPart", tool)
        add_job(draft, number, job, tool, outline.files)


def _add_steps(draft: Draft, outline: Outline, workflow: Reference, steps: list[StepRecord]) -> None:
    for position, step in enumerate(steps, start=1):
        below = outline.ran_below(step)
        tool = _add_subworkflow(draft, workflow, step) if below else _add_tool(draft, step)
        _add_step(draft, workflow, step, tool, position)
        actions = _add_jobs_of(draft, outline, step.key, tool)
        if below and not actions:
            actions = [_add_subworkflow_run(draft, step, tool, [job for _, job in below])]
        if actions:
            draft.graph.link(workflow, "hasPart", tool)
            outline.controls.append(_add_control(draft, step, actions))
        # Steps below one of which nothing ran stand beside it: a workflow must have tools that ran.
        _add_steps(draft, outline, tool if below else workflow, outline.children[step.key])


def _add_step(draft: Draft, workflow: Reference, step: StepRecord, tool: Reference, position: int) -> None:
    entity = draft.graph.add(
        draft.identifiers.of("step", step.key),
        "HowToStep",
        name=step.name,
        position=str(step.position or position),
        identifier=step.key,
        workExample=tool,
        additionalProperty=add_status(draft, step.status),
    )
    draft.graph.link(workflow, "step", entity)


def _add_jobs_of(draft: Draft, outline: Outline, key: str, tool: Reference) -> list[Reference]:
    return [add_job(draft, number, job, tool, outline.files) for number, job in outline.jobs[key]]


def _add_tool(draft: Draft, step: StepRecord) -> Reference:
    """The tool of a step; steps with one tool share it. A step that names none is its own tool."""
    name = step.tool_name or step.tool_id.rpartition("/")[2] or step.name
    address = _address_of_tool(step.tool_id)
    key = (step.tool_id, name, step.tool_version)
    url = address or (draft.run_url and f"{draft.run_url}steps/")
    return draft.graph.add(
        _versioned(address, step.tool_version)
        or draft.software_id("tool", f"{name}-{step.tool_version}", key),
        "SoftwareApplication",
        name=name,
        version=step.tool_version,
        url=url,
        identifier=step.tool_id,
    )


def _versioned(address: str, version: str) -> str:
    """An address that tells the versions of a tool apart."""
    return address if not address or not version or version in address else f"{address}#{slug(version)}"


def _address_of_tool(tool_id: str) -> str:
    """The web address in a tool's id; those of a Galaxy tool shed are addresses that lack their scheme."""
    if is_web_address(tool_id):
        return uri_id(tool_id)
    host, _, path = tool_id.partition("/")
    return uri_id(f"https://{tool_id}") if "." in host and path.startswith("repos/") else ""


def _add_subworkflow(draft: Draft, workflow: Reference, step: StepRecord) -> Reference:
    """The workflow that a step holds; it lies inside the file of the main one."""
    main = draft.record.workflow
    return draft.graph.add(
        draft.software_id("subworkflow", step.key),
        ["SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        name=step.tool_name or step.name,
        version=step.tool_version or (main.version if main else None),
        url=(main.repository_url if main else "") or version_url(draft),
        isPartOf=workflow,
    )


def _add_subworkflow_run(draft: Draft, step: StepRecord, tool: Reference, jobs: list[JobRecord]) -> Reference:
    """The run of a subworkflow, which engines do not record by itself: it lasts as long as its jobs."""
    return draft.add_mention(
        draft.identifiers.of("subworkflow-run", step.key),
        "ActivateAction",
        name=step.name,
        description=f"Run of the subworkflow {step.name}, from its first job to its last.",
        startTime=moment(min((job.started_at for job in jobs if job.started_at), default=None)),
        endTime=moment(_end_of(jobs)),
        agent=draft.agent,
        instrument=tool,
        **status_facts(draft, step.status, f"The subworkflow {step.name} did not succeed."),
    )


def _end_of(jobs: list[JobRecord]) -> datetime | None:
    """When the last of the jobs ended; None while one has not."""
    ends = [job.completed_at for job in jobs if job.completed_at]
    return max(ends) if len(ends) == len(jobs) else None


def _add_control(draft: Draft, step: StepRecord, actions: list[Reference]) -> Reference:
    facts = {}
    if step.status in UNSUCCESSFUL | {RunStatus.SUCCESS}:
        facts = status_facts(draft, step.status, f"The step {step.name} did not succeed.")
    return draft.add_mention(
        draft.identifiers.of("control", step.key),
        "ControlAction",
        name=f"Orchestration of {step.name}",
        instrument=reference(draft.identifiers.of("step", step.key)),
        object=actions,
        **facts,
    )


def _add_orchestration(draft: Draft, outline: Outline, run: Reference) -> None:
    """The engine's own action, if the engine is known and orchestrated steps."""
    engine = add_engine(draft)
    if engine is None or not outline.controls:
        return
    workflow = draft.record.workflow
    draft.add_mention(
        "#engine-run",
        "OrganizeAction",
        name=f"Execution by {workflow.engine.value.title() if workflow else 'the engine'}",
        agent=draft.agent,
        instrument=engine,
        object=outline.controls,
        result=run,
    )


def _children(steps: tuple[StepRecord, ...]) -> dict[str, list[StepRecord]]:
    """The steps that each step holds, those at the top below the empty key; no circles, none too deep."""
    by_key = {step.key: step for step in steps}
    children: dict[str, list[StepRecord]] = defaultdict(list)
    for step in sorted(steps, key=lambda one: one.position):
        children[step.parent if _is_reachable(step, by_key) else ""].append(step)
    return children


def _is_reachable(step: StepRecord, by_key: dict[str, StepRecord]) -> bool:
    """Whether the way up from a step ends at the top."""
    for _ in range(DEEPEST):
        if not step.parent:
            return True
        if step.parent not in by_key:
            return False
        step = by_key[step.parent]
    return False


def _files_by_path(draft: Draft) -> dict[str, Reference]:
    files: dict[str, Reference] = {}
    for link in draft.record.datasets:
        for file in link.dataset.files:
            files.setdefault(file.path or file.name, reference(draft.payload.id_of(file)))
    return files
