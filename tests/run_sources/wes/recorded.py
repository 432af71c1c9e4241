"""WES servers that answer what real ones answered."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from run_sources.seam import Access, FetchedRun
from run_sources.wes import WesSource
from tests.galaxy_import.servers import Answering, Asked, Double

HERE = Path(__file__).parent / "recordings"
SERVERS = ("sapporo-2.4", "toil-9.6")


@cache
def recording(name: str) -> dict[str, Any]:
    """What is recorded of a server."""
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text())
    return found


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its JSON or text or bytes, its type, and further headers."""

    body: Any
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def content(self) -> bytes:
        """The bytes that go out."""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


class WesServer(Double):
    """Answers by path, with its query or without. ``token`` is what it wants, if anything; ``password`` gives it."""

    def __init__(self, replies: dict[str, Reply], prefix: str = "") -> None:
        self.replies, self.prefix = replies, prefix
        self.token = self.password = ""
        self.later: dict[str, list[Reply]] = {}  # answers that come first, one after the other
        super().__init__()

    @property
    def service(self) -> str:
        """The address of the service."""
        return self.url + self.prefix

    def answer(self, handler: Answering, asked: Asked) -> None:
        """What is known of the path; 404 as sapporo says it."""
        reply = self._reply(asked)
        more = {name.replace("-", "_"): value for name, value in reply.headers}
        handler.tell(reply.status, reply.content, reply.content_type, **more)

    def _reply(self, asked: Asked) -> Reply:
        path = urlsplit(asked.path).path
        if asked.method == "POST" and path == f"{self.prefix}/token":
            return self._token_for(parse_qs(asked.body.decode()))
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return Reply({"msg": "Invalid token", "status_code": 401}, 401)
        if self.later.get(path):
            return self.later[path].pop(0)
        missing = Reply({"msg": "not found", "status_code": 404}, 404)
        return self.replies.get(asked.path) or self.replies.get(path) or missing

    def _token_for(self, form: dict[str, list[str]]) -> Reply:
        if self.password and form == {"username": ["ada"], "password": [self.password]}:
            return Reply({"access_token": self.token, "token_type": "bearer"})
        return Reply({"msg": "Incorrect username or password", "status_code": 401}, 401)


def server_of(name: str, scene: str = "") -> WesServer:
    """The server of a recording; with a scene, what was recorded for that comes before the rest."""
    told = recording(name)
    replies = {}
    for one in sorted(told["answers"], key=lambda one: (one.get("scene") or "") == scene):
        if one.get("scene") in (None, scene):
            replies[one["path"]] = Reply(one["body"], one["status"], one["content_type"])
    return WesServer(replies, told["base"])


def run_log(name: str, run: str) -> dict[str, Any]:
    """The recorded log of a run."""
    told = recording(name)
    path = f"{told['base']}/runs/{told['runs'][run]}"
    found: dict[str, Any] = next(one["body"] for one in told["answers"] if one["path"] == path)
    return found


def source_for(server: WesServer, **more: Any) -> WesSource:
    """A source that asks this server, without pauses."""
    source = WesSource(Access(server.service, allow_private=True, **more))
    source.client.session._pause = lambda seconds: None
    return source


def fetch(name: str, run: str, scene: str = "") -> tuple[FetchedRun, str]:
    """A recorded run as the source tells it, its logs read, and the service that was asked."""
    with server_of(name, scene) as server:
        source = source_for(server)
        found = source.fetch(recording(name)["runs"][run])
        logs = tuple(found.logs)
        source.close()
        return FetchedRun(found.record, found.has_ended, found.remarks, found.files, logs), server.service
