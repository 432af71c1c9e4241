"""Why two pieces of data count as the same: the files that both hold, and whether one can come from the other."""

from collections import defaultdict
from collections.abc import Iterable
from posixpath import basename
from typing import Any

from django.db import connection

from provenance.conditions import SHA256_OF_NOTHING, as_text, many_stored
from provenance.walking import FILE, looked_up

FILES_TOLD = 5  # of one tie
MOST_FILES = 50_000
Files = dict[str, dict[str, str]]  # of each piece of data: names by SHA-256
Told = dict[str, Any]


def explain(edges: list[Told], nodes: list[Told]) -> None:
    """Tell of each edge ``same`` which files are the same, and whether data can have come that way."""
    ties = [edge for edge in edges if edge["kind"] == "same"]
    if not ties:
        return
    page = _Page(edges, nodes)
    files = _files(page.data_of(ties), nodes)
    for tie in ties:
        one, other = files[tie["source"]], files[tie["target"]]
        shared = sorted(one.keys() & other.keys(), key=lambda sha256: (one[sha256], sha256))
        tie["file_count"] = len(shared)
        tie["files"] = [
            {"sha256": key, "source": one[key], "target": other[key]} for key in shared[:FILES_TOLD]
        ]
        tie["is_flow"] = page.is_flow(tie, shared, files)


class _Page:
    """Which runs of the page made and used what."""

    def __init__(self, edges: list[Told], nodes: list[Told]) -> None:
        self.begun = {node["id"]: node.get("started_at") for node in nodes}
        self.makers, self.users, self.taken = defaultdict(list), defaultdict(list), defaultdict(list)
        for edge in edges:
            if edge["kind"] == "made":
                self.makers[edge["target"]].append(edge["source"])
            elif edge["kind"] == "used":
                self.users[edge["source"]].append(edge["target"])
                self.taken[edge["target"]].append(edge["source"])

    def data_of(self, ties: list[Told]) -> set[str]:
        """The data whose files must be known: both ends, and what the makers of the sources took in."""
        ends = {tie[end] for tie in ties for end in ("source", "target")}
        return ends | {one for tie in ties for run in self.makers[tie["source"]] for one in self.taken[run]}

    def is_flow(self, tie: Told, shared: list[str], files: Files) -> bool:
        """Not where each run that made the source only passed the content on, or began after all that used it."""
        makers = self.makers[tie["source"]]
        if not makers:
            return True
        one, other = files[tie["source"]], files[tie["target"]]
        is_named_alike = any(basename(one[key]) == basename(other[key]) for key in shared)
        return any(
            not self._is_late(run, tie["target"])
            and (is_named_alike or not self._passed_on(run, shared, files))
            for run in makers
        )

    def _passed_on(self, run: str, shared: list[str], files: Files) -> bool:
        taken = {key for data in self.taken[run] for key in files[data]}
        return bool(shared) and taken.issuperset(shared)

    def _is_late(self, run: str, target: str) -> bool:
        begun, users = self.begun[run], [self.begun[one] for one in self.users[target]]
        return bool(begun and users) and all(one and one < begun for one in users)


def _files(data: Iterable[str], nodes: list[Told]) -> Files:
    """The names of files whose content is known and found more than once, by their content."""
    found: Files = defaultdict(dict)
    for node in nodes:
        if node["kind"] == "datafile" and node["sha256"]:
            found[node["id"]][node["sha256"]] = node["name"]
    given = many_stored(data)
    sql = (
        f"SELECT one.dataset_id, one.sha256, one.path, one.name FROM {given.sql} CROSS JOIN {FILE} one "
        f"WHERE {looked_up('one.dataset_id', 'given.id')} AND NOT (one.sha256 = '') "
        f"AND one.sha256 <> '{SHA256_OF_NOTHING}' AND EXISTS (SELECT 1 FROM {FILE} other "
        f"WHERE {looked_up('other.sha256', 'one.sha256')} AND NOT (other.sha256 = '') "
        f"AND other.dataset_id <> one.dataset_id) LIMIT {MOST_FILES}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, given.parameters)
        for dataset, sha256, path, name in cursor.fetchall():
            names = found[as_text(dataset)]
            names[sha256] = min(path or name, names.get(sha256, path or name))
    return found
