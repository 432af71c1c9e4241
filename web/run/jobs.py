"""The table of a run's jobs: searched, ordered and paged, each job with all that is known of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Case, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Left, Length, Now, Right

from common.identifiers import uuid_of
from common.models import UserLike
from data_management.models import DataFile
from web.lists.forms import search_field
from web.lists.paging import SHOWN, Excerpt
from web.run.resources import told
from web.run.work import Node
from web.templatetags.runs import STATUS_NAMES
from workflows.graphs.gathering import origin_of
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunDataset
from workflows.records import FileRole, RunStatus

FILES_SHOWN = 20  # of each job, used and made
MESSAGE_CUT = 300  # characters of a message that stand in its line
EXCERPT = 4_000  # characters of a job's command and of the end of what it wrote
MOST_NAMED = 5_000  # predecessors that are looked up for one page
MOST_ATTEMPTS = 200  # jobs of one page that were tried again
OF_ATTEMPTS = ("id", "name", "attempt", "status", "external_id", "step_id", "workflowrun_id")
UNREAD = ("stdout", "stderr", "command_line", "environment", "parameters")
ORDERS = {
    "": "As the workflow goes",
    "failed": "Failed first",
    "longest": "Longest first",
    "latest": "Latest first",
    "name": "By name",
}


class JobsForm(forms.Form):
    """What narrows jobs, wherever they are listed."""

    q = search_field("Name")
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any"), *((key, name) for key, name in STATUS_NAMES.items())],
    )

    def asked(self, name: str) -> str:
        """What the address says about ``name``, empty where that makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""


class JobFilterForm(JobsForm):
    """What narrows the jobs, and how they are ordered. ``step`` is a node of the graph, ``job`` one job."""

    q = search_field("Name, message, host or command")
    order = forms.ChoiceField(label="Order", required=False, choices=list(ORDERS.items()))

    def narrowed(self, jobs: QuerySet) -> QuerySet:
        """The jobs that are asked for."""
        if text := self.asked("q"):
            wanted = Q()
            for column in ("name", "message", "host", "command_line"):
                wanted |= Q(**{f"{column}__icontains": text})
            jobs = jobs.filter(wanted)
        return jobs.filter(status=self.asked("status")) if self.asked("status") else jobs

    def ordered(self, jobs: QuerySet) -> QuerySet:
        """The jobs in the order that is asked for."""
        order = self.asked("order")
        if order == "failed":
            failed = Case(When(status=RunStatus.FAILED, then=Value(0)), default=Value(1))
            return jobs.annotate(place=failed).order_by("place", *AS_IT_GOES)
        if order == "longest":
            lasted = ExpressionWrapper(Coalesce("completed_at", Now()) - F("started_at"), DurationField())
            return jobs.annotate(lasted=lasted).order_by(F("lasted").desc(nulls_last=True), "id")
        if order == "latest":
            return jobs.order_by(F("started_at").desc(nulls_last=True), "-id")
        return jobs.order_by("name", "id") if order == "name" else jobs.order_by(*AS_IT_GOES)


AS_IT_GOES = (
    F("step__position").asc(nulls_last=True),
    "step_id",
    F("started_at").asc(nulls_last=True),
    "id",
)


def jobs_of(run: WorkflowRun, node: Node | None, job_id: str = "") -> QuerySet:
    """The jobs of a run, of one node of its graph, or the one with this id."""
    jobs = run.jobs.select_related("step")
    if job_id:
        return jobs.filter(pk=key) if (key := uuid_of(job_id)) else jobs.none()
    if node is None:
        return jobs
    steps = [step.pk for step in node.steps] or ([node.step.pk] if node.step else [])
    return jobs.filter(Q(step__in=steps) | Q(pk__in=[job.id for job in node.jobs if not job.step_id]))


