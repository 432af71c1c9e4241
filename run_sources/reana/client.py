"""A REANA server, asked over HTTP: its calls, their pages, and what is JSON inside JSON."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote, urlencode

import orjson

from run_sources.errors import (
    AnswerNotUnderstood,
    AnswerTooLarge,
    NotFound,
    NotReadable,
    SourceUnavailable,
)
from run_sources.http.parallel import ask_once, in_order, settle
from run_sources.http.session import Answer
from run_sources.reana.files import opened_file
from run_sources.reana.reading import Json, mapping, objects, text
from run_sources.reana.session import ReanaSession

RUNS_PAGE = 200
JOBS_PAGE = 128  # a power of two, so that a page that is too large can be asked for in halves
FILES_PAGE = 25_000  # the server walks through all files for every page, so that there are to be few
MOST_PAGES = 10_000  # of anything; a server that has more goes round in circles
REFUSALS = (NotReadable, NotFound, AnswerNotUnderstood)
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class LogsPage:
    """Some jobs of a run with their logs, in the order of their creation, and what is written of the whole run.

    ``missing`` counts those that are too large to be read.
    """

    jobs: Json
    of_run: Json
    missing: int = 0


class ReanaClient:
    """The calls of one server that are read. Ids are UUIDs or names; every method raises SourceError."""

    def __init__(self, session: ReanaSession) -> None:
        self.session = session

    def account(self) -> Json:
        """Whose the token is, and the server's version."""
        you = self._object(path_to("you"))
        self.session.account = text(you, "email", 255)
        return you

    def cluster(self) -> Json:
        """What the server says of itself."""
        return self._object(path_to("info"))

    def runs_named(self, name: str, *, shared: bool = False) -> Iterator[Json]:
        """All runs of a name, newest first: one's own, or with those of others that are shared with one."""
        return self._runs(workflow_id_or_name=name, **({"shared": "true"} if shared else {}))

    def listed(self, run_id: str) -> Json | None:
        """The run of this UUID as the list tells it, without its jobs; None where the list does not have it."""
        found = self._runs(
            workflow_id_or_name=run_id, shared="true", verbose="true", include_progress="true",
            include_workspace_size="true",
        )  # fmt: skip
        return next((one for one in found if text(one, "id").lower() == run_id), None)

    def status(self, run_id: str) -> Json:
        """The run's status: like the list, and all jobs in one text, which is left out here."""
        told = self._object(_of_run(run_id, "status"))
        return {key: value for key, value in told.items() if key != "logs"}

    def parameters(self, run_id: str) -> Json:
        """The UUID, the name and the kind of a run, and the parameters that it was really started with."""
        return self._object(_of_run(run_id, "parameters"))

    def specification(self, run_id: str) -> Json:
        """What the run was asked for with, and the parameters given at its start."""
        return self._object(_of_run(run_id, "specification"))

    def retention_rules(self, run_id: str) -> Json:
        """Which files will be removed when."""
        return self._object(_of_run(run_id, "retention_rules"))

    def share_status(self, run_id: str) -> Json:
        """With whom it is shared."""
        return self._object(_of_run(run_id, "share-status"))

    def disk_usage(self, run_id: str) -> Json:
        """How much room the workspace takes. Only the sum is asked for; older servers tell it of every file."""
        path = _of_run(run_id, "disk_usage")
        return self._as_object(self.session.take(self.session.ask(path, "GET", {"summarize": True})).body)

    def logs(self, run_id: str) -> Iterator[LogsPage]:
        """All jobs with their logs, some at a time."""
        seen: set[str] = set()
        for page in self._pages_of_logs(run_id):
            fresh = {id: job for id, job in page.jobs.items() if id not in seen}
            if page.jobs and not fresh:  # an old server, which knows no pages and told all at once
                return
            seen.update(fresh)
            yield LogsPage(fresh, page.of_run, page.missing)

    def files(self, run_id: str, name: str = "") -> Iterator[Json]:
        """The files of the workspace, or those that a path or a pattern names. TooManyFiles."""
        only = {"file_name": name} if name else {}
        return self._items(lambda page: _of_run(run_id, "workspace", page=page, size=FILES_PAGE, **only))

    def open_file(self, run_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        """The content of a file of the workspace. NotFound, NotReadable for what is no single file."""
        return opened_file(self.session, address_of_file(run_id, path), path)

    def _runs(self, **query: str) -> Iterator[Json]:
        return self._items(
            lambda page: path_to("workflows", type="batch", page=page, size=RUNS_PAGE, **query)
        )

    def _items(self, path: Callable[[int], str]) -> Iterator[Json]:
        for page in range(1, MOST_PAGES):
            told = self._object(path(page))
            yield from objects(told, "items")
            if told.get("has_next") is not True:
                return

    def _pages_of_logs(self, run_id: str) -> Iterator[LogsPage]:
        """One page, and where that is full, the others a few at a time."""
        first = self._logs_page(run_id, 1, JOBS_PAGE)
        yield first
        if len(first.jobs) + first.missing < JOBS_PAGE:
            return
        paths = (_logs_path(run_id, page, JOBS_PAGE) for page in count(2))
        asked = in_order(lambda path: ask_once(self.session, path), paths, self.session)
        for page, (path, answer) in enumerate(asked, 2):
            settled = partial(settle, self.session, answer, path)
            found = self._or_halves(settled, run_id, page, JOBS_PAGE)
            yield found
            if len(found.jobs) + found.missing < JOBS_PAGE or page >= MOST_PAGES:
                return

    def _logs_page(self, run_id: str, page: int, size: int) -> LogsPage:
        path = _logs_path(run_id, page, size)
        return self._or_halves(
            lambda: settle(self.session, ask_once(self.session, path), path), run_id, page, size
        )

    def _or_halves(self, ask: Callable[[], Answer], run_id: str, page: int, size: int) -> LogsPage:
        """The page; where it is too large, its two halves, down to single jobs."""
        try:
            return self._read_logs(ask().body)
        except AnswerTooLarge:
            if size == 1:
                return LogsPage({}, {}, missing=1)
            halves = [self._logs_page(run_id, 2 * page - 1 + half, size // 2) for half in (0, 1)]
            return LogsPage(
                halves[0].jobs | halves[1].jobs,
                halves[0].of_run or halves[1].of_run,
                sum(half.missing for half in halves),
            )

    def _read_logs(self, body: Any) -> LogsPage:
        """Logs are a text in JSON that holds JSON."""
        told = self._as_object(body).get("logs")
        try:
            logs = orjson.loads(told) if isinstance(told, str) and told else (told or {})
        except orjson.JSONDecodeError:
            raise AnswerNotUnderstood(
                f"{self.session.base} sent logs that break off in the middle. Try again; if that lasts, tell its "
                "administrators."
            ) from None
        logs = self._as_object(logs)
        of_run = {key: value for key, value in logs.items() if key != "job_logs"}
        return LogsPage(mapping(logs, "job_logs"), of_run)

    def _object(self, path: str) -> Json:
        return self._as_object(self.session.get(path))

    def _as_object(self, body: Any) -> Json:
        if not isinstance(body, dict):
            raise AnswerNotUnderstood(
                f"{self.session.base} answered in another shape than a REANA server does. Look whether the address is "
                "one's, and whether it is newer than what can be read."
            )
        return body


def path_to(*parts: str, **query: Any) -> str:
    """The path of a call of the API."""
    path = "/api/" + "/".join(quote(part, safe="") for part in parts)
    return f"{path}?{urlencode(query)}" if query else path


def address_of_file(run_id: str, path: str) -> str:
    """The path of a call that sends a file of the workspace."""
    return path_to("workflows", run_id, "workspace", *path.split("/"))


def _of_run(run_id: str, call: str, **query: Any) -> str:
    return path_to("workflows", run_id, call, **query)


def _logs_path(run_id: str, page: int, size: int) -> str:
    return _of_run(run_id, "logs", page=page, size=size)


def if_allowed(call: Callable[[], Found]) -> Found | None:
    """What a call tells; None where it is refused. One that fails otherwise fails the import, which tries again."""
    try:
        return call()
    except REFUSALS:
        return None


def if_possible(call: Callable[[], Found]) -> Found | None:
    """As ``if_allowed``, for what is not worth another try."""
    try:
        return if_allowed(call)
    except SourceUnavailable:
        return None
