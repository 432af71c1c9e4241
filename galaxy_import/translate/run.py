"""The run as a record, from its plan and its jobs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from galaxy_import.answers import Json
from galaxy_import.translate.messages import counted, is_warning, joined, sentence_of, step_of_message
from galaxy_import.translate.parameters import output_values_of, parameters_of_run
from galaxy_import.translate.plan import Plan, messages_of
from galaxy_import.translate.reading import NAME, cut, plain, text, texts, time_of, without_nulls
from galaxy_import.translate.statuses import BROKEN, CALLED_OFF, Standing, has_ended, status_of_run
from galaxy_import.translate.step_plan import has_no_jobs_to_run
from galaxy_import.translate.workflow import page_of_workflow, version_of_workflow, workflow_of
from galaxy_import.values import ReadJob
from workflows.records import PersonRecord, RunOrigin, RunRecord, RunStatus, StepRecord

_SETTLED = frozenset({RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the run stands, how that is known, and whether anything goes on."""

    status: Standing
    has_ended: bool
    states: Counter[str]


def outcome_of(plan: Plan, jobs: Sequence[ReadJob]) -> Outcome:
    """How the run stands, from the jobs as they were read last."""
    states = Counter(job.state for job in jobs)
    has_all = all(step.is_subworkflow or step.jobs or has_no_jobs_to_run(step) for step in plan.steps)
    return Outcome(
        status=status_of_run(plan.state, plan.nested_states, states, has_all),
        has_ended=has_ended(plan.state, plan.nested_states, states),
        states=states,
    )


def run_record(
    plan: Plan, outcome: Outcome, jobs: Sequence[ReadJob], steps: tuple[StepRecord, ...], history: Json | None
) -> RunRecord:
    """The run, without its datasets."""
    status, basis = outcome.status
    started = time_of(plan.root.invocation.get("create_time"))
    return RunRecord(
        name=_name(plan, history, started),
        workflow=workflow_of(plan),
        status=status,
        status_basis=basis,
        message=_message(plan, outcome, steps),
        description=text(history, "annotation"),
        started_at=started,
        completed_at=_end(plan, outcome, jobs, started),
        run_environment=_environment(plan, history),
        is_imported=True,
        origin=RunOrigin(
            source="galaxy",
            source_url=page_of_invocation(plan),
            external_id=text(plan.root.invocation, "uuid", 64),
        ),
        people=_people(history),
        parameters=parameters_of_run(plan.workflows[0]),
        steps=steps,
        jobs=tuple(job.record for job in jobs),
    )


def page_of_invocation(plan: Plan) -> str:
    """The page on which Galaxy shows the invocation."""
    return f"{plan.server.url}/workflows/invocations/{text(plan.root.invocation, 'id', 64)}"


def _name(plan: Plan, history: Json | None, started: datetime | None) -> str:
    """The workflow's name and when it was started: a history holds many runs of a workflow, and may be renamed."""
    whole = plan.definition.whole
    named = (
        text(plan.root.workflow, "name") or text(whole, "name") or text(history, "name") or "Galaxy workflow"
    )
    moment = f" ({started:%Y-%m-%d %H:%M} UTC)" if started else ""
    return cut(named, NAME - len(moment)) + moment


def _end(plan: Plan, outcome: Outcome, jobs: Sequence[ReadJob], started: datetime | None) -> datetime | None:
    """When the last job ended: Galaxy does not say when an invocation did. One without jobs ended when it changed."""
    if not outcome.has_ended or outcome.status[0] not in _SETTLED:
        return None
    ends = [job.record.completed_at for job in jobs if job.record.completed_at]
    last = max(ends) if ends else time_of(plan.root.invocation.get("update_time"))
    return max(last, started) if last and started else last


