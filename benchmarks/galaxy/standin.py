"""``python -m benchmarks.galaxy.standin JOBS``: a server that answers as Galaxy does, of one invocation.

It prints the port that it found and serves until it is ended. What was asked of it is told at ``/standin/asked``: how
often by kind, and every path in the order in which it came; that begins the count anew.
"""

import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.galaxy.invocation import MadeInvocation
from benchmarks.galaxy.numbering import HISTORY, INVOCATION, STEPS, STORED, USER, WORKFLOW, Json

KEY = "a-key-of-the-benchmark"
ASKED = "/standin/asked"
ANONYMOUS = {"/api/version", ASKED}
MOST = 500  # rows in a page, where nobody says how many
Query = dict[str, list[str]]
Answer = Callable[[MadeInvocation, str, Query], Any]


class Unknown(Exception):
    """Galaxy does not know the id."""


def _places(query: Query, most: int = MOST) -> range:
    offset = int(query.get("offset", ["0"])[0])
    return range(offset, offset + int(query.get("limit", [str(most)])[0]))


def _number(given: str, last: int) -> int:
    """The number behind an id, if there is such a thing."""
    number = int(given, 16)
    if not 1 <= number <= last:
        raise Unknown(given)
    return number


def _job_rows(made: MadeInvocation, _: str, query: Query) -> list[Json]:
    """The newest first, as Galaxy lists jobs."""
    places = _places(query)
    return [made.row(made.jobs - place) for place in places[: max(0, made.jobs - places.start)]]


def _dataset(made: MadeInvocation, given: str, _: Query) -> Json:
    return made.dataset(_number(given, made.datasets))


def _collection(made: MadeInvocation, given: str, query: Query) -> Json:
    number = _number(given, len(STEPS) - 1)
    shown = made.collection(number)
    if query.get("view") != ["collection"]:
        shown["elements"] = list(made.contents(number, range(made.elements)))
    return shown


def _contents(made: MadeInvocation, given: str, query: Query) -> list[Json]:
    return list(made.contents(_number(given, len(STEPS) - 1), _places(query, made.elements)))


def _history_contents(made: MadeInvocation, _: str, query: Query) -> list[Json]:
    """What is asked for by id, else a page of everything: the collections, and then the datasets."""
    collections = len(STEPS) - 1
    if "type_id-in" in query.get("q", []):
        wanted = query["qv"][query["q"].index("type_id-in")].split(",")
        rows = [_by_type_id(made, *one.rpartition("-")[::2]) for one in wanted]
    else:
        numbers = range(1, collections + made.datasets + 1)
        places = numbers[_places(query).start : _places(query).stop]
        rows = [
            made.collection(number) if number <= collections else made.dataset(number - collections)
            for number in places
        ]
    return rows[: len(_places(query))]


def _by_type_id(made: MadeInvocation, kind: str, given: str) -> Json:
    if kind == "dataset":
        return _dataset(made, given, {})
    return made.collection(_number(given, len(STEPS) - 1))


def _summary(made: MadeInvocation, _: str, __: Query) -> Json:
    return {
        "id": INVOCATION,
        "model": "WorkflowInvocation",
        "states": {"ok": made.jobs},
        "populated_state": "ok",
    }


ID = "([0-9a-f]{16,})"
ROUTES: list[tuple[str, str, Answer]] = [
    ("version", "/api/version", lambda *_: {"version_major": "26.1", "version_minor": "2"}),
    (
        "user",
        "/api/users/current",
        lambda *_: {"id": USER, "username": "alice", "email": "alice@example.org", "is_admin": False},
    ),
    ("invocation", f"/api/invocations/({INVOCATION})", lambda made, *_: made.invocation),
    ("jobs summary", f"/api/invocations/({INVOCATION})/jobs_summary", _summary),
    ("workflow", f"/api/workflows/({WORKFLOW}|{STORED})", lambda made, *_: made.workflow),
    ("definition", f"/api/workflows/({WORKFLOW}|{STORED})/download", lambda made, *_: made.definition),
    ("history", f"/api/histories/({HISTORY})", lambda made, *_: made.history),
    ("page of job rows", "/api/jobs", _job_rows),
    ("job", f"/api/jobs/{ID}", lambda made, given, _: made.job(_number(given, made.jobs))),
    (
        "metrics of a job",
        f"/api/jobs/{ID}/metrics",
        lambda made, given, _: made.metrics(_number(given, made.jobs)),
    ),
    ("page of datasets", f"/api/histories/({HISTORY})/contents", _history_contents),
    ("dataset", f"/api/datasets/{ID}", _dataset),
    ("collection", f"/api/dataset_collections/{ID}", _collection),
    ("page of elements", f"/api/dataset_collections/[0-9a-f]+/contents/{ID}", _contents),
]
COMPILED = [(kind, re.compile(pattern), answer) for kind, pattern, answer in ROUTES]


def answer_to(made: MadeInvocation, path: str, query: Query) -> tuple[str, int, Any]:
    """What was asked for, the status, and the answer."""
    for kind, pattern, answer in COMPILED:
        if found := pattern.fullmatch(path):
            try:
                return kind, 200, answer(made, found[1] if pattern.groups else "", query)
            except Unknown as problem:
                text = f"Wrong id ( {problem} ) specified, unable to decode."
                return f"{kind}: unknown id", 400, {"err_msg": text, "err_code": 400009}
    return f"unknown: {path}", 404, {"err_msg": "No such route", "err_code": 404001}


class StandIn(ThreadingHTTPServer):
    """The server, and what it was asked for."""

    daemon_threads = True

    def __init__(self, made: MadeInvocation) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.made, self._lock = made, threading.Lock()
        self._asked: list[tuple[str, str]] = []

    def count(self, kind: str, path: str) -> None:
        """One more of this kind."""
        with self._lock:
            self._asked.append((kind, path))

    def asked(self) -> Json:
        """How often each kind was asked for since this was asked last, and by which paths."""
        with self._lock:
            asked, self._asked = self._asked, []
        return {"kinds": Counter(kind for kind, _ in asked), "paths": [path for _, path in asked]}


class Handler(BaseHTTPRequestHandler):
    """Answers in one write, and keeps the connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: StandIn

    def do_GET(self) -> None:
        """Answer as Galaxy does, to whoever has the key."""
        parts = urlsplit(self.path)
        if parts.path == ASKED:
            self._answer(200, self.server.asked())
        elif parts.path not in ANONYMOUS and self.headers.get("x-api-key") != KEY:
            self._answer(401, {"err_msg": "Provided API key is not valid.", "err_code": 401001})
        else:
            kind, status, said = answer_to(self.server.made, parts.path, parse_qs(parts.query))
            self.server.count(kind, self.path)
            self._answer(status, said)

    def _answer(self, status: int, said: Any) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what was asked is counted."""


def main() -> None:
    """Serve an invocation of as many jobs as the command line says."""
    server = StandIn(MadeInvocation.of(int(sys.argv[1])))
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
