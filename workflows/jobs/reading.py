"""The net of a run's jobs, read in two statements."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from common.errors import TooLarge
from common.models.access import view_q
from data_management.models import Dataset
from workflows.jobs.edges import JobNet, net_of
from workflows.models import JobFileLink, WorkflowRunJob
from workflows.records import FileRole

MOST_JOBS = 250_000
MOST_LINKS = 2_000_000


def read_net(run_id: UUID, user: Any) -> JobNet:
    """The jobs of a run and their edges; TooLarge beyond what is held in memory.

    Files of datasets that ``user`` may not see lead nowhere.
    """
    rows = WorkflowRunJob.objects.filter(workflowrun=run_id).order_by()
    jobs = list(rows.values_list("id", "external_id", "attempt", "after")[: MOST_JOBS + 1])
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


def seen_links(run_id: UUID, user: Any) -> QuerySet[JobFileLink]:
    """The files that jobs of the run used and made, but for those of datasets that ``user`` may not see."""
    links = JobFileLink.objects.filter(job__workflowrun=run_id, datafile__dataset__deleted=False).order_by()
    return links if user.is_superuser else links.filter(view_q(user, Dataset, "datafile__dataset__"))
