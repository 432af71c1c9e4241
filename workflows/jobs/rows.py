"""The jobs of one request, read: each with what it gives, or with what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rest_framework import serializers

from common.errors import Violation
from common.identifiers import uuid_of
from workflows.jobs.parsers import NotJSON
from workflows.serializers import JobSerializer

REFERENCES = ("id", "step", "step_key")  # that are looked up in the run
FILES = "files are linked to jobs when they are registered; leave this out"


@dataclass(slots=True)
class GivenJob:
    """A job as the request gives it. ``index`` is its place there, ``given`` its columns, ``id`` where it is known."""

    index: int
    id: UUID | None = None
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int] | None:
        """External id and attempt, by which a job is known again; None without an external id."""
        name = self.given.get("external_id", "")
        return (name, self.given.get("attempt", 1)) if name else None


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong with a row: which one, which member of it, and what was expected."""

    index: int
    field: str
    message: str

    def as_violation(self) -> Violation:
        """As the error of a whole request tells it."""
        return Violation(f"jobs[{self.index}]{'.' if self.field else ''}{self.field}", self.message)


class RowReader:
    """Reads rows by the fields of ``JobSerializer``. ``steps`` gives the id of each step of the run by its key."""

    def __init__(self, steps: Mapping[str, UUID]) -> None:
        self._serializer = JobSerializer()
        fields = self._serializer.fields.items()
        self._fields = {name: one for name, one in fields if not one.read_only and name not in REFERENCES}
        self._steps, self._step_ids = steps, frozenset(steps.values())
        self.refused: list[Refused] = []

    def read(self, rows: list[Any]) -> list[GivenJob]:
        """The rows in which nothing is wrong; the others are in ``refused``."""
        found = []
        for index, row in enumerate(rows):
            before = len(self.refused)
            job = self._job(index, row)
            if len(self.refused) == before:
                found.append(job)
        return self._once(found)

    def _job(self, index: int, row: Any) -> GivenJob:
        job = GivenJob(index)
        if isinstance(row, NotJSON):
            self._wrong(index, "", str(row))
        elif not isinstance(row, dict):
            self._wrong(index, "", "must be an object")
        else:
            for name, value in row.items():
                self._member(job, name, value)
            if "step" in row and "step_key" in row:
                self._wrong(index, "step_key", "give step or step_key, not both")
        return job

    def _member(self, job: GivenJob, name: str, value: Any) -> None:
        if name in REFERENCES:
            self._reference(job, name, value)
        elif name in self._fields:
            self._value(job, name, value)
        else:
            known = ", ".join(sorted([*self._fields, *REFERENCES]))
            self._wrong(job.index, name, FILES if name == "files" else f"is not known; known are {known}")

    def _value(self, job: GivenJob, name: str, value: Any) -> None:
        try:
            found = self._fields[name].run_validation(value)
            job.given[name] = self._serializer.validate_after(found) if name == "after" else found
        except serializers.ValidationError as problem:
            self._wrong(job.index, name, _first_of(problem.detail))
        except OverflowError:
            self._wrong(job.index, name, "is beyond what can be kept")

    def _reference(self, job: GivenJob, name: str, value: Any) -> None:
        if name == "id":
            job.id = uuid_of(value) if isinstance(value, str) else None
            if job.id is None:
                self._wrong(job.index, name, "must be the id of a job of this run")
        elif value is None:
            job.given["step_id"] = None
        elif name == "step_key":
            job.given["step_id"] = self._steps.get(value) if isinstance(value, str) else None
            if job.given["step_id"] is None:
                self._wrong(job.index, name, "no step of this run has this key; POST it to steps/ first")
        else:
            job.given["step_id"] = uuid_of(value) if isinstance(value, str) else None
            if job.given["step_id"] not in self._step_ids:
                self._wrong(job.index, name, "is not a step of this run")

    def _once(self, jobs: list[GivenJob]) -> list[GivenJob]:
        """Each job once: which of two rows for one job is right, nobody can say."""
        first: dict[Any, int] = {}
        found = []
        for job in jobs:
            names = [name for name in (job.id, job.key) if name is not None]
            if clash := next((name for name in names if name in first), None):
                self._wrong(job.index, "external_id", f"is the same job as jobs[{first[clash]}]")
            else:
                first.update(dict.fromkeys(names, job.index))
                found.append(job)
        return found

    def _wrong(self, index: int, name: str, message: str) -> None:
        self.refused.append(Refused(index, name, message))


def _first_of(detail: Any) -> str:
    """The first sentence of what DRF says, however deep."""
    while isinstance(detail, list | dict):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail))
    return str(detail)
