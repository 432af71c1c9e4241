"""Much work made few: names without what tells one of many from the others, and how many jobs stand together."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

from workflows.records import RunStatus

# Of jobs whose step is not known the worst tells how they stand together.
_WORST_FIRST = ("FAILED", "CANCELLED", "RUNNING", "PAUSED", "PENDING", "UNKNOWN", "SUCCESS", "SKIPPED")
_BEFORE_NUMBERS = " \t\r\n_.:#-"
_DIGITS = "0123456789"


class Attempt(Protocol):
    """A job, as far as it tells which attempt it is, and of what."""

    @property
    def external_id(self) -> str:
        """The name that the source gave it."""

    @property
    def step_id(self) -> UUID | None:
        """The step that it belongs to."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def attempt(self) -> int:
        """Which of its attempts it is."""


Job = TypeVar("Job", bound=Attempt)


def pattern_of(name: str) -> str:
    """A name without what tells one of many from the others: ``sort (A)``, ``sort_12`` are ``sort``."""
    text = name.rstrip()
    if text.endswith(")") and "(" in text and ")" not in text[text.rindex("(") : -1]:
        text = text[: text.rindex("(")]
    elif text != text.rstrip(_DIGITS):
        text = text.rstrip(_DIGITS).rstrip(_BEFORE_NUMBERS)
    return text.strip() or name


def worst_of(counts: Mapping[str, int]) -> str:
    """How several jobs stand together, from how many of them stand how."""
    return next((status for status in _WORST_FIRST if counts.get(status)), RunStatus.UNKNOWN.value)


def last_attempts(jobs: Iterable[Job]) -> list[Job]:
    """The jobs without those that were tried again."""
    known = list(jobs)
    latest: dict[Any, int] = {}
    for job in known:
        latest[origin_of(job)] = max(job.attempt, latest.get(origin_of(job), 0))
    return [job for job in known if job.attempt == latest[origin_of(job)]]


def status_of_step(recorded: str, counts: Mapping[str, int]) -> str:
    """How a step stands: as was recorded, unless one of its jobs says worse of a step that is said to be done.

    ``counts`` tells how many of its jobs stand how, of each the last attempt.
    """
    is_belied = recorded == RunStatus.SUCCESS and counts.get(RunStatus.FAILED)
    is_known = recorded != RunStatus.UNKNOWN or not counts
    return recorded if is_known and not is_belied else worst_of(counts)


def origin_of(job: Attempt) -> Any:
    """What the attempts of a job have in common: the name that the source gave it, else its step and its name."""
    return job.external_id or (job.step_id, job.name)
