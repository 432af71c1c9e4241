"""Every recorded answer, member by member: kept where docs/sources/torc.md says, or left for the reason it gives."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from run_directories.torc.reading import byte_count, seconds_of
from run_directories.torc.statuses import OF_JOBS
from run_sources.torc.source import TorcSource
from tests.run_sources.torc.recorded import names, new_source, old_source, told

DOCS = (Path(__file__).parents[3] / "docs/sources/torc.md").read_text()
ARANGO = {"_key", "_id", "_rev"}
PAGING = {"offset", "skip", "max_limit", "count", "total_count", "has_more"}
CONVERTED = {
    ("resource_requirements", "memory"): byte_count,
    ("resource_requirements", "runtime"): seconds_of,
    ("results", "exec_time_minutes"): lambda minutes: minutes * 60,
    ("compute_nodes", "memory_gb"): lambda size: round(size * 2**30),
    ("compute_nodes", "resources"): lambda had: [
        had["num_cpus"],
        round(had["memory_gb"] * 2**30),
        had["num_nodes"],
    ],
    ("events", "timestamp"): lambda ms: datetime.fromtimestamp(ms / 1000, UTC),
}
NOT_TOLD_AS_THEY_ARE = {
    "is_active", "duration_seconds", "st_mtime", "is_ephemeral", "id", "file_id", "run_id", "_from", "_to",
}  # fmt: skip


def table(mark: str) -> list[list[str]]:
    """The rows of a table of the docs, without its head."""
    after = DOCS.partition(f"<!-- {mark} -->")[2].lstrip().partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in after.splitlines()[2:]]


MEMBERS = {(of.strip("| "), member.strip("`")): here.rstrip(" |") for of, member, here in table("members")}


@cache
def everything(generation: str) -> frozenset[str]:
    """Each single value of what becomes of a workflow: all its runs, and their events."""
    source = new_source() if generation == "v0.35" else old_source()
    found: set[str] = set()
    for one in source.list_run_ids("workflow", "7" if generation == "v0.35" else "9001"):
        run = source.fetch(one)
        found |= set(leaves(asdict(run.record))) | {
            leaf for event in run.events for leaf in leaves(asdict(event))
        }
    return frozenset(found)


def leaves(value: Any) -> list[str]:
    """The single values in a value, and their names, as texts; numbers without a needless fraction."""
    if isinstance(value, dict):
        return [*map(str, value), *(leaf for one in value.values() for leaf in leaves(one))]
    if isinstance(value, list | tuple):
        return [leaf for one in value for leaf in leaves(one)]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return [value.isoformat() if isinstance(value, datetime) else str(value)]


def rows(answer: Any) -> list[dict[str, Any]]:
    """The objects that an answer is about."""
    return answer.get("items", [answer])


def recordings() -> list[tuple[str, str]]:
    return [(one, name) for one in ("v0.35", "v0.6-arango") for name in names(one) if name != "error"]


@pytest.mark.parametrize(("generation", "name"), recordings())
def test_no_member_is_lost_without_a_word(generation, name):
    for row in rows(told(f"{generation}-{name}")):
        left = ARANGO if row.get("st_mtime", "there") else {*ARANGO, "name"}  # its path is declared
        for member, value in row.items():
            if member not in left:
                assert_kept(generation, name, member, value)


def assert_kept(generation: str, name: str, member: str, value: Any) -> None:
    here = MEMBERS[name, member]  # a member that the docs do not name is an error
    if here.startswith("left: ") or member in NOT_TOLD_AS_THEY_ARE or value is None:
        return
    made = CONVERTED.get((name, member), lambda same: same)(value)
    if isinstance(made, str) and re.match(r"\d{4}-\d\d-\d\d[T ]", made):
        made = datetime.fromisoformat(made).replace(tzinfo=UTC)
    missing = set(leaves(made)) - everything(generation)
    assert not missing, f"{name}.{member}: {missing} should be {here}"


def test_the_docs_name_every_status():
    assert {word.strip("| `"): here.strip("| `") for word, here in table("job statuses")} == OF_JOBS


def test_every_recording_is_used():
    used = {name for one in ("v0.35", "v0.6-arango") for name in names(one)}
    assert used - {"error"} == {of for of, _ in MEMBERS}


# --- the relations that must hold ---------------------------------------------------------------------------------


@pytest.mark.parametrize("run_id", [1, 2])
def test_the_attempts_of_a_run_are_its_results(run_id):
    record = new_source().fetch(f"7/{run_id}").record
    wanted = {
        (str(one["job_id"]), one["attempt_id"], one["return_code"], one["status"])
        for one in told("v0.35-results")["items"]
        if one["run_id"] == run_id
    }
    found = {
        (one.external_id, one.attempt, one.exit_code, one.source_status)
        for one in record.jobs
        if one.started_at
    }
    assert found == wanted


def test_edges_are_those_that_the_server_tells():
    record = new_source().fetch("7").record
    told_edges = {
        (one["job_id"], one["depends_on_job_id"]) for one in told("v0.35-job_dependencies")["items"]
    }
    assert told_edges <= {(int(one.external_id), int(before)) for one in record.jobs for before in one.after}
    blocks = told("v0.6-arango-edges-blocks")["items"]
    record = old_source().fetch("9001").record
    assert {(one.external_id, before) for one in record.jobs for before in one.after} == {
        (one["_to"].rpartition("/")[2], one["_from"].rpartition("/")[2]) for one in blocks
    }


def test_every_file_is_declared_and_those_that_are_there_are_data():
    record = new_source().fetch("7").record
    files = told("v0.35-files")["items"]
    assert {one.path for one in record.declared} == {one["path"] for one in files}
    there = {one["path"] for one in files if one["st_mtime"]}
    assert {file.path for link in record.datasets for file in link.dataset.files} == there


def test_an_error_is_told_in_the_words_of_the_server():
    source: TorcSource = old_source()
    assert source.session.words_of(told("v0.6-arango-error")) == "document not found"
    assert source.session.words_of({"error": {"message": "no such workflow"}}) == "no such workflow"


def test_pages_are_understood_as_they_are_told():
    for generation, name in recordings():
        answer = told(f"{generation}-{name}")
        if "items" in answer:
            assert answer["total_count"] == len(answer["items"])
            assert set(answer) - PAGING == {"items"}
    assert json.dumps(told("v0.35-ping")) == '{"status": "ok"}'
