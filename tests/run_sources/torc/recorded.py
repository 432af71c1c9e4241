"""Torc servers of both generations that answer from recordings, without a network or over HTTP."""

import json
from base64 import b64encode
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from run_sources.http.session import Answer
from run_sources.seam import Access
from run_sources.torc.session import TorcSession
from run_sources.torc.source import TorcSource
from tests.galaxy_import.servers import Answering, Asked, Double

HERE = Path(__file__).parent / "recordings"
NEW, OLD = (
    "https://torc.example.org/torc-service/v1",
    "https://torc.example.org/_db/test-workflows/torc-service",
)
NEW_ERROR = {"error": {"message": "Workflow not found with ID: 8"}, "errorNum": 404, "code": 404}
OF_WORKFLOW = ("status", "is_complete", "job_dependencies", "ro_crate_entities")


def told(name: str) -> Any:
    """A recorded answer, by its name without the ending."""
    return json.loads((HERE / f"{name}.json").read_text())


def names(generation: str) -> list[str]:
    """What is recorded of a generation, without the generation's name."""
    return sorted(path.stem.removeprefix(f"{generation}-") for path in HERE.glob(f"{generation}-*.json"))


def new_answers() -> dict[str, Any]:
    """What the newer server answers, by path."""
    found = {"/workflows": listed(told("v0.35-workflow"))}
    for name in names("v0.35"):
        below = f"/workflows/7/{name}" if name in OF_WORKFLOW else f"/{name}"
        found["/workflows/7" if name == "workflow" else below] = told(f"v0.35-{name}")
    return found


def old_answers() -> dict[str, Any]:
    """What the older server answers, by path."""
    found = {}
    for name in names("v0.6-arango"):
        below = name.replace("edges-", "edges/").replace("dot_graph", "dot_graph/job_job_dependencies")
        place = "/workflows/9001" if name == "workflow" else f"/workflows/9001/{below}"
        found[place] = told(f"v0.6-arango-{name}")
    return found


def listed(*items: dict[str, Any]) -> dict[str, Any]:
    """A list as a server answers it."""
    return {"items": list(items), "total_count": len(items), "has_more": False}


def page_of(body: Any, query: dict[str, list[str]], most: int) -> Any:
    """As much of a list as was asked for; another answer as it is."""
    if not isinstance(body, dict) or "items" not in body:
        return body
    start = int((query.get("offset") or query.get("skip") or ["0"])[0])
    size = min(int(query.get("limit", ["10000"])[0]), most)
    items = body["items"][start : start + size]
    is_more = start + size < len(body["items"])
    return {
        **body,
        "items": items,
        "count": len(items),
        "total_count": len(body["items"]),
        "has_more": is_more,
    }


class Recorded(TorcSession):
    """A session that is answered without a network. ``answers`` may be changed, ``asked`` are the paths so far."""

    def __init__(self, base: str, answers: dict[str, Any], **options: Any) -> None:
        super().__init__(base, **options)
        self.answers, self.most, self.asked = deepcopy(answers), 10_000, list[str]()

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Answer:
        parts = urlsplit(path)
        self.asked.append(path)
        if parts.path not in self.answers:
            return Answer(path, 404, NEW_ERROR, b"{}")
        found = page_of(self.answers[parts.path], parse_qs(parts.query), self.most)
        return Answer(path, 200, found, b"{}")


def new_source(**answers: Any) -> TorcSource:
    """The source of a newer server; ``answers`` replace recorded ones, ``workflow`` and ``is_complete`` among them."""
    places = {"workflow": "/workflows/7", **{name: f"/workflows/7/{name}" for name in OF_WORKFLOW}}
    changed = {places.get(name, f"/{name}"): body for name, body in answers.items()}
    return TorcSource(Access(NEW), Recorded(NEW, new_answers() | changed))


def old_source(**answers: Any) -> TorcSource:
    """The source of an older server; ``answers`` replace recorded ones, ``edges__needs`` is ``edges/needs``."""
    changed = {f"/workflows/9001/{name.replace('__', '/')}": body for name, body in answers.items()}
    return TorcSource(Access(OLD), Recorded(OLD, old_answers() | changed))


class TorcDouble(Double):
    """Both generations over HTTP, each at its own address. With a ``password`` it wants one, of ada."""

    def __init__(self, password: str = "") -> None:
        self.wanted = "Basic " + b64encode(f"ada:{password}".encode()).decode() if password else ""
        self.answers = {f"/torc-service/v1{path}": body for path, body in new_answers().items()}
        self.answers |= {
            f"/_db/test-workflows/torc-service{path}": body for path, body in old_answers().items()
        }
        self.raw: dict[str, tuple[int, bytes]] = {}
        super().__init__()

    @property
    def new(self) -> str:
        """The base address of the newer one."""
        return f"{self.url}/torc-service/v1"

    @property
    def old(self) -> str:
        """The base address of the older one."""
        return f"{self.url}/_db/test-workflows/torc-service"

    def answer(self, handler: Answering, asked: Asked) -> None:
        parts = urlsplit(asked.path)
        if parts.path in self.raw:
            handler.tell(*self.raw[parts.path])
        elif self.wanted and asked.headers.get("authorization") != self.wanted:
            handler.tell(401, b'{"error": "Authentication required"}')
        elif parts.path not in self.answers:
            handler.tell(404, json.dumps(NEW_ERROR).encode())
        else:
            found = page_of(self.answers[parts.path], parse_qs(parts.query), 10_000)
            handler.tell(200, json.dumps(found).encode())
