"""The inner life of a run: steps of the workflow, their jobs, and what orchestrated them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from rocrate_export.actions import (
    UNSUCCESSFUL,
    add_container,
    add_job,
    add_message,
    add_status,
    outcome,
    status_facts,
)
from rocrate_export.connections import Execution, connect
from rocrate_export.draft import Draft, Level, moment, ran
from rocrate_export.graph import Reference, reference
from rocrate_export.tools import add_subworkflow, add_tool, add_tool_of_job
from rocrate_export.workflow import add_engine
from workflows.records import JobRecord, RunStatus, StepRecord

DEEPEST = 30  # of nested subworkflows; what lies deeper stands beside its parents

ORCHESTRATION_FAILED = "The run did not succeed; its own action says more."


@dataclass(slots=True)
class Outline:
    """The steps of a run as a tree, by their keys: what is below each, what each executes and where it stands.

    ``holders`` are the workflows that steps are in, ``tools`` what they execute, ``actions`` their executions.
    """

    steps: dict[str, StepRecord]
    children: dict[str, list[StepRecord]]
    jobs: dict[str, list[JobRecord]]
    holders: dict[str, Reference] = field(default_factory=dict)
    tools: dict[str, Reference] = field(default_factory=dict)
    actions: dict[str, list[Reference]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, draft: Draft) -> "Outline":
        """The outline of a draft's record, with the jobs of each step that ran."""
        jobs: dict[str, list[JobRecord]] = defaultdict(list)
        for job in draft.record.jobs:
            if ran(job):
                jobs[job.step].append(job)
        return cls({step.key: step for step in draft.record.steps}, _children(draft.record.steps), jobs)

    def ran_below(self, step: StepRecord) -> list[JobRecord]:
        """The jobs of the steps that a step holds, at any depth."""
        found: list[JobRecord] = []
        for child in self.children[step.key]:
            found += [*self.jobs[child.key], *self.ran_below(child)]
        return found


def add_jobs(draft: Draft, workflow: Reference, run: Reference) -> None:
    """All that was executed, and the steps that it belonged to; with orchestration where the workflow is known.

    Steps and jobs come in the order of the record, whatever holds them.
    """
    outline = Outline.of(draft)
    _find_tools(draft, outline, workflow, outline.children[""])
    for step in draft.record.steps:
        _add_step(draft, outline, step)
    executions = _add_actions(draft, outline, workflow)
    controls = [
        _add_control(draft, outline, step) for step in draft.record.steps if _acted(draft, outline, step)
    ]
    if draft.level == Level.PROVENANCE:
        _add_orchestration(draft, controls, run)
        connect(draft, workflow, outline.holders, executions)


def _find_tools(draft: Draft, outline: Outline, workflow: Reference, steps: list[StepRecord]) -> None:
    """Give each step its tool, and the workflow that it is a step of.

    Steps below one of which nothing ran stand beside it: a workflow must have tools that ran.
    """
    for step in steps:
        holds = draft.level == Level.PROVENANCE and bool(outline.ran_below(step))
        tool = add_subworkflow(draft, workflow, step) if holds else add_tool(draft, step)
        outline.holders[step.key], outline.tools[step.key] = workflow, tool
        _find_tools(draft, outline, tool if holds else workflow, outline.children[step.key])


def _add_step(draft: Draft, outline: Outline, step: StepRecord) -> None:
    facts = {
        "name": step.name,
        "position": str(step.position),
        "identifier": step.key,
        "isPartOf": reference(_step_id(draft, step.parent)) if step.parent in outline.steps else None,
        "workExample": outline.tools[step.key],
        "containerImage": add_container(draft, step.container_image),
        "additionalProperty": [add_status(draft, step.status), *add_message(draft, step.message)],
    }
    if draft.level == Level.PROCESS:
        draft.add_mention(_step_id(draft, step.key), "HowToStep", **facts)
    else:
        entity = draft.graph.add(_step_id(draft, step.key), "HowToStep", **facts)
        draft.graph.link(outline.holders[step.key], "step", entity)


