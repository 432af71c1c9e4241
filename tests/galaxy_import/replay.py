"""A Galaxy that answers what a real one answered: recordings, with their pages cut as they are asked for."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.galaxy_import.recorded import recording
from tests.galaxy_import.servers import Answering, Asked, Double
from tests.rocrate_export.judge import SHARED

HERE = Path(__file__).parent / "recordings"
BESIDE = SHARED / "data/made/galaxy"
KEYS = {None: "anonymous", "owner-key": "owner", "admin-key": "admin", "bob-key": "bob"}
# What a list is of; the rest of a query is how much of it, and in what view.
SUBJECTS = (
    "invocation_id",
    "history_id",
    "workflow_id",
    "implicit_collection_jobs_id",
    "instance",
    "q",
    "qv",
    "state",
)
MINORS = {"26.1": "2", "24.2": "4"}
ALICE = {"id": "289fb816f21cd775", "email": "alice@example.org", "username": "alice", "is_admin": False}
WRONG_KEY = b'{"err_msg":"Provided API key is not valid.","err_code":401001}'


def find_case(name: str) -> Path | None:
    """A case like ``26.1/b_mapped``: among our own recordings a file, else a folder beside the repository."""
    own = HERE / f"{name}.json.gz"
    return (
        own
        if own.exists()
        else next(
            (folder / name for folder in (HERE, BESIDE) if (folder / name / "index.json").exists()), None
        )
    )


class Replay(Double):
    """Answers from one case. The keys are owner-key, admin-key and bob-key; any other is refused, none is anonymous.

    ``scene`` picks among recordings of the same person, as ``published`` does in ``26.1/y_access``. ``missing`` are the
    paths that were asked for and are not recorded. ``replaced`` answers a path with another JSON than the recorded,
    ``archives`` with a zip.
    """

    def __init__(self, case: Path, scene: str = "") -> None:
        self.case, self.missing = case, list[str]()
        self.replaced: dict[str, Any] = {}
        self.archives: dict[str, bytes] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self.entries = [each for each in _entries(case) if _is_in(scene, each["who"])]
        super().__init__()

    def answer(self, handler: Answering, asked: Asked) -> None:
        """From the recordings, or what they say together."""
        who = KEYS.get(asked.headers.get("x-api-key"))
        if asked.path in self.replaced:
            handler.tell(200, json.dumps(self.replaced[asked.path]).encode())
        elif asked.path in self.archives:
            named = 'attachment; filename="Galaxy1-[all].zip"'
            handler.tell(200, self.archives[asked.path], "text/html", content_disposition=named)
        elif who is None and asked.path != "/api/version":
            handler.tell(401, WRONG_KEY)
        elif entry := self._entry(asked, who or "owner"):
            self._tell(handler, asked, entry)
        elif (rows := self._rows(asked, who or "owner")) is not None:
            handler.tell(200, json.dumps(rows).encode())
        elif (common := self._common(asked.path) or self._dataset(asked.path, who or "owner")) is not None:
            handler.tell(200, json.dumps(common).encode())
        else:
            self.missing.append(asked.path)
            handler.tell(
                404, json.dumps({"err_msg": f"not recorded: {asked.path}", "err_code": 404001}).encode()
            )

    def body(self, entry: dict[str, Any]) -> bytes:
        """The recorded bytes."""
        if "content" in entry:
            return bytes(entry["content"])
        path = self.case / entry["file"]
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()

    def recorded(self, path: str, who: str = "owner") -> Any:
        """The recorded JSON of a path."""
        entry = next(e for e in self._of(who) if (e["method"], e["path"]) == ("GET", path))
        return json.loads(self.body(entry))

    def _common(self, path: str) -> Any:
        """What is the same in all cases of a version, and is not recorded in the short ones."""
        major = self.case.parent.name
        version = {"version_major": major, "version_minor": MINORS.get(major, "")}
        return {"/api/version": version, "/api/users/current": ALICE}.get(path)

    def _of(self, who: str) -> Iterator[dict[str, Any]]:
        return (each for each in self.entries if each["who"].partition("-")[0] == who)

    def _entry(self, asked: Asked, who: str) -> dict[str, Any] | None:
        spelled = (asked.path, asked.path + "&style=ga")  # the second is the first, said aloud
        found = [e for e in self._of(who) if e["method"] == asked.method and e["path"] in spelled]
        same = [e for e in found if asked.method != "POST" or _is_same(e.get("body"), asked.body)]
        return (same or found or [None])[0]

    def _tell(self, handler: Answering, asked: Asked, entry: dict[str, Any]) -> None:
        body, headers = self.body(entry), entry.get("headers") or {}
        told = {
            name.replace("-", "_"): headers[name] for name in ("etag", "last-modified") if name in headers
        }
        start = _start(asked, headers.get("etag", ""))
        kind = entry.get("content_type") or "application/octet-stream"
        if not start:
            handler.tell(entry["status"], body, kind, **told)
        elif start >= len(body):
            handler.tell(416, b"", kind, content_range=f"bytes */{len(body)}")
        else:
            handler.tell(
                206, body[start:], kind, content_range=f"bytes {start}-{len(body) - 1}/{len(body)}", **told
            )

    def _dataset(self, path: str, who: str) -> Any:
        """A dataset that is told of in a list."""
        found = re.fullmatch(r"/api/datasets/(\w+)", path)
        return self._datasets(who).get(found[1]) if found else None

    # --- lists that are asked for in other pages than the recorded ---

    def _rows(self, asked: Asked, who: str) -> list[Any] | None:
        parts, query = urlsplit(asked.path), dict(parse_qsl(urlsplit(asked.path).query))
        if asked.method != "GET" or "limit" not in query:
            return None
        if query.get("q") == "type_id-in":
            wanted = [each.removeprefix("dataset-") for each in query["qv"].split(",")]
            known = self._datasets(who)
            return [known[each] for each in wanted if each in known]
        rows = self._merged(parts.path, query, who)
        first = int(query.get("offset", 0))
        return None if rows is None else rows[first : first + int(query["limit"])]

    def _merged(self, path: str, query: dict[str, str], who: str) -> list[Any] | None:
        """All rows of a list, from every recorded page of it."""
        found: dict[str, Any] = {}
        pages = [e for e in self._of(who) if _is_same_list(e, path, query)]
        for entry in pages:
            found |= {row["id"]: row for row in json.loads(self.body(entry))}
        elements = self._elements(path, who)
        return elements or (list(found.values()) if pages else None)

    def _elements(self, path: str, who: str) -> list[Any]:
        """All elements of a collection, if it was recorded with them."""
        found = re.fullmatch(r"(/api/dataset_collections/\w+)/contents/(\w+)", path)
        whole = [e for e in self._of(who) if found and (e["path"], e["status"]) == (found[1], 200)]
        return json.loads(self.body(whole[0]))["elements"] if whole else []

    def _datasets(self, who: str) -> dict[str, Any]:
        """Every dataset that any answer tells of; what tells more counts."""
        if who in self._known:
            return self._known[who]
        known: dict[str, Any] = {}
        for entry in self._of(who):
            if entry["method"] == "GET" and entry["status"] == 200 and _tells_of_datasets(entry["path"]):
                for row in _datasets_in(json.loads(self.body(entry))):
                    if len(row) > len(known.get(row["id"], ())):
                        known[row["id"]] = {"history_content_type": "dataset", **row}
        self._known[who] = known
        return known


def _entries(case: Path) -> list[dict[str, Any]]:
    """The answers of a case; those of our own recordings with their bytes."""
    if case.is_dir():
        found: list[dict[str, Any]] = json.loads((case / "index.json").read_text())
        return found
    own = recording(case.parent.name, case.name.removesuffix(".json.gz")).answers
    return [{**vars(one), "body": one.request, "headers": dict(one.headers)} for one in own]


def _is_in(scene: str, who: str) -> bool:
    return who.partition("-")[2] in ("", scene)


def _is_same(recorded: Any, sent: bytes) -> bool:
    return recorded == json.loads(sent or b"null")


def _start(asked: Asked, etag: str) -> int:
    found = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
    return int(found[1]) if found and asked.headers.get("if-range", etag) == etag else 0


def _is_same_list(entry: dict[str, Any], path: str, query: dict[str, str]) -> bool:
    parts = urlsplit(entry["path"])
    subject = {name: values[0] for name, values in parse_qs(parts.query).items() if name in SUBJECTS}
    wanted = {name: value for name, value in query.items() if name in SUBJECTS}
    return (entry["method"], parts.path, entry["status"], subject) == ("GET", path, 200, wanted)


def _tells_of_datasets(path: str) -> bool:
    found = re.match(r"/api/(histories/\w+/contents|datasets(\?|/\w+($|\?))|dataset_collections)", path)
    return found is not None


def _datasets_in(body: Any) -> Iterator[dict[str, Any]]:
    if isinstance(body, list):
        for each in body:
            yield from _datasets_in(each)
    elif isinstance(body, dict) and body.get("model_class") == "DatasetCollectionElement":
        yield from _datasets_in(body.get("object"))
    elif isinstance(body, dict) and isinstance(body.get("elements"), list):
        yield from _datasets_in(body["elements"])
    elif isinstance(body, dict) and (
        body.get("hda_ldda") == "hda" or body.get("history_content_type") == "dataset"
    ):
        yield body
