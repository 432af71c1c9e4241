"""What a run and its jobs wrote: which of them wrote something, a window of one log, and words in all of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from django import forms
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Lower, StrIndex, Substr
from django.urls import reverse

from common.identifiers import uuid_of
from web.lists.forms import search_field
from web.lists.paging import Excerpt, first_of, page_of
from web.requests import SignedInRequest
from web.run.jobs import JobsForm
from web.run.log_files import LogFile, hits_in_files, log_file_of, log_files_of
from web.run.log_windows import in_colours, lines_of, matching, pieces_of, window, with_errors
from web.run.streams import NAMES, chosen, hits_in_kept, streams_of, with_logs
from workflows.log_ansi import readable
from workflows.models import WorkflowRun, WorkflowRunJob
from workflows.records import RunStatus

LISTED = 50  # jobs on a page of the list
MOST_JOBS_FOUND = 50
AROUND = 120  # characters on each side of a word that was found in all logs
OF_THE_RUN = "run"  # instead of a job's id
KEPT = ("q", "status", "page")  # of the address, whatever log is read


class Readable(Protocol):
    """What can be read: a stream, or a file that is a log."""

    @property
    def name(self) -> str:
        """What it is called in the address."""

    @property
    def text(self) -> str:
        """What it holds."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The log that is read: of a ``job``, in a ``file``, or else of the run as a whole."""

    job: WorkflowRunJob | None = None
    file: LogFile | None = None
    has_failed: bool = False

    @property
    def address(self) -> dict[str, str]:
        """What the address says of it."""
        if self.file:
            return {"file": str(self.file.file.pk)}
        return {"job": str(self.job.pk) if self.job else OF_THE_RUN}


class LogFilterForm(JobsForm):
    """Which jobs are listed: by name, by status; and a text that their logs hold."""

    q = search_field("Name", "Job")
    everywhere = forms.CharField(
        label="Search in all logs",
        required=False,
        max_length=200,
        strip=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Text, for example: error"}),
    )
    field_order = ("everywhere", "q", "status")

    def narrowed(self, jobs: QuerySet) -> QuerySet:
        """The jobs that are asked for."""
        jobs = jobs.filter(name__icontains=self.asked("q")) if self.asked("q") else jobs
        return jobs.filter(status=self.asked("status")) if self.asked("status") else jobs


def logs_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """What the tab shows."""
    form = LogFilterForm(request.GET, label_suffix="")
    everywhere, name, status = (form.asked(one) for one in ("everywhere", "q", "status"))
    page = page_of(form.narrowed(_with_logs(run)), request.GET.get("page", ""), LISTED)
    files, of_run = log_files_of(run, request.user), streams_of(run, None)
    log = _chosen(run, request, page.rows, files.rows, has_streams=bool(of_run))
    return {
        "form": form,
        "page": page,
        "is_narrowed": bool(name or status),
        "of_run": of_run,
        "log_files": files,
        "is_of_run": log is not None and not (log.job or log.file),
        "has_logs": bool(page.rows or of_run or files.rows),
        "kept_query": urlencode({name: request.GET[name] for name in KEPT if request.GET.get(name)}),
        "everywhere": everywhere,
        **(_everywhere(run, form, files.rows) if everywhere else {}),
        **(log_of(run, log, request) if log else {"job": None}),
    }


def log_of(run: WorkflowRun, log: Chosen, request: SignedInRequest) -> dict[str, Any]:
    """The part of one log that the address asks for; of what failed first the end, where it says why."""
    streams = [] if log.file else streams_of(run, log.job)
    stream: Any = log.file or chosen(streams, request.GET.get("stream", ""))
    search = request.GET.get("search", "")[:200]
    plain = request.GET.get("colours") == "0"
    text = stream.text if stream else ""
    start = request.GET.get("from", "end" if log.has_failed else "")
    words = readable(text)
    shown = matching(words, search) if search else with_errors(window(words, start), words)
    base = {**log.address, **{one: request.GET[one] for one in (*KEPT, "colours") if request.GET.get(one)}}
    return {
        "job": log.job,
        "log_file": log.file,
        "log_fields": {**base, **_of_stream(log, stream)},
        "log_base": urlencode(base),
        "log_address": urlencode({**base, **_of_stream(log, stream)}),
        "download": _download(run, log, stream),
        "stream": stream.name if stream else "",
        "shown": stream,
        "streams": [(one.name, one.title, one.size) for one in streams if one.size or one is stream],
        "search": search,
        "plain": plain,
        "is_coloured": "\x1b[" in text,
        "opens_at_end": log.has_failed and not search and "from" not in request.GET,
        "log": shown if plain or search else in_colours(shown, text),
    }


