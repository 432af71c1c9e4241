"""What AWS would answer, given to the real boto3 right where it would open a connection."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSResponse

RECORDINGS = Path(__file__).parent / "recordings"
BASE = "https://omics.eu-west-1.amazonaws.com"
CREDENTIALS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG"}
Body = dict[str, Any] | bytes
Answer = tuple[int, Body]


def recorded(name: str) -> dict[str, Any]:
    """A recording, as a value of its own."""
    found: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text())
    return found


def refused(code: str, status: int, message: str = "no", **headers: str) -> tuple[int, Body, dict[str, str]]:
    """An error as AWS spells it."""
    return status, {"message": message}, {"x-amzn-ErrorType": code, **headers}


def tasks(run: int, count: int) -> list[dict[str, Any]]:
    """So many tasks like the recorded ones."""
    one = recorded("list_run_tasks_1_p1")["items"][0]
    return [
        {**one, "taskId": str(run * 1_000_000 + n), "name": f"RNASEQ:QUANT (S{n})", "uuid": f"task-{run}-{n}"}
        for n in range(1, count + 1)
    ]


class Wire:
    """Answers by path. A list is answered one after the other, its last for good; a function gets the query."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.requests: list[Any] = []

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        """The answer to a request of boto3's."""
        parts = urlsplit(request.url)
        path, query = unquote(parts.path), parse_qs(parts.query)
        self.asked.append(path)
        self.requests.append(request)
        answer = self.answers.get(path, refused("ResourceNotFoundException", 404, "not found"))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(query)
        if isinstance(answer, Exception):
            raise answer
        return _response(request.url, answer)

    def has_run(self, run: dict[str, Any], listed: list[dict[str, Any]] | None = None) -> "Wire":
        """A run with its tasks, each of which has details, and its workflow with its version."""
        number, listed = run["id"], tasks(1, 3) if listed is None else listed
        self.answers |= {
            f"/run/{number}": run,
            f"/run/{number}/task": paged(listed),
            "/workflow/1234567": _exported(recorded("get_workflow_noexport"), recorded("get_workflow")),
            "/workflow/1234567/version/1.2.0": recorded("get_workflow_version"),
        }
        self.answers |= {
            f"/run/{number}/task/{one['taskId']}": {**recorded("get_run_task_ok"), **one}
            for one in listed[:400]
        }
        return self


def paged(items: list[dict[str, Any]]) -> Callable[[dict[str, list[str]]], Any]:
    """The items in pages, as a list of AWS answers them."""

    def answer(query: dict[str, list[str]]) -> Any:
        size, start = int(query.get("maxResults", ["100"])[0]), int(query.get("startingToken", ["0"])[0])
        page: dict[str, Any] = {"items": items[start : start + size]}
        return page | ({"nextToken": str(start + size)} if start + size < len(items) else {})

    return answer


def _exported(plain: dict[str, Any], linked: dict[str, Any]) -> Callable[[dict[str, list[str]]], Any]:
    return lambda query: linked if "DEFINITION" in query.get("export", []) else plain


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        """The body, as urllib3 gives it."""
        yield self.getvalue()


def _response(url: str, answer: Any) -> AWSResponse:
    status, body, *more = answer if isinstance(answer, tuple) else (200, answer)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", **(more[0] if more else {})}
    return AWSResponse(url, status, headers, _Raw(raw))
