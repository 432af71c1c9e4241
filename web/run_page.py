"""What a run's page shows, in a number of queries that does not grow, each list cut off at a bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Left, Length, Right, RowNumber

from common.models import UserLike
from data_management.models import DataFile, Dataset
from data_management.records import FileStatus
from rocrate_export.models import StoredCrate
from rocrate_export.subjects import RunSubject, newest_original
from rocrate_import.models import CrateImport
from web.galaxy_page import galaxy_part
from web.listing import SHOWN, Excerpt, first_of
from web.templatetags.runs import DATA_TYPE_NAMES
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunDataset, WorkflowRunJob, WorkflowRunStep
from workflows.records import FileRole, RunStatus

ORIGINS_SHOWN = 5  # crates that the run came from
FILES_SHOWN = 20  # of each job, used and made
MESSAGE_CUT = 300  # characters of a message that stand in its line
EXCERPT = 4_000  # characters of a job's command and of the end of what it wrote


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a dataset of the run; a dataset without files is one row without a file."""

    data_type: str
    total: int
    dataset_id: UUID
    dataset_name: str
    file_id: UUID | None
    name: str | None
    path: str | None
    size: int | None
    status: str | None
    format: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class FileGroup:
    """The files that are one thing to the run, for example its inputs."""

    name: str
    total: int
    rows: list[FileRow]

    @property
    def more(self) -> int:
        """How many files are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A line of the table of steps and jobs: a job with its step, or a step that has no job."""

    work: Any
    step: WorkflowRunStep | None
    job: Any  # a WorkflowRunJob with its excerpts
    message: str = ""  # why it stands as it does; what a step says is said once

    @property
    def has_details(self) -> bool:
        """Whether there is a command or an output to show."""
        job = self.job
        if not job:
            return len(self.message) > MESSAGE_CUT
        texts = job.command or job.stdout_end or job.stderr_end or len(self.message) > MESSAGE_CUT
        return bool(texts or job.used.rows or job.made.rows or job.predecessors.rows)


def everything_about(run: WorkflowRun, user: UserLike) -> dict[str, Any]:
    """The context of the page of ``run``; of its datasets those that ``user`` may see."""
    links = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run)
    steps = first_of(run.steps.order_by("position", "id"))
    jobs = first_of(_with_excerpts(run.jobs.order_by("id")))
    _name_files(jobs.rows, links)
    _name_predecessors(jobs.rows)
    return {
        "totals": _totals(links),
        "missing": _missing(links),
        "original": newest_original(RunSubject(run.pk), user),
        "galaxy": galaxy_part(run, user),
        "origins": first_of(_origins(run), ORIGINS_SHOWN),
        "file_groups": list(_file_groups(links)),
        "parameters": first_of(run.parameters.order_by("id")),
        "work": _work_rows(steps.rows, jobs.rows),
        "work_more": steps.more + jobs.more,
        "work_counts": _work_counts(run),
        "status_changes": first_of(run.status_changes.select_related("by")),
        "notes": first_of(run.notes.select_related("created_by")),
        "annotations": first_of(run.annotations),
    }


def _totals(links: QuerySet) -> dict[str, int | None]:
    """Datasets, files, and bytes, each dataset counted once."""
    datasets = Dataset.objects.filter(pk__in=links.values("dataset"))
    return datasets.aggregate(datasets=Count("pk"), files=Sum("file_count"), size=Sum("size"))


def _missing(links: QuerySet) -> int:
    """How many files could not be taken in, or are damaged."""
    return DataFile.objects.filter(dataset__in=links.values("dataset"), status=FileStatus.ERROR).count()


def _origins(run: WorkflowRun) -> QuerySet:
    """The crates that the run was imported from, the newest first."""
    kept = StoredCrate.objects.filter(run=run, sha256=OuterRef("sha256"))
    done = run.crate_imports.select_related("owner").filter(state=CrateImport.State.DONE)
    return done.annotate(original_id=Subquery(kept.values("pk")[:1])).order_by("-id")


