"""The net of a run's jobs, read in two statements."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from common.bulk import portions
from common.errors import TooLarge
from common.models.access import view_q
from data_management.models import Dataset
from workflows.jobs.edges import JobNet, names_in, net_of
from workflows.models import JobFileLink, WorkflowRunJob
from workflows.records import FileRole

MOST_JOBS = 250_000
MOST_LINKS = 2_000_000
_COLUMNS = ("id", "external_id", "attempt", "after")


def read_net(run_id: UUID, user: Any) -> JobNet:
    """The jobs of a run and their edges; TooLarge beyond what is held in memory.

    Files of datasets that ``user`` may not see lead nowhere.
    """
    rows = WorkflowRunJob.objects.filter(workflowrun=run_id).order_by()
    jobs = list(rows.values_list(*_COLUMNS)[: MOST_JOBS + 1])
    if len(jobs) > MOST_JOBS:
        raise TooLarge(
            f"The run has more than {MOST_JOBS:,} jobs; they are not followed from one to another."
        )
    made: list[tuple[UUID, UUID]] = []
    used: list[tuple[UUID, UUID]] = []
    links = seen_links(run_id, user).values_list("job_id", "datafile_id", "role")
    for job, file, role in links[:MOST_LINKS].iterator():
        (made if role == FileRole.MADE else used).append((job, file))
    return net_of(jobs, made, used)


def read_net_around(job: WorkflowRunJob, user: Any, *, upstream: bool) -> JobNet:
    """As ``read_net``, but only what leads from a job to the next ones: as far as one step needs it."""
    jobs = WorkflowRunJob.objects.filter(workflowrun=job.workflowrun_id).order_by()
    is_own = Q(external_id=job.external_id) if job.external_id else Q(pk=job.pk)
    own = list(jobs.filter(is_own).values_list(*_COLUMNS))
    links = seen_links(job.workflowrun_id, user).values_list("job_id", "datafile_id")
    made, used = links.filter(role=FileRole.MADE), links.exclude(role=FileRole.MADE)
    mine, theirs = (used, made) if upstream else (made, used)
    my_ends = list(_among(mine, "job", {row[0] for row in own}))
    their_ends = list(_among(theirs, "datafile", {file for _, file in my_ends}))
    rows = {row[0]: row for row in [*own, *_among(jobs, "pk", {key for key, _ in their_ends})]}
    told = {name for row in own for name in names_in(row[3])} if upstream else _told_by(jobs, job)
    names = told | {
        row[1] for row in rows.values() if row[1]
    }  # all attempts: the latest one speaks for a job
    rows |= {row[0]: row for row in _among(jobs, "external_id", names)}
    ends = (their_ends, my_ends) if upstream else (my_ends, their_ends)
    return net_of(rows.values(), *ends)


def _among(rows: QuerySet[Any], column: str, wanted: Collection[Any]) -> Iterator[Any]:
    """The rows with one of these values, as tuples; no statement has more values than a database takes."""
    rows = rows.values_list(*_COLUMNS) if rows.model is WorkflowRunJob else rows
    for some in portions(list(wanted)):
        yield from rows.filter(**{f"{column}__in": some})


def _told_by(jobs: QuerySet[WorkflowRunJob], job: WorkflowRunJob) -> set[str]:
    """The external ids of the jobs that say that they come after this one."""
    if not job.external_id:
        return set()
    rows = jobs.exclude(after=[])
    if connection.vendor == "postgresql":
        rows = rows.filter(after__contains=[job.external_id])
    told = rows.values_list("external_id", "after")
    return {name for name, after in told.iterator() if job.external_id in names_in(after)}


def seen_links(run_id: UUID, user: Any) -> QuerySet[JobFileLink]:
    """The files that jobs of the run used and made, but for those of datasets that ``user`` may not see."""
    links = JobFileLink.objects.filter(job__workflowrun=run_id, datafile__dataset__deleted=False).order_by()
    return links if user.is_superuser else links.filter(view_q(user, Dataset, "datafile__dataset__"))
