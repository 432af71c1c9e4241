"""Sentences about what is odd in a run, or could not be read."""

from collections.abc import Iterator, Sequence

from galaxy_import.answers import DataAnswer, Json
from galaxy_import.translate.messages import counted
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import cut
from galaxy_import.translate.run import outcome_of
from galaxy_import.values import Condition, GalaxyData, ReadJob
from workflows.records import DataType, RunStatus

_MOST = 50
_LONGEST = 600
_NAMES = 5


def remarks_on(
    plan: Plan, jobs: Sequence[ReadJob], data: Sequence[GalaxyData], answer: DataAnswer, history: Json | None
) -> tuple[str, ...]:
    """What people should know about how far this run is to be trusted."""
    told = [
        *_unread(plan, jobs, history),
        *_shared(data),
        *_missing(data),
        *_strange(jobs),
        *_waiting(plan, jobs),
    ]
    return tuple(cut(one, _LONGEST) for one in dict.fromkeys(told))[:_MOST]


def _unread(plan: Plan, jobs: Sequence[ReadJob], history: Json | None) -> Iterator[str]:
    if plan.root.workflow is None and plan.root.definition is None:
        yield (
            "The workflow may not be read with this key: it has no file and no version here, and the steps are named "
            "as the invocation names them."
        )
    elif not plan.definition.is_known:
        yield (
            "The file of the workflow's version that ran could not be read; the steps are named as the invocation "
            "names them."
        )
    if history is None:
        yield "The history may not be read, so that it is not known who ran this."
    unread = [job for job in jobs if not job.is_known]
    if unread:
        few = counted(len(unread), "job", "jobs")
        whose = "its" if len(unread) == 1 else "their"
        yield f"The details of {few} of {len(jobs)} could not be read: {whose} parameters and times are missing."
    for step in plan.steps:
        if step.invocation_id and not any(one.parent == step.key for one in plan.steps):
            yield f"The steps of the subworkflow {step.name} could not be read."


def _shared(data: Sequence[GalaxyData]) -> Iterator[str]:
    """Datasets that stand in several places of one run."""
    found: dict[tuple[str, str], list[GalaxyData]] = {}
    for one in data:
        found.setdefault((one.src, one.id), []).append(one)
    for group in (one for one in found.values() if len(one) > 1):
        inputs = [one.label for one in group if one.role == DataType.INPUT]
        outputs = [one.label for one in group if one.role == DataType.OUTPUT]
        if inputs and outputs:
            are, which = ("is", "output") if len(outputs) == 1 else ("are", "outputs")
            taken = "input" if len(inputs) == 1 else "inputs"
            yield f"The {which} {_listed(outputs)} {are} the {taken} {_listed(inputs)}, unchanged."
        else:
            kind = "inputs" if inputs else "outputs"
            yield f"The {kind} {_listed(inputs or outputs)} are one and the same dataset."


def _missing(data: Sequence[GalaxyData]) -> Iterator[str]:
    restricted = [one.label for one in data if one.condition == Condition.RESTRICTED]
    if restricted:
        which = "this" if len(restricted) == 1 else "these"
        yield f"Galaxy does not let {which} be read: {_listed(restricted)}."


def _waiting(plan: Plan, jobs: Sequence[ReadJob]) -> Iterator[str]:
    """What to do about a run that waits for a person: it has ended as far as following it goes."""
    outcome = outcome_of(plan, jobs)
    if outcome.status[0] == RunStatus.PAUSED:
        which = "job" if outcome.states["paused"] == 1 else "jobs"
        yield (
            f"Nothing goes on before somebody acts: resume the paused {which} in the run's history in Galaxy, then "
            "import the run again."
        )


def _strange(jobs: Sequence[ReadJob]) -> Iterator[str]:
    states = sorted({job.state for job in jobs if job.record.status == RunStatus.UNKNOWN})
    if states:
        yield f"Galaxy says of jobs what is not known here: {_listed(one or 'nothing' for one in states)}."


def _listed(names: Sequence[str] | Iterator[str]) -> str:
    told = [repr(name) for name in names]
    more = f" and {len(told) - _NAMES} more" if len(told) > _NAMES else ""
    return ", ".join(told[:_NAMES]) + more