def _message(plan: Plan, outcome: Outcome, steps: tuple[StepRecord, ...]) -> str:
    """Why the run did not succeed, first in Galaxy's words on the invocation, then by the steps that did not."""
    told = [
        sentence_of(message, _subject(plan, step_of_message(message, workflow.parent)))
        for workflow in plan.workflows
        for message in messages_of(workflow)
        if outcome.status[0] != RunStatus.SUCCESS or is_warning(message)
    ]
    if outcome.status[0] in (RunStatus.FAILED, RunStatus.PAUSED):
        told += _failures(plan, steps) + _counts(outcome.states)
    if not told and plan.state in CALLED_OFF:
        told = ["Cancelled in Galaxy."]
    if not told and outcome.status[0] == RunStatus.CANCELLED:
        told = [f"{counted(outcome.states['deleted'], 'job was', 'jobs were')} cancelled in Galaxy."]
    return joined(told or _unknown(plan, outcome))


def _subject(plan: Plan, key: str) -> str:
    """What a message speaks of: a step by its name, or the run."""
    step = plan.step_of.get(key)
    return f"step {step.name}" if step else f"step {key}" if key else "the run"


def _failures(plan: Plan, steps: tuple[StepRecord, ...]) -> list[str]:
    failed = [one for one in steps if one.status == RunStatus.FAILED and one.message]
    told = [one for one in failed if not plan.step_of[one.key].is_subworkflow and plan.step_of[one.key].jobs]
    return [f"Step {one.name}: {one.message}" for one in told[:5]]


def _counts(states: Counter[str]) -> list[str]:
    """How many jobs stand still, and that not all was lost."""
    told = []
    if states["paused"]:
        waiting = counted(states["paused"], "job is", "jobs are")
        them = "it" if states["paused"] == 1 else "them"
        told.append(f"{waiting} paused, until somebody resumes {them} in Galaxy.")
    if states["ok"] and any(states[one] for one in BROKEN):
        total = sum(states.values())
        told.append(f"{states['ok']} of {counted(total, 'job', 'jobs')} succeeded.")
    return told


def _unknown(plan: Plan, outcome: Outcome) -> list[str]:
    if outcome.status[0] != RunStatus.UNKNOWN:
        return []
    said = repr(plan.state) if plan.state else "nothing"
    return [f"Galaxy says {said} of the invocation, and nothing of its jobs by which to judge."]


def _people(history: Json | None) -> tuple[PersonRecord, ...]:
    """The invocation names nobody: who ran it is who owns the history that it ran in."""
    name = text(history, "username", NAME)
    return (PersonRecord(name=name, role="agent"),) if name else ()


def tags_of(answer: Json | None) -> tuple[str, ...]:
    """The tags of a history or a workflow, each once."""
    return tuple(dict.fromkeys(one.strip() for one in texts(answer, "tags")))


def _environment(plan: Plan, history: Json | None) -> Any:
    """Where the run ran, and Galaxy's ids for it. ``output_values`` are the outputs that are no datasets."""
    invocation, base = plan.root.invocation, plan.server.url
    stored = plan.root.workflow if isinstance(plan.root.workflow, dict) else {}
    history_id = text(history, "id", 64) or text(invocation, "history_id", 64)
    return without_nulls(
        {
            "engine": "Galaxy",
            "engine_version": plan.server.version,
            "server": base,
            "invocation": {
                "id": text(invocation, "id", 64),
                "uuid": text(invocation, "uuid", 64),
                "state": plan.state,
                "url": page_of_invocation(plan),
            },
            "history": {
                "id": history_id,
                "name": text(history, "name", NAME),
                "url": f"{base}/histories/view?id={history_id}" if history_id else "",
                "tags": list(texts(history, "tags")),
            },
            "workflow": {
                "id": text(stored, "id", 64),
                "version": version_of_workflow(stored, plan.definition.whole),
                "url": page_of_workflow(base, stored),
                "owner": text(stored, "owner", NAME),
                "tags": list(texts(stored, "tags")),
                "doi": list(texts(stored, "doi")),
            },
            "messages": [without_nulls(plain(one)) for one in messages_of(plan.workflows[0])],
            "output_values": output_values_of(invocation),
        }
    )
