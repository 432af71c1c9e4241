"""A REANA that answers what a real one answered: recordings, with their pages cut as they are asked for.

It tells what was recorded for one run by its UUID and by each of its names. Where a thing was not recorded of a run,
it is not found, in REANA's own words.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.galaxy_import.servers import Answering, Asked, Double

RECORDINGS = Path(__file__).parent / "recordings"
TOKEN = "demo-reana-token-0001"  # of the recordings
CALLS = {
    "status": "status",
    "logs": "logs",
    "parameters": "params",
    "specification": "spec",
    "workspace": "workspace",
    "disk_usage": "disk",
}
OF_ANY = {"retention_rules": "retention.json", "share-status": "share-status.json"}  # recorded of hello.1
NO_PAGE = b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>"


def recorded(name: str) -> Any:
    """A recording, as it was."""
    return json.loads((RECORDINGS / name).read_text())


def statuses() -> dict[str, Any]:
    """The recorded statuses of runs, by name."""
    named = RECORDINGS.glob("*.[0-9]-status.json")
    return {path.name.removesuffix("-status.json"): json.loads(path.read_text()) for path in named}


class Replay(Double):
    """Answers to one token. ``changed`` are answers that stand in for the recorded ones, by path, ``logs`` those that
    are told in pages, by UUID."""

    def __init__(self) -> None:
        self.rows = recorded("err-notype.json")["items"]  # the whole list, one page
        self.changed: dict[str, tuple[int, bytes, str]] = {}
        self.logs: dict[str, dict[str, Any]] = {}
        self.ids = {row["id"]: row["name"] for row in self.rows}
        super().__init__()

    def change(self, path: str, body: Any, status: int = 200, kind: str = "application/json") -> None:
        """Have a path answered in another way from now on."""
        self.changed[path] = (status, body if isinstance(body, bytes) else json.dumps(body).encode(), kind)

    def answer(self, handler: Answering, asked: Asked) -> None:
        """From the recordings, for whom the token is of."""
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path in self.changed:
            status, body, kind = self.changed[parts.path]
            handler.tell(status, body, kind)
        elif parts.path != "/api/ping" and query.get("access_token") != TOKEN:
            self._refuse(handler, "err-badtoken.json" if "access_token" in query else "err-notoken.json")
        else:
            self._answer(handler, parts.path.removeprefix("/api/").split("/"), query)

    def _refuse(self, handler: Answering, name: str) -> None:
        body = (RECORDINGS / name).read_bytes()
        handler.tell({"err-badtoken.json": 403, "err-notoken.json": 401}[name], body)

    def _answer(self, handler: Answering, steps: list[str], query: dict[str, str]) -> None:
        match [unquote(step) for step in steps]:
            case ["ping"] | ["you"] as call:
                self._tell(handler, recorded(f"{call[0]}.json"))
            case ["workflows"]:
                self._tell(handler, self._list(query))
            case ["workflows", id, "workspace", *path] if path:
                self._file(handler, self._name(id), "/".join(path))
            case ["workflows", id, call] if call in CALLS or call in OF_ANY:
                self._of_run(handler, id, call, query)
            case _:
                handler.tell(404, NO_PAGE, "text/html")

    def _of_run(self, handler: Answering, id: str, call: str, query: dict[str, str]) -> None:
        name = self._name(id)
        file = RECORDINGS / f"{name}-{CALLS.get(call)}.json"
        if not name:
            said = recorded("err-404.json")["message"].replace("nosuch.1", id)
            handler.tell(404, json.dumps({"message": said}).encode())
        elif call in OF_ANY:
            self._tell(handler, recorded(OF_ANY[call]) if name == "hello.1" else {})
        elif call == "logs" and id in self.logs:
            self._tell(handler, _page({"logs": json.dumps(self.logs[id])}, query))
        elif call == "logs" and not file.exists():
            self._tell(handler, _logs_of(statuses().get(name, {"logs": "{}"}), query))
        elif not file.exists():
            handler.tell(404, NO_PAGE, "text/html")
        else:
            self._tell(handler, _page(json.loads(file.read_text()), query))

    def _name(self, id: str) -> str:
        """The recorded name of a run; a bare one is of its newest."""
        name = self.ids.get(id, id)
        newest = next((row["name"] for row in self.rows if row["name"].startswith(f"{name}.")), "")
        return name if name in self.ids.values() else newest

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        wanted = query.get("workflow_id_or_name")
        rows = [row for row in self.rows if wanted in (None, row["id"], row["name"].split(".")[0])]
        if "status" in query:
            rows = [row for row in rows if row["status"] in query["status"].split(",")]
        if query.get("include_progress") == "true":
            rows = [{**row, "progress": self._progress(row)} for row in rows]
        return _page({"items": rows, "user_has_workflows": True}, query)

    def _progress(self, row: dict[str, Any]) -> Any:
        return statuses().get(row["name"], row)["progress"]

    def _file(self, handler: Answering, name: str, path: str) -> None:
        if (name, path) == ("hello.1", "results/greetings.txt"):
            named = f'attachment; filename="{path}"'
            body = (RECORDINGS / "hello.1-file.txt").read_bytes()
            handler.tell(200, body, "application/octet-stream", content_disposition=named)
        else:
            said = recorded("hello.1-file-404.json")["message"].replace("nope.txt", path)
            handler.tell(404, json.dumps({"message": said}).encode())

    def _tell(self, handler: Answering, body: Any) -> None:
        handler.tell(200, json.dumps(body).encode())


def _page(told: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """The part of a list that was asked for, told as REANA tells it; of logs, the part of their jobs."""
    page, size = int(query.get("page", 1)), int(query.get("size", 0))
    if "logs" in told and size and "status" not in told:
        logs = json.loads(told["logs"])
        jobs = list(logs["job_logs"].items())[(page - 1) * size : page * size]
        return {**told, "logs": json.dumps({**logs, "job_logs": dict(jobs)})}
    if "items" not in told or not size:
        return {**told, "page": 1, "total": len(told["items"])} if "items" in told else told
    items, first = told["items"], (page - 1) * size
    return {
        **told, "items": items[first : first + size], "page": page, "size": size, "total": len(items),
        "has_next": first + size < len(items), "has_prev": page > 1,
    }  # fmt: skip


def _logs_of(status: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """The logs of a run of which only the status was recorded: it has the same jobs, and no log of the run."""
    logs = {
        "workflow_logs": "",
        "job_logs": json.loads(status["logs"]),
        "service_logs": {},
        "engine_specific": None,
    }
    told = {"workflow_id": status.get("id"), "workflow_name": status.get("name"), "user": status.get("user")}
    return _page({**told, "logs": json.dumps(logs)}, query)
