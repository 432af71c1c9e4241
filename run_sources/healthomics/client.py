"""What HealthOmics is asked: one call for each question, pages one after the other, patience where that helps."""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from run_sources.errors import KeyRefused, NotFound, SourceError, SourceUnavailable
from run_sources.healthomics.answers import Json, plain, shown
from run_sources.healthomics.refusals import WORTH_WAITING_FOR, hiding, not_understood, refusal_of
from run_sources.healthomics.sessions import Clients, secrets_of
from run_sources.http.session import LONGEST_WAIT, SLICE, pause_for
from run_sources.http.waiting import delays
from run_sources.seam import Access

MOST_TRIES = 4
PAGE = 100  # the most that HealthOmics gives at once
AT_ONCE = 3
LOOK_EVERY = 0.5  # seconds

Asked = Json | SourceError


class OmicsClient:
    """Asks HealthOmics in one region as one user. Answers are JSON: times are texts in UTC."""

    def __init__(self, access: Access, *, pause: Callable[[float], None] = pause_for) -> None:
        self.access, self._pause = access, pause
        self._clean = hiding(secrets_of(access))
        self._made: dict[str, Any] = {}
        self._clients: Clients | None = None

    def close(self) -> None:
        """Let go of connections."""
        for client in self._made.values():
            client.close()
        self._made.clear()

    def whose(self) -> str:
        """The ARN of whoever the credentials are."""
        told = self._patiently(lambda: self._once("sts", "get_caller_identity", {}, "the caller"))
        return str(told.get("Arn", ""))

    def run(self, number: str) -> Json:
        """A run, whole."""
        what = f"the run {number[:40]}"
        return self._having(
            ("id", "status"), self._get(f"/run/{number}", "get_run", {"id": number}, what), what
        )

    def runs(self) -> Iterator[Json]:
        """The runs of the account in this region, in short."""
        return self._pages("/run", "list_runs", {}, "the runs")

    def tasks(self, number: str) -> Iterator[Json]:
        """The tasks of a run, in short, in the order of HealthOmics."""
        return self._pages(f"/run/{number}/task", "list_run_tasks", {"id": number}, "the tasks of the run")

    def details(self, number: str, tasks: Iterable[str]) -> Iterator[tuple[str, Json | None]]:
        """Tasks with all that is known of them, a few asked for at a time; None for one that cannot be read."""
        for task, asked in self._in_order(number, tasks):
            path = f"/run/{number}/task/{task}"
            if isinstance(asked, SourceUnavailable):
                again = {"id": number, "taskId": task}
                yield task, self._get(path, "get_run_task", again, f"the task {task}", asked)
            elif isinstance(asked, KeyRefused):
                raise asked
            elif isinstance(asked, SourceError):
                yield task, None
            else:
                self.access.on_answer(path, 200, shown(asked))
                yield task, asked

    def workflow(self, number: str, *, kind: str = "", owner: str = "", export: bool = False) -> Json:
        """A workflow; with ``export`` it has links to its definition and README, which are good for minutes."""
        asked = {"id": number} | _named(kind, owner, export)
        what = f"the workflow {number[:40]}"
        answer = self._get(f"/workflow/{number}", "get_workflow", asked, what)
        return self._having(("id",), answer, what)

    def version(
        self, number: str, version: str, *, kind: str = "", owner: str = "", export: bool = False
    ) -> Json:
        """A version of a workflow, as ``workflow``."""
        asked = {"workflowId": number, "versionName": version} | _named(kind, owner, export)
        what = f"the version {version[:64]} of the workflow {number[:40]}"
        answer = self._get(f"/workflow/{number}/version/{version}", "get_workflow_version", asked, what)
        return self._having(("versionName",), answer, what)

    def _pages(self, path: str, operation: str, asked: Json, what: str) -> Iterator[Json]:
        token, seen = "", {""}
        while True:
            page = {**asked, "maxResults": PAGE} | ({"startingToken": token} if token else {})
            where = f"{path}?startingToken={token}" if token else path
            answer = self._get(where, operation, page, what)
            items = self._having(("items",), answer, what)["items"]
            yield from (one for one in items if isinstance(one, dict))
            token = str(answer.get("nextToken") or "")
            if not token:
                return
            if token in seen:
                raise not_understood(self.access.base, what)
            seen = {"", token}

    def _get(
        self, path: str, operation: str, asked: Json, what: str, problem: SourceUnavailable | None = None
    ) -> Json:
        try:
            answer = self._patiently(lambda: self._once("omics", operation, asked, what), problem)
        except SourceError as refused:
            self.access.on_answer(path, _status_of(refused), {"code": refused.code, "message": str(refused)})
            raise
        self.access.on_answer(path, 200, shown(answer))
        return answer

    def _once(self, service: str, operation: str, asked: Json, what: str) -> Json:
        try:
            told = plain(getattr(self._client(service), operation)(**asked))
        except SourceError:
            raise
        except Exception as problem:  # botocore's errors have no common ancestor that says more
            raise self._meant(problem, what) from None
        return told if isinstance(told, dict) else {}

    def _meant(self, problem: Exception, what: str) -> BaseException:
        """What an exception of boto3's means; our own mistakes stay what they are."""
        if _is_of_parser(problem):
            return not_understood(self.access.base, what)
        is_theirs = type(problem).__module__.startswith(("botocore", "boto3", "urllib3", "http", "ssl"))
        if not is_theirs and not isinstance(problem, OSError):
            return problem
        return refusal_of(problem, self.access.base, what, self._clean) or problem

    def _client(self, service: str) -> Any:
        if self._clients is None:
            self._clients = Clients(self.access)
        if service not in self._made:
            self._made[service] = self._clients.of(service)
        return self._made[service]

    def _having(self, names: tuple[str, ...], answer: Json, what: str) -> Json:
        """The answer, if it has what no answer of HealthOmics lacks: boto3 takes a page for an empty one."""
        if any(answer.get(name) in (None, "") for name in names):
            raise not_understood(self.access.base, what)
        return answer

    def _patiently(self, ask: Callable[[], Json], problem: SourceUnavailable | None = None) -> Json:
        waits = delays(MOST_TRIES - 1, random.random)
        while True:
            if problem is not None:
                self._rest(_wait_for(problem, waits))
            self.access.check()
            try:
                return ask()
            except SourceUnavailable as met:
                problem = met

    def _rest(self, seconds: float) -> None:
        while seconds > 0:
            self.access.check()
            self._pause(min(seconds, SLICE))
            seconds -= SLICE

    def _in_order(self, number: str, tasks: Iterable[str]) -> Iterator[tuple[str, Asked]]:
        """Each task with its answer or its error, in order; whoever stops reading leaves nothing running behind."""
        self._client("omics")  # made here: making one is nothing for several threads at once
        waiting: deque[tuple[str, Future[Asked]]] = deque()
        remaining = iter(tasks)
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="source")
        try:
            while True:
                room = AT_ONCE * 2 - len(waiting)
                waiting.extend(
                    (one, pool.submit(self._detail, number, one)) for one in islice(remaining, room)
                )
                if not waiting:
                    return
                task, future = waiting.popleft()
                yield task, self._outcome(future)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _detail(self, number: str, task: str) -> Asked:
        try:
            asked = {"id": number, "taskId": task}
            answer = self._once("omics", "get_run_task", asked, f"the task {task}")
            return answer if answer.get("taskId") else NotFound("It has no details.")
        except SourceError as problem:
            return problem

    def _outcome(self, future: "Future[Asked]") -> Asked:
        while True:
            self.access.check()
            try:
                return future.result(timeout=LOOK_EVERY)
            except TimeoutError:
                if future.done():
                    raise


def _named(kind: str, owner: str, export: bool) -> Json:
    """What tells whose workflow is meant, and what is wanted of it."""
    told: Json = {
        "type": kind,
        "workflowOwnerId": owner,
        "export": ["DEFINITION", "README"] if export else [],
    }
    return {name: one for name, one in told.items() if one}


def _is_of_parser(problem: BaseException) -> bool:
    """Whether boto3 stumbled over an answer of another shape, for which it has no error of its own."""
    frame = problem.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_globals.get("__name__") == "botocore.parsers"


def _status_of(problem: SourceError) -> int:
    known = {"not_found": 404, "not_readable": 403, "key_refused": 401, "not_understood": 400}
    return getattr(problem, "status", None) or known.get(problem.code, 503)


def _wait_for(problem: SourceUnavailable, waits: Iterator[float]) -> float:
    wait, asked = next(waits, None), problem.retry_after or 0.0
    is_hopeless = problem.status is not None and problem.status not in WORTH_WAITING_FOR
    if wait is None or asked > LONGEST_WAIT or is_hopeless:
        raise problem
    return max(wait, asked)
