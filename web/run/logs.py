"""What a run and its jobs wrote: which of them wrote something, a window of one log, and words in all of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Lower, StrIndex, Substr

from common.identifiers import uuid_of
from common.models import UserLike
from web.lists.forms import search_field
from web.lists.paging import Excerpt, first_of, page_of
from web.requests import SignedInRequest
from web.run.jobs import JobsForm
from web.run.streams import NAMES, chosen, hits_in_kept, streams_of, with_logs
from workflows.log_ansi import coloured, readable, style_after
from workflows.models import WorkflowRun, WorkflowRunDataset, WorkflowRunJob
from workflows.records import DataType, RunStatus

WINDOW = 400  # lines that are shown at once
CONTEXT = 2  # lines around a line that matches
MOST_MATCHES = 200  # lines that match and are shown
LONGEST_LINE = 2_000  # characters of a line that are shown
LISTED = 50  # jobs on a page of the list
MOST_JOBS_FOUND = 50
AROUND = 120  # characters on each side of a word that was found in all logs
OF_THE_RUN = "run"  # instead of a job's id


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log with its number from 1, in pieces: (text, whether it matches). ``gap``: lines left out before.

    ``coloured`` are the same in pieces of one colour, (text, classes), where colours are shown.
    """

    number: int
    pieces: list[tuple[str, bool]]
    is_match: bool = False
    gap: bool = False
    coloured: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Log:
    """A window of what a job wrote to a stream, or the lines of it that match."""

    lines: list[Line]
    total: int
    size: int
    first: int
    matches: int | None = None

    @property
    def last(self) -> int:
        """The number of the last line in the window."""
        return self.lines[-1].number if self.lines else 0

    @property
    def before(self) -> int | None:
        """Where the window before this one starts."""
        return max(1, self.first - WINDOW) if self.first > 1 else None

    @property
    def after(self) -> int | None:
        """Where the window after this one starts."""
        return self.last + 1 if self.last < self.total else None

    @property
    def tail(self) -> int:
        """Where the last window starts."""
        return max(1, self.total - WINDOW + 1)


class LogFilterForm(JobsForm):
    """Which jobs are listed: by name, by status; and a text that their logs hold."""

    q = search_field("Name", "Job")
    everywhere = forms.CharField(
        label="Text in the logs of all jobs",
        required=False,
        max_length=200,
        strip=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "error"}),
    )

    def narrowed(self, jobs: QuerySet) -> QuerySet:
        """The jobs that are asked for."""
        jobs = jobs.filter(name__icontains=self.asked("q")) if self.asked("q") else jobs
        return jobs.filter(status=self.asked("status")) if self.asked("status") else jobs


def logs_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """What the tab shows."""
    form = LogFilterForm(request.GET, label_suffix="")
    everywhere = form.asked("everywhere")
    jobs = form.narrowed(_with_logs(run))
    page = page_of(jobs, request.GET.get("page", ""), LISTED)
    of_run = streams_of(run, None)
    wanted = request.GET.get("job", "")
    is_of_run = bool(of_run) and (wanted == OF_THE_RUN or not (wanted or page.rows))
    job = None if is_of_run else _chosen(run, wanted, page.rows)
    name, status = form.asked("q"), form.asked("status")
    return {
        "form": form,
        "page": page,
        "is_narrowed": bool(name or status),
        "of_run": of_run,
        "is_of_run": is_of_run,
        "kept": [(name, request.GET[name]) for name in ("q", "status", "page") if request.GET.get(name)],
        "log_files": _log_files(run, request.user),
        "found": _found(form.narrowed(run.jobs.order_by("id")), everywhere) if everywhere else None,
        "kept_hits": hits_in_kept(run, everywhere, name, status) if everywhere else ([], False),
        "everywhere": everywhere,
        **(log_of(run, job, request) if job or is_of_run else {"job": None}),
    }


def log_of(run: WorkflowRun, job: WorkflowRunJob | None, request: SignedInRequest) -> dict[str, Any]:
    """The part of one log, of a job or of the run as a whole, that the address asks for."""
    streams = streams_of(run, job)
    stream = chosen(streams, request.GET.get("stream", ""))
    search = request.GET.get("search", "")[:200]
    plain = request.GET.get("colours") == "0"
    text = stream.text if stream else ""
    start = request.GET.get("from", "")
    if start == "end":
        start = str(window(text, "1").tail)
    log = matching(readable(text), search) if search else window(readable(text), start)
    return {
        "job": job,
        "log_key": str(job.pk) if job else OF_THE_RUN,
        "stream": stream.name if stream else "",
        "shown": stream,
        "streams": [(one.name, one.title, one.size) for one in streams],
        "search": search,
        "plain": plain,
        "is_coloured": "\x1b[" in text,
        "log": log if plain or search else in_colours(log, text),
    }


