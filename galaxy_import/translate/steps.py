"""The steps of a run as records: how they stand, from their jobs, and why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from galaxy_import.translate.definition import PAUSE, kind_of
from galaxy_import.translate.messages import counted, joined, sentence_of, step_of_message
from galaxy_import.translate.plan import Plan, messages_of
from galaxy_import.translate.reading import MESSAGE, NAME, VERSION, cut, text
from galaxy_import.translate.statuses import BROKEN, CALLED_OFF, status_of_jobs, status_of_steps
from galaxy_import.translate.step_plan import PlannedStep, has_no_jobs_to_run
from galaxy_import.translate.tools import tool_of
from galaxy_import.values import CrateFacts, ReadJob
from workflows.records import RunStatus, StepRecord


class Steps:
    """Makes the records of a run's steps from its jobs."""

    def __init__(self, plan: Plan, jobs: Sequence[ReadJob], crate: CrateFacts, has_ended: bool) -> None:
        self._plan = plan
        self._crate = crate
        self._has_ended = has_ended
        self._jobs: dict[str, list[ReadJob]] = defaultdict(list)
        for job in jobs:
            self._jobs[job.record.step].append(job)
        self._children: dict[str, list[PlannedStep]] = defaultdict(list)
        for step in plan.steps:
            self._children[step.parent].append(step)
        self._told = self._messages()

    def _messages(self) -> Mapping[str, list[str]]:
        """What Galaxy's invocations say of single steps."""
        found: dict[str, list[str]] = defaultdict(list)
        for workflow in self._plan.workflows:
            for message in messages_of(workflow):
                key = step_of_message(message, workflow.parent)
                if key in self._plan.step_of:
                    found[key].append(sentence_of(message, "it"))
        return found

    def records(self) -> tuple[StepRecord, ...]:
        """All steps, each before those that are nested in it."""
        return tuple(self._record(step, place) for place, step in enumerate(self._plan.steps))

    def _record(self, step: PlannedStep, place: int) -> StepRecord:
        jobs = self._jobs[step.key]
        tool = tool_of(step.definition, next((job.tool_id for job in jobs if job.tool_id), ""))
        status = self.status(step)
        return StepRecord(
            key=step.key,
            name=step.name,
            position=place,
            parent=step.parent,
            tool_id=tool.id,
            tool_name="" if step.is_subworkflow else text(step.definition, "name", NAME),
            tool_version=self._version(jobs) or tool.version,
            tool_url=tool.url,
            status=status,
            message=self._message(step, status),
        )

    def _version(self, jobs: Sequence[ReadJob]) -> str:
        """The version that Galaxy's own crate says was used."""
        told = (self._crate.tool_versions.get(job.record.external_id, "") for job in jobs)
        return cut(next(filter(None, told), ""), VERSION)

    def status(self, step: PlannedStep) -> RunStatus:
        """How a step stands."""
        jobs = self._jobs[step.key]
        if jobs:
            return status_of_jobs(job.state for job in jobs)
        if self._children[step.key]:
            return status_of_steps(self.status(one) for one in self._children[step.key])
        if kind_of(step.definition) == PAUSE:
            return self._review(step)
        return self._without_jobs(step)

    def _review(self, step: PlannedStep) -> RunStatus:
        """A step at which Galaxy waits until somebody has looked."""
        if step.state == "scheduled":
            return RunStatus.SUCCESS
        return RunStatus.CANCELLED if self._has_ended else RunStatus.PAUSED

    def _without_jobs(self, step: PlannedStep) -> RunStatus:
        if has_no_jobs_to_run(step):
            return RunStatus.SUCCESS
        if step.state == "scheduled":
            return RunStatus.UNKNOWN
        if not self._has_ended:
            return RunStatus.PENDING
        stopped = self._plan.state in CALLED_OFF or not self._told.get(step.key)
        return RunStatus.CANCELLED if stopped else RunStatus.FAILED

    def _message(self, step: PlannedStep, status: RunStatus) -> str:
        jobs = self._jobs[step.key]
        told = [*self._told.get(step.key, ()), *_summary(jobs)]
        if not told and not jobs and not self._children[step.key]:
            told = [self._missing(step, status)]
        return joined(told)

    def _missing(self, step: PlannedStep, status: RunStatus) -> str:
        """Why there are no jobs."""
        if has_no_jobs_to_run(step):
            return "It had nothing to work on: its collection has no elements."
        if status == RunStatus.CANCELLED:
            return "Galaxy never came to this step."
        if kind_of(step.definition) == PAUSE and status == RunStatus.PAUSED:
            return "Galaxy waits here until somebody has looked."
        return "Galaxy tells of no job of this step." if status == RunStatus.UNKNOWN else ""


def _summary(jobs: Sequence[ReadJob]) -> list[str]:
    """Why jobs of the step failed, or stand still: each reason once, with how many of several jobs have it."""
    reasons: dict[str, int] = {}
    for job in sorted(jobs, key=lambda one: one.state not in BROKEN):
        if job.state != "ok" and job.record.message:
            reasons[job.record.message] = reasons.get(job.record.message, 0) + 1
    if len(jobs) == 1:
        return list(reasons)
    return [
        cut(f"{count} of {counted(len(jobs), 'job', 'jobs')}: {reason}", MESSAGE)
        for reason, count in list(reasons.items())[:5]
    ]
