"""Writing up to ten thousand jobs of a run in one request: new ones are added, known ones brought up to date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from common.bulk import insert_rows, portions, update_rows
from common.errors import InvalidInput
from common.identifiers import uuid7_batch
from common.trail import tell
from workflows.jobs.rows import GivenJob, Refused, RowReader
from workflows.models import WorkflowRun, WorkflowRunJob
from workflows.part_rows import JOB_FIELDS

MOST_ROWS = 10_000
MOST_TOLD = 1000  # errors of one request
_DEFAULTS = {
    name: field.get_default
    for field in WorkflowRunJob._meta.concrete_fields
    if (name := field.attname) in JOB_FIELDS[1:]
}


@dataclass(slots=True)
class Written:
    """What became of the rows of a request: ``outcomes`` says of each that was written how, and the job's id."""

    refused: list[Refused]
    outcomes: list[tuple[GivenJob, UUID, str]] = field(default_factory=list)

    def as_answer(self) -> dict[str, Any]:
        """As the request is answered, and is answered again."""
        said = [outcome for _, _, outcome in self.outcomes]
        return {
            **{name: said.count(name) for name in ("created", "updated", "unchanged")},
            "skipped": len({one.index for one in self.refused}),
            "jobs": [
                {"index": job.index, "id": str(key), "outcome": outcome}
                for job, key, outcome in sorted(self.outcomes, key=lambda one: one[0].index)
            ],
            "errors": [
                {"index": one.index, "field": one.field, "message": one.message}
                for one in sorted(self.refused, key=lambda one: one.index)[:MOST_TOLD]
            ],
        }


def write_jobs(*, run: WorkflowRun, rows: list[Any], user: Any, skip_errors: bool = False) -> Written:
    """Write the rows; InvalidInput names everything that is wrong with them, and then nothing is written.

    A row is the job of its ``id``, or of its external id and attempt; one without either is a new job. What a row
    does not give stays as it is. With ``skip_errors`` the rows that are right are written without the others. The
    run is locked meanwhile: there must be a transaction.
    """
    list(WorkflowRun.objects.select_for_update(of=("self",)).filter(pk=run.pk).values_list("pk"))
    steps = dict(run.steps.order_by().values_list("key", "id")) if _names_steps(rows) else {}
    reader = RowReader(steps)
    given = reader.read(rows)
    known = _known(run, given)
    new, changed, written = _sorted_out(given, known, reader.refused)
    if reader.refused and not skip_errors:
        raise InvalidInput([one.as_violation() for one in reader.refused[:MOST_TOLD]])
    insert_rows(WorkflowRunJob, JOB_FIELDS, new, workflowrun_id=run.pk)
    update_rows(WorkflowRunJob, JOB_FIELDS, changed)
    if new or changed:
        tell(
            run, "updated", by=user, changes={"jobs": [None, {"created": len(new), "updated": len(changed)}]}
        )
    return written


def _names_steps(rows: Iterable[Any]) -> bool:
    return any(isinstance(row, dict) and (row.get("step") or row.get("step_key")) for row in rows)


def _known(run: WorkflowRun, given: Sequence[GivenJob]) -> dict[Any, tuple[Any, ...]]:
    """The jobs that the rows are about, as they stand: by their ids, and by external id and attempt."""
    jobs = WorkflowRunJob.objects.filter(workflowrun=run).order_by(
        "-id"
    )  # of two that are alike the first one stays
    found: dict[Any, tuple[Any, ...]] = {}
    for column, wanted in (
        ("pk", [job.id for job in given if job.id]),
        ("external_id", list({job.key[0]: None for job in given if job.key and not job.id})),
    ):
        for some in portions(wanted):
            for row in jobs.filter(**{f"{column}__in": some}).values_list(*JOB_FIELDS):
                values = dict(zip(JOB_FIELDS, row, strict=True))
                found[row[0]] = row
                if values["external_id"]:
                    found[values["external_id"], values["attempt"]] = row
    return found


def _sorted_out(
    given: Sequence[GivenJob], known: dict[Any, tuple[Any, ...]], refused: list[Refused]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], Written]:
    """The rows to insert, those to update, and what is said about each."""
    new: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    written, taken = Written(refused), set[UUID]()
    for job, key in zip(given, uuid7_batch(len(given)), strict=True):
        present = known.get(job.id or job.key)
        if job.id and present is None:
            refused.append(Refused(job.index, "id", "is not a job of this run"))
            continue
        row = _row(job, present, key)
        if problem := _problem(row, job.index) or _twice(row, job.index, taken):
            refused.append(problem)
            continue
        taken.add(row[0])
        outcome = "created" if present is None else "unchanged" if row == present else "updated"
        {"created": new, "updated": changed, "unchanged": []}[outcome].append(row)
        written.outcomes.append((job, row[0], outcome))
    return new, changed, written


def _row(job: GivenJob, present: tuple[Any, ...] | None, new_id: UUID) -> tuple[Any, ...]:
    if present is not None:
        values = dict(zip(JOB_FIELDS, present, strict=True))
    else:
        values = {"id": new_id, **{name: default() for name, default in _DEFAULTS.items()}}
    return tuple((values | job.given)[name] for name in JOB_FIELDS)


def _twice(row: tuple[Any, ...], index: int, taken: set[UUID]) -> Refused | None:
    """Of two rows nobody can say which is right, also where one has the id and one the external id."""
    return Refused(index, "id", "is the job of an earlier row, too") if row[0] in taken else None


def _problem(row: tuple[Any, ...], index: int) -> Refused | None:
    """What is wrong with a job as a whole."""
    values = dict(zip(JOB_FIELDS, row, strict=True))
    start, end = values["started_at"], values["completed_at"]
    if not values["name"]:
        return Refused(index, "name", "is required for a new job")
    if start and end and end < start:
        return Refused(index, "completed_at", "must not be before started_at")
    return None