def _of_stream(log: Chosen, stream: Readable | None) -> dict[str, str]:
    return {"stream": stream.name} if stream and not log.file else {}


def _download(run: WorkflowRun, log: Chosen, stream: Readable | None) -> str:
    """Where the whole log is handed out; nowhere where there is none."""
    if log.file:
        return reverse("datafile-download", args=[log.file.file.pk]) if log.file.is_held else ""
    if not stream:
        return ""
    door = (
        reverse("web:job-log", args=[run.pk, log.job.pk])
        if log.job
        else reverse("web:run-log", args=[run.pk])
    )
    return f"{door}?{urlencode({'stream': stream.name})}"


def _with_logs(run: WorkflowRun) -> QuerySet:
    """The jobs that wrote something, those that failed first."""
    failed = Case(When(status=RunStatus.FAILED, then=Value(0)), default=Value(1))
    jobs = with_logs(run.jobs.all()).annotate(place=failed)
    light = jobs.only("id", "name", "status", "attempt", "exit_code", "workflowrun", "started_at")
    return light.order_by("place", F("started_at").asc(nulls_last=True), "id")


def _chosen(
    run: WorkflowRun,
    request: SignedInRequest,
    jobs: Sequence[WorkflowRunJob],
    files: Sequence[Any],
    *,
    has_streams: bool,
) -> Chosen | None:
    """The log that the address names, else the one that one wants to read first."""
    wanted, file, failed = request.GET.get("job", ""), request.GET.get("file", ""), _failed(run)
    if file:
        found = log_file_of(run, request.user, file)
        return Chosen(file=found, has_failed=failed) if found else None
    if wanted == OF_THE_RUN and has_streams:
        return Chosen(has_failed=failed)
    if wanted:
        return _of_job(run, uuid_of(wanted))
    if jobs and (_failed(jobs[0]) or not failed or not (has_streams or files)):
        return _of_job(run, jobs[0].pk)
    if has_streams:
        return Chosen(has_failed=failed)
    return Chosen(file=LogFile(files[0]), has_failed=failed) if files else None


def _of_job(run: WorkflowRun, key: Any) -> Chosen | None:
    job = run.jobs.select_related("step").filter(pk=key).first() if key else None
    return Chosen(job=job, has_failed=_failed(job)) if job else None


def _failed(one: Any) -> bool:
    return bool(one.status == RunStatus.FAILED)


def _everywhere(run: WorkflowRun, form: LogFilterForm, files: Sequence[Any]) -> dict[str, Any]:
    """Where a text stands: in excerpts of jobs, in logs that are kept whole, and in files that are logs."""
    text, name, status = (form.asked(one) for one in ("everywhere", "q", "status"))
    found = _found(form.narrowed(run.jobs.order_by("id")), text)
    kept_hits = hits_in_kept(run, text, name, status)
    file_hits = ([], False) if name or status else hits_in_files(files, text)
    is_found = bool(found.rows or kept_hits[0] or file_hits[0])
    return {"found": found, "kept_hits": kept_hits, "file_hits": file_hits, "is_found": is_found}


def _found(jobs: QuerySet, text: str) -> Excerpt:
    """The first jobs whose logs hold the text, with what stands around it: cut out by the database."""
    wanted = Q(stdout__icontains=text) | Q(stderr__icontains=text)
    found = jobs.filter(wanted).only("id", "name", "status", "workflowrun")
    for stream in NAMES:
        place = StrIndex(Lower(stream), Lower(Value(text)))
        start = Greatest(place - AROUND, Value(1))
        found = found.annotate(
            **{f"{stream}_place": place, f"{stream}_around": Substr(stream, start, AROUND * 3)}
        )
    excerpt = first_of(found, MOST_JOBS_FOUND)
    pattern = re.compile(re.escape(text), re.IGNORECASE)
    for job in excerpt.rows:
        job.hits = list(_hits(job, pattern))
    return excerpt


def _hits(job: Any, pattern: re.Pattern[str]) -> Iterator[tuple[str, str, list[tuple[str, bool]]]]:
    """The first line in each stream of a job that matches."""
    for stream, name in NAMES.items():
        if getattr(job, f"{stream}_place"):
            lines = lines_of(readable(getattr(job, f"{stream}_around")))
            line = next((line for line in lines if pattern.search(line)), "")
            yield stream, name, pieces_of(line, pattern)