def _step_id(draft: Draft, key: str) -> str:
    return draft.identifiers.of("step", key)


def _add_actions(draft: Draft, outline: Outline, workflow: Reference) -> list[Execution]:
    """The jobs as actions, in their order; returns those that ran with their tools and files."""
    files = _files_by_path(draft)
    executions = []
    for number, job in enumerate(draft.record.jobs, start=1):
        if not ran(job):
            add_job(draft, number, job, None, files)
            continue
        tool = outline.tools.get(job.step) or add_tool_of_job(draft, job.name)
        action = add_job(draft, number, job, tool, files)
        outline.actions[job.step].append(action)
        executions.append(Execution(job, tool, files))
        if draft.level == Level.PROVENANCE:
            draft.graph.link(outline.holders.get(job.step, workflow), "hasPart", tool)
    return executions


def _acted(draft: Draft, outline: Outline, step: StepRecord) -> bool:
    """Whether anything was executed for a step; that of a subworkflow is added."""
    below = outline.ran_below(step) if draft.level == Level.PROVENANCE else []
    if below and not outline.actions[step.key]:
        tool = outline.tools[step.key]
        outline.actions[step.key].append(_add_subworkflow_run(draft, step, tool, below))
        draft.graph.link(outline.holders[step.key], "hasPart", tool)
    return bool(outline.actions[step.key])


def _add_subworkflow_run(draft: Draft, step: StepRecord, tool: Reference, jobs: list[JobRecord]) -> Reference:
    """The run of a subworkflow, which engines do not record by itself: it lasts as long as its jobs."""
    return draft.add_mention(
        draft.identifiers.of("subworkflow-run", step.key),
        "CreateAction",
        name=step.name,
        description=f"Run of the subworkflow {step.name}, from its first job to its last.",
        startTime=moment(min((job.started_at for job in jobs if job.started_at), default=None)),
        endTime=moment(_end_of(jobs)),
        agent=draft.agent,
        instrument=tool,
        result=outcome(draft, step.status, []),
        **status_facts(draft, step.status, _error_of(step, "subworkflow")),
    )


def _error_of(step: StepRecord, kind: str) -> str:
    return step.message if step.message.strip() else f"The {kind} {step.name} did not succeed."


def _end_of(jobs: list[JobRecord]) -> datetime | None:
    """When the last of the jobs ended; None while one has not."""
    ends = [job.completed_at for job in jobs if job.completed_at]
    return max(ends) if len(ends) == len(jobs) else None


def _add_control(draft: Draft, outline: Outline, step: StepRecord) -> Reference:
    facts = {}
    if step.status in UNSUCCESSFUL | {RunStatus.SUCCESS}:
        facts = status_facts(draft, step.status, _error_of(step, "step"))
    return draft.add_mention(
        draft.identifiers.of("control", step.key),
        "ControlAction",
        name=f"Orchestration of {step.name}",
        instrument=reference(_step_id(draft, step.key)),
        object=outline.actions[step.key],
        **facts,
    )


def _add_orchestration(draft: Draft, controls: list[Reference], run: Reference) -> None:
    """The engine's own action, if the engine is known and orchestrated steps."""
    engine = add_engine(draft)
    if engine is None or not controls:
        return
    workflow = draft.record.workflow
    draft.add_mention(
        "#engine-run",
        "OrganizeAction",
        name=f"Execution by {workflow.engine.value.title() if workflow else 'the engine'}",
        agent=draft.agent,
        instrument=engine,
        object=controls,
        result=run,
        **status_facts(draft, draft.record.status, ORCHESTRATION_FAILED),
    )


def _children(steps: tuple[StepRecord, ...]) -> dict[str, list[StepRecord]]:
    """The steps that each step holds, those at the top below the empty key; no circles, none too deep."""
    by_key = {step.key: step for step in steps}
    children: dict[str, list[StepRecord]] = defaultdict(list)
    for step in steps:
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
    for link, standing in zip(draft.record.datasets, draft.datasets, strict=True):
        for file, entity in zip(link.dataset.files, standing.files, strict=True):
            files.setdefault(file.path or file.name, entity)
    return files