def in_colours(log: Log, text: str) -> Log:
    """A window with the colours that the lines have in the text as it was written."""
    lines = _lines(text.replace("\r\n", "\n"))
    before = style_after("\n".join(lines[: log.first - 1]))
    shown = coloured((_cut(line) for line in lines[log.first - 1 : log.last]), before)
    pairs = zip(log.lines, shown, strict=True)
    return replace(log, lines=[replace(line, coloured=pieces) for line, pieces in pairs])


def window(text: str, wanted: str) -> Log:
    """The lines from the one with the number ``wanted`` on."""
    lines = _lines(text)
    asked = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 1
    first = min(max(1, asked), max(1, len(lines)))
    shown = enumerate(lines[first - 1 : first - 1 + WINDOW], first)
    return Log([Line(number, [(_cut(line), False)]) for number, line in shown], len(lines), len(text), first)


def matching(text: str, search: str) -> Log:
    """The lines that contain ``search`` in whatever case, each with those around it."""
    lines = _lines(text)
    pattern = re.compile(re.escape(search), re.IGNORECASE)
    places = [place for place, line in enumerate(lines) if pattern.search(line)]
    shown = list(_around(lines, places[:MOST_MATCHES], pattern))
    return Log(shown, len(lines), len(text), 1, len(places))


def _around(lines: list[str], places: list[int], pattern: re.Pattern[str]) -> Iterator[Line]:
    matches, told = set(places), -1
    for place in places:
        for near in range(max(told + 1, place - CONTEXT), min(len(lines), place + CONTEXT + 1)):
            gap = near > told + 1
            told = near
            pieces = _pieces(lines[near], pattern) if near in matches else [(_cut(lines[near]), False)]
            yield Line(near + 1, pieces, near in matches, gap)


def _pieces(line: str, pattern: re.Pattern[str]) -> list[tuple[str, bool]]:
    """A line cut where it matches; of a long line the part around its first match."""
    if len(line) > LONGEST_LINE and (found := pattern.search(line)):
        start = max(0, found.start() - LONGEST_LINE // 2)
        line = ("…" if start else "") + _cut(line[start:])
    pieces, last = [], 0
    for found in pattern.finditer(line):
        pieces += [(line[last : found.start()], False), (found.group(), True)]
        last = found.end()
    return [piece for piece in [*pieces, (line[last:], False)] if piece[0]]


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _cut(line: str) -> str:
    more = len(line) - LONGEST_LINE
    return line if more <= 0 else f"{line[:LONGEST_LINE]}… and {more:,} more characters"


def _with_logs(run: WorkflowRun) -> QuerySet:
    """The jobs that wrote something, those that failed first."""
    failed = Case(When(status=RunStatus.FAILED, then=Value(0)), default=Value(1))
    jobs = with_logs(run.jobs.all()).annotate(place=failed)
    light = jobs.only("id", "name", "status", "attempt", "exit_code", "workflowrun", "started_at")
    return light.order_by("place", F("started_at").asc(nulls_last=True), "id")


def _chosen(run: WorkflowRun, wanted: str, listed: list[Any]) -> WorkflowRunJob | None:
    """The job that the address names, else the first in the list."""
    key = uuid_of(wanted) if wanted else listed[0].pk if listed else None
    return run.jobs.select_related("step").filter(pk=key).first() if key else None


def _log_files(run: WorkflowRun, user: UserLike) -> Excerpt:
    """Files that are logs of the run as a whole."""
    links = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run, data_type=DataType.LOG)
    rows = links.exclude(dataset__datafiles=None).order_by("id", "dataset__datafiles__position")
    file = "dataset__datafiles__"
    names = [f"{file}{name}" for name in ("id", "name", "path", "size", "status")]
    return first_of(rows.values_list("dataset_id", *names), 100)


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
            lines = _lines(readable(getattr(job, f"{stream}_around")))
            line = next((line for line in lines if pattern.search(line)), "")
            yield stream, name, _pieces(line, pattern)