def _file_groups(links: QuerySet) -> Iterator[FileGroup]:
    """One group for each type of data that the run has, in the order of DATA_TYPE_NAMES."""
    rows = sorted(_file_rows(links), key=lambda row: list(DATA_TYPE_NAMES).index(row.data_type))
    for data_type, of_type in groupby(rows, key=lambda row: row.data_type):
        shown = list(of_type)
        yield FileGroup(DATA_TYPE_NAMES[data_type], shown[0].total, shown)


def _file_rows(links: QuerySet) -> list[FileRow]:
    """The first files of each type of data, and how many there are: one query, counted by the database."""
    file = "dataset__datafiles__"
    found = links.annotate(
        place=Window(RowNumber(), partition_by="data_type", order_by=["id", f"{file}position", f"{file}id"]),
        total=Window(Count("*"), partition_by="data_type"),
    )
    rows = (
        found.filter(place__lte=SHOWN)
        .order_by("data_type", "place")
        .values_list(
            "data_type",
            "total",
            "dataset_id",
            "dataset__name",
            *(file + name for name in ("id", "name", "path", "size", "status", "format", "sha256")),
        )
    )
    return [FileRow(*row) for row in rows]


def _with_excerpts(jobs: QuerySet) -> QuerySet:
    """Jobs with the start of the command and the end of the output instead of the whole."""
    return jobs.defer("stdout", "stderr", "command_line", "environment", "parameters", "resources").annotate(
        command=Left("command_line", EXCERPT),
        stdout_end=Right("stdout", EXCERPT),
        stderr_end=Right("stderr", EXCERPT),
        stdout_cut=Length("stdout") - EXCERPT,
        stderr_cut=Length("stderr") - EXCERPT,
    )


def _name_files(jobs: list[Any], links: QuerySet) -> None:
    """Tell each job which files it used and made; of datasets that may be seen, and not without end."""
    found = JobFileLink.objects.filter(
        job__in=[job.pk for job in jobs], datafile__dataset__in=links.values("dataset")
    )
    by_job: dict[tuple[UUID, str], list[DataFile]] = {}
    for link in found.select_related("datafile").order_by("id")[: SHOWN * 10]:
        by_job.setdefault((link.job_id, link.role), []).append(link.datafile)
    for job in jobs:
        files = [by_job.get((job.pk, role), []) for role in FileRole]
        job.used, job.made = (Excerpt(of[:FILES_SHOWN], max(0, len(of) - FILES_SHOWN)) for of in files)


def _name_predecessors(jobs: list[Any]) -> None:
    """Tell each job which of the jobs on the page made what it used, and how many others did."""
    known = {job.external_id: job for job in jobs if job.external_id}
    for job in jobs:
        shown = [known[name] for name in job.after if name in known][:FILES_SHOWN]
        job.predecessors = Excerpt(shown, len(job.after) - len(shown))


def _work_rows(steps: list[WorkflowRunStep], jobs: list[WorkflowRunJob]) -> list[WorkRow]:
    """Jobs in the order of their steps, steps without jobs in between, jobs of no known step last."""
    by_step: dict[UUID | None, list[WorkflowRunJob]] = {}
    for job in sorted(jobs, key=_time_of_start):
        by_step.setdefault(job.step_id, []).append(job)
    rows = []
    for step in steps:
        of_step = by_step.pop(step.id, [])
        rows += [_job_row(step, job, of_step[0]) for job in of_step]
        rows += [] if of_step else [WorkRow(step, step, None, step.message)]
    return rows + [WorkRow(job, None, job, job.message) for rest in by_step.values() for job in rest]


def _job_row(step: WorkflowRunStep, job: WorkflowRunJob, first: WorkflowRunJob) -> WorkRow:
    return WorkRow(job, step, job, job.message or (step.message if job is first else ""))


def _time_of_start(job: WorkflowRunJob) -> tuple[bool, datetime | None, UUID]:
    return job.started_at is None, job.started_at, job.id


def _work_counts(run: WorkflowRun) -> dict[str, int | bool]:
    """How many jobs (of a run without jobs: steps) there are, and how many of them succeeded."""
    of_jobs = run.jobs.exists()
    parts = run.jobs if of_jobs else run.steps
    counts = dict(parts.order_by().values_list("status").annotate(Count("pk")))
    return {"of_jobs": of_jobs, "total": sum(counts.values()), "succeeded": counts.get(RunStatus.SUCCESS, 0)}
