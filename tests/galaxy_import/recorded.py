"""What real Galaxy servers answered: recordings, and the values that a client makes of them.

``recordings/<version>/<case>.json.gz`` is a list of objects, one for each request in the order in which they were made:
``method``, ``path`` (with its query), ``who`` (``owner``, ``admin``, ``bob``, ``anonymous``, ``badkey``; in the case
``y_access`` followed by how the history was shared), ``status``, ``content_type``, for a POST ``request`` (its body),
for the content of datasets ``headers``, and the body as one of ``json`` (parsed), ``text`` (as it came) or ``base64``
(archives).
``Answer.content`` gives the bytes in all three cases, ``Recording.answers`` the list, ``Recording.find`` one of them.
"""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from galaxy_import.answers import CollectionAnswer, DataAnswer, InvocationAnswer, Json, ServerAnswer
from galaxy_import.translate import Plan
from galaxy_import.values import JobReference

RECORDINGS = Path(__file__).parent / "recordings"
BASE = "https://galaxy.example.org"
_PAGING = {"invocation_id", "limit", "offset", "order_by"}


@dataclass(frozen=True)
class Answer:
    """One answer of a server."""

    method: str
    path: str
    who: str
    status: int
    content_type: str
    content: bytes
    request: Any = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.content)


def _answer(told: dict[str, Any]) -> Answer:
    if "json" in told:
        content = json.dumps(told["json"]).encode()
    else:
        content = told["text"].encode() if "text" in told else base64.b64decode(told["base64"])
    plain = {key: told[key] for key in ("method", "path", "who", "status", "content_type")}
    headers = tuple(told.get("headers", {}).items())
    return Answer(**plain, content=content, request=told.get("request"), headers=headers)


@cache
def recording(version: str, case: str) -> "Recording":
    """A case that was recorded on a server of this version."""
    with gzip.open(RECORDINGS / version / f"{case}.json.gz", "rt", encoding="utf-8") as stream:
        return Recording(version, case, tuple(map(_answer, json.load(stream))))


@dataclass(frozen=True)
class Recording:
    """The answers on one case."""

    version: str
    case: str
    answers: tuple[Answer, ...]

    @cached_property
    def _first(self) -> dict[tuple[str, str, str], Answer]:
        found: dict[tuple[str, str, str], Answer] = {}
        for one in self.answers:
            found.setdefault((one.method, one.path, one.who), one)
        return found

    def find(self, path: str, who: str = "owner", method: str = "GET") -> Answer | None:
        """The first answer to a request."""
        return self._first.get((method, path, who))

    def get(self, path: str, who: str = "owner") -> Any:
        """The JSON of a good answer, None for any other."""
        found = self.find(path, who)
        return found.json if found and found.status == 200 else None

    def server(self, who: str = "owner") -> ServerAnswer:
        """Who answered."""
        told = self.get("/api/version", who) or {}
        major, minor = told.get("version_major", self.version), told.get("version_minor", "")
        return ServerAnswer(BASE, f"{major}.{minor}".rstrip("."), self.get("/api/users/current", who) or {})

    @cached_property
    def root_id(self) -> str:
        """The id of the invocation that the case is about."""
        asked = (one.path for one in self.answers if one.path.endswith("?step_details=true"))
        return next(asked).removeprefix("/api/invocations/").removesuffix("?step_details=true")

    def invocation(self, identifier: str = "", who: str = "owner") -> InvocationAnswer:
        """An invocation with those nested in it, as ``who`` may read it; the case's own if none is named."""
        identifier = identifier or self.root_id
        told = self.get(f"/api/invocations/{identifier}?step_details=true", who)
        below = [step["subworkflow_invocation_id"] for step in told["steps"]]
        workflow = f"/api/workflows/{told['workflow_id']}"
        return InvocationAnswer(
            invocation=told,
            workflow=self.get(f"{workflow}?instance=true", who),
            definition=self._definition(workflow, who),
            job_rows=tuple(self._rows(identifier, who)),
            nested={one: self.invocation(one, who) for one in below if one},
        )

    def _definition(self, workflow: str, who: str) -> bytes | None:
        """By its number where that is needed, as the client does: 24.2 gives out the newest version else."""
        shown = self.get(f"{workflow}?instance=true", who)
        found = self.find(f"{workflow}/download?instance=true", who)
        if shown and found and found.status == 200 and found.json["version"] != shown["version"]:
            found = self.find(f"/api/workflows/{shown['id']}/download?version={shown['version']}", who)
        return found.content if found and found.status == 200 else None

    def _rows(self, identifier: str, who: str) -> Iterator[Json]:
        seen = set()
        for one in self.answers:
            query = parse_qs(urlsplit(one.path).query)
            if one.who == who and one.status == 200 and query.get("invocation_id") == [identifier]:
                for row in one.json if query.keys() <= _PAGING else ():
                    if row["id"] not in seen:
                        seen.add(row["id"])
                        yield row

    def job(self, reference: JobReference, who: str = "owner") -> tuple[Json | None, list[Json]]:
        """The details and the metrics of a job; None and nothing where they were not recorded."""
        path = f"/api/jobs/{reference.id}"
        return self.get(f"{path}?full=true", who), self.get(f"{path}/metrics", who) or []

    def history(self, who: str = "owner") -> Json | None:
        """The history of the invocation."""
        told = self.get(f"/api/invocations/{self.root_id}?step_details=true", who)
        history: Json | None = self.get(f"/api/histories/{told['history_id']}", who)
        return history

    def data(self, plan: Plan, who: str = "owner") -> DataAnswer:
        """The datasets and collections that a plan asks for."""
        wanted = {one.id for one in plan.data if one.src == "hdca"}
        collections = {one: self._collection(one, who) for one in wanted}
        return DataAnswer(
            datasets=self.datasets(who),
            collections={key: one for key, one in collections.items() if one is not None},
        )

    def datasets(self, who: str = "owner") -> dict[str, Json]:
        """Every dataset of which the details were recorded."""
        found: dict[str, Json] = {}
        for one in self.answers:
            path, _, query = one.path.partition("?")
            if one.who != who or one.status != 200 or one.method != "GET":
                continue
            if path.startswith("/api/datasets/") and path.count("/") == 3 and not query:
                found[one.json["id"]] = one.json
            elif path.endswith("/contents") and "view=detailed" in query:
                for row in one.json:
                    if row.get("history_content_type") == "dataset":
                        found.setdefault(row["id"], row)
        return found

    def _collection(self, identifier: str, who: str) -> CollectionAnswer | None:
        path = f"/api/dataset_collections/{identifier}"
        told = self.get(f"{path}?view=collection", who)
        whole = self.get(f"{path}?view=element", who) or self.get(path, who)
        if told is None:
            return None
        pages = [
            one.json
            for one in self.answers
            if one.who == who and one.path.startswith(f"{path}/contents/") and one.status == 200
        ]
        elements = whole["elements"] if whole else [row for page in pages for row in page]
        return CollectionAnswer(told, tuple(elements))

    def crate_attributes(self) -> dict[str, Any]:
        """The lists in Galaxy's own crate of the invocation, by their names; none without one."""
        archives = [one.content for one in self.answers if one.content_type.startswith("application/zip")]
        if not archives:
            return {}
        with zipfile.ZipFile(io.BytesIO(archives[0])) as archive:
            names = [name for name in archive.namelist() if name.endswith("_attrs.txt")]
            return {name.removesuffix(".txt"): json.loads(archive.read(name)) for name in names}