def with_excerpts(jobs: QuerySet) -> QuerySet:
    """Jobs with the start of the command and the end of the output instead of the whole."""
    return jobs.defer(*UNREAD).annotate(
        command=Left("command_line", EXCERPT),
        stdout_end=Right("stdout", EXCERPT),
        stderr_end=Right("stderr", EXCERPT),
        stdout_cut=Length("stdout") - EXCERPT,
        stderr_cut=Length("stderr") - EXCERPT,
    )


def complete(jobs: list[Any], run: WorkflowRun, user: UserLike) -> None:
    """Tell each job its files that ``user`` may see, its predecessors, attempts and measures: four queries."""
    links = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run)
    _name_files(jobs, links)
    _name_predecessors(jobs, run)
    _name_attempts(jobs, run)
    for job in jobs:
        job.measures, job.asked_for, job.ran_by = (
            told(job.resources),
            told(job.requested),
            told(job.scheduler),
        )
        job.has_log = bool(job.stdout_end or job.stderr_end)
        job.has_long_message = len(job.message) > MESSAGE_CUT
        ran = job.measures or job.asked_for or job.ran_by or job.node
        texts = job.command or job.has_log or ran or job.has_long_message
        job.has_details = bool(texts or job.used.rows or job.made.rows or job.after or job.attempts)


def _name_files(jobs: list[Any], links: QuerySet) -> None:
    """Which files each job used and made, not without end."""
    found = JobFileLink.objects.filter(
        job__in=[job.pk for job in jobs], datafile__dataset__in=links.values("dataset")
    )
    by_job: dict[tuple[UUID, str], list[DataFile]] = {}
    for link in found.select_related("datafile").order_by("id")[: SHOWN * 10]:
        by_job.setdefault((link.job_id, link.role), []).append(link.datafile)
    for job in jobs:
        files = [by_job.get((job.pk, role), []) for role in FileRole]
        job.used, job.made = (Excerpt(of[:FILES_SHOWN], max(0, len(of) - FILES_SHOWN)) for of in files)


def _name_predecessors(jobs: list[Any], run: WorkflowRun) -> None:
    """Which jobs made what each job used, and how many are not named."""
    on_page = {job.pk for job in jobs}
    wanted = {name for job in jobs for name in _names(job)[: FILES_SHOWN * 2]}
    found = run.jobs.filter(external_id__in=sorted(wanted)[:MOST_NAMED]).order_by("-id")
    known: dict[str, Any] = (
        {job.external_id: job for job in found.only("id", "name", "external_id")} if wanted else {}
    )
    for job in jobs:
        shown = [known[name] for name in _names(job) if name in known][:FILES_SHOWN]
        for one in shown:
            one.is_here = one.pk in on_page
        job.predecessors = Excerpt(shown, len(_names(job)) - len(shown))


def _name_attempts(jobs: list[Any], run: WorkflowRun) -> None:
    """All attempts of each job that was tried more than once, in their order; of the others none."""
    on_page = {job.pk for job in jobs}
    repeated = run.jobs.filter(of_origins(jobs), attempt__gt=1) if jobs else run.jobs.none()
    again = list(repeated.order_by("id").only(*OF_ATTEMPTS)[:MOST_ATTEMPTS])
    found: dict[Any, list[Any]] = {}
    if again:
        every: Any = run.jobs.filter(of_origins(again)).only(*OF_ATTEMPTS).order_by("attempt", "id")
        for one in every[:MOST_NAMED]:
            one.is_here = one.pk in on_page
            found.setdefault(origin_of(one), []).append(one)
    for job in jobs:
        job.attempts = found.get(origin_of(job), [])


def of_origins(jobs: list[Any]) -> Q:
    """Which jobs are attempts of the same as these: the source's name says it, else step and name do."""
    named = {job.external_id for job in jobs if job.external_id}
    others = {origin_of(job) for job in jobs if not job.external_id}
    wanted = Q(external_id__in=sorted(named))
    if others:
        wanted |= Q(external_id="", name__in=sorted({name for _, name in others}))
    return wanted


def _names(job: Any) -> list[str]:
    return [name for name in job.after if isinstance(name, str)] if isinstance(job.after, list) else []
