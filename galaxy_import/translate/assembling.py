"""All that was read, put together."""

from collections.abc import Sequence
from dataclasses import replace

from galaxy_import.answers import DataAnswer, Json
from galaxy_import.translate.datasets import Datasets
from galaxy_import.translate.elements import elements_of_jobs
from galaxy_import.translate.jobs import command_of
from galaxy_import.translate.lineage import Lineage, states_of
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import NAME, cut, text
from galaxy_import.translate.remarks import remarks_on
from galaxy_import.translate.run import outcome_of, run_record, tags_of
from galaxy_import.translate.steps import Steps
from galaxy_import.values import CrateFacts, GalaxyRun, ReadJob

_NOTHING = CrateFacts()


def assemble(
    plan: Plan,
    jobs: Sequence[ReadJob],
    data: DataAnswer,
    history: Json | None,
    crate: CrateFacts = _NOTHING,
) -> GalaxyRun:
    """The run, from what was planned, its jobs, its datasets and its history (None where it may not be read).

    The jobs may come in any order. What only Galaxy's own crate says comes from ``crate``.
    """
    ordered = sorted(jobs, key=lambda one: (one.created, one.record.external_id))
    outcome = outcome_of(plan, ordered)
    datasets = Datasets(plan.server.url, data, states_of(ordered), not outcome.has_ended)
    told = tuple(datasets.data_of(reference) for reference in plan.data)
    whole = _whole_jobs(plan, ordered, data, datasets, crate)
    steps = Steps(plan, whole, crate, outcome.has_ended).records()
    record = run_record(plan, outcome, whole, steps, history)
    return GalaxyRun(
        record=record,
        data=told,
        definition=plan.root.definition if record.workflow and record.workflow.files else None,
        has_ended=outcome.has_ended,
        invocation_id=text(plan.root.invocation, "id", 64),
        history_id=text(plan.root.invocation, "history_id", 64),
        remarks=remarks_on(plan, whole, told, data, history),
        tags=tags_of(history),
        workflow_tags=tags_of(plan.root.workflow),
    )


def _whole_jobs(
    plan: Plan, jobs: Sequence[ReadJob], data: DataAnswer, datasets: Datasets, crate: CrateFacts
) -> list[ReadJob]:
    """The jobs with what only shows when all are known: their elements, their files, and what they came after."""
    elements = elements_of_jobs(plan, jobs, data)
    lineage = Lineage(plan, jobs, data, elements)
    return [
        replace(
            job,
            record=replace(
                job.record,
                name=_name(job, elements),
                command_line=job.record.command_line or _command(job, crate),
                message=_reason(job, data) or job.record.message,
                files=lineage.files(job, datasets.places),
                after=lineage.after(job),
            ),
        )
        for job in jobs
    ]


def _name(job: ReadJob, elements: dict[str, str]) -> str:
    """The step's name, and in parentheses the element that it worked on."""
    element = elements.get(job.record.external_id, "")
    return cut(f"{job.record.name} ({element})", NAME) if element else job.record.name


def _command(job: ReadJob, crate: CrateFacts) -> str:
    return command_of(crate.command_lines.get(job.record.external_id))


def _reason(job: ReadJob, data: DataAnswer) -> str:
    """Why a job is paused: that stands with the datasets that it was to make."""
    if job.state != "paused":
        return ""
    told = (text(data.datasets.get(identifier), "misc_info") for src, identifier in job.made if src == "hda")
    said = next(filter(None, told), "")
    return f"It is paused. Galaxy says: {said}" if said else ""
