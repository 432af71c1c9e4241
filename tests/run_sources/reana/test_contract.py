"""Every recorded answer: what is in it is kept, or left for a reason that the documentation names."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from run_sources.reana import ReanaSource
from run_sources.seam import FetchedRun
from tests.run_sources.reana.replay import RECORDINGS, recorded
from workflows.records import RunStatus, StatusBasis

DOCS = Path(__file__).parents[3] / "docs/sources/reana.md"
CALLS = {
    "status": "status", "status-latest": "status", "status-by-uuid": "status", "logs": "logs", "params": "parameters",
    "spec": "specification", "workspace": "workspace", "workspace-p": "workspace", "disk": "disk_usage",
}  # fmt: skip
LISTS = (
    "workflows-p1.json",
    "workflows-p2.json",
    "workflows-byid.json",
    "workflows-status.json",
    "err-notype.json",
)
OF_ANY = {"you.json": "you", "retention.json": "retention_rules", "share-status.json": "share-status"}
# What is asked by nobody here, or is an answer to a mistake; other tests are held to these.
OTHERS = {"ping.json", "diff.json", "err-404.json", "err-404uuid.json", "err-409.json", "err-badtoken.json",
          "err-notoken.json", "hello.1-file-404.json"}  # fmt: skip
Leaf = tuple[str, Any]
Source = Callable[..., ReanaSource]


def calls_of_runs() -> list[tuple[str, str, str]]:
    """Each recording of one run: its file, the run's name, and the call."""
    names = sorted(path.name for path in RECORDINGS.glob("*.json"))
    form = re.compile(r"((?:hello|roofit-cwl)(?:\.[\d.]*\d)?)-([a-z-]+)\.json")
    found = [(name, match[1], match[2]) for name in names if (match := form.fullmatch(name))]
    return [(file, name, CALLS[call]) for file, name, call in found if call in CALLS]


def test_no_recording_is_forgotten():
    named = {file for file, _, _ in calls_of_runs()} | {*LISTS, *OF_ANY, *OTHERS}
    assert named == {path.name for path in RECORDINGS.glob("*.json")}


@pytest.mark.parametrize(("file", "name", "call"), calls_of_runs())
def test_what_is_told_of_a_run_is_kept_or_left_for_a_reason(open_source: Source, file, name, call):
    _hold(call, recorded(file), open_source().fetch(name))


@pytest.mark.parametrize("file", LISTS)
def test_each_row_of_a_list_is_kept_or_left_for_a_reason(open_source: Source, file):
    source = open_source()
    told = recorded(file)
    for row in told["items"]:
        _hold("workflows", {**told, "items": [row]}, source.fetch(row["id"]))


@pytest.mark.parametrize(("file", "call"), list(OF_ANY.items()))
def test_what_is_told_beside_is_kept_or_left_for_a_reason(open_source: Source, file, call):
    _hold(call, recorded(file), open_source().fetch("hello.1"))


@pytest.mark.parametrize(
    ("name", "status", "basis", "ended", "deleted"),
    [
        ("hello.1", RunStatus.SUCCESS, StatusBasis.REPORTED, True, False),
        ("hello.1.1", RunStatus.SUCCESS, StatusBasis.REPORTED, True, False),
        ("hello.2", RunStatus.FAILED, StatusBasis.REPORTED, True, False),
        ("hello.3", RunStatus.RUNNING, StatusBasis.REPORTED, False, False),
        ("hello.4", RunStatus.PENDING, StatusBasis.REPORTED, False, False),
        ("hello.5", RunStatus.PENDING, StatusBasis.REPORTED, False, False),
        ("hello.6", RunStatus.PENDING, StatusBasis.REPORTED, False, False),
        ("hello.7", RunStatus.CANCELLED, StatusBasis.REPORTED, True, False),
        ("hello.8", RunStatus.UNKNOWN, StatusBasis.ASSUMED, True, True),
        ("roofit-cwl.1", RunStatus.SUCCESS, StatusBasis.REPORTED, True, False),
    ],
)
def test_how_each_recorded_run_stands(open_source: Source, name, status, basis, ended, deleted):
    ids = {row["name"]: row["id"] for row in recorded("err-notype.json")["items"]}
    run = open_source().fetch(ids[name])
    record = run.record
    assert (record.status, record.status_basis) == (status, basis)
    assert (run.has_ended, record.source_deleted) == (ended, deleted)


def test_a_stopped_run_ended_when_it_was_stopped(open_source: Source):
    record = open_source().fetch("hello.7").record
    assert record.completed_at == datetime(2026, 11, 20, 9, 3, tzinfo=UTC)
    assert record.message == "Stopped in REANA."


def test_a_failed_run_says_why(open_source: Source):
    record = open_source().fetch("hello.2").record
    assert record.message == "Workflow failed: step fit\nJob fit: Job exit code 127"
    assert [(job.message, job.exit_code) for job in record.jobs] == [("", None), ("Job exit code 127", None)]
    assert [step.status for step in record.steps] == [RunStatus.SUCCESS, RunStatus.FAILED]


def test_a_restart_names_what_it_restarts(open_source: Source):
    source = open_source()
    original, restart = source.fetch("hello.1").record, source.fetch("hello.1.1").record
    assert restart.rerun_of == original.origin.external_id
    assert not original.rerun_of


def test_serial_jobs_come_one_after_the_other_and_others_as_they_come(open_source: Source):
    first, second = open_source().fetch("hello.1").record.jobs
    assert (first.after, second.after) == ((), (first.external_id,))


def test_the_specification_is_kept_as_a_file_that_says_the_same(open_source: Source):
    run = open_source().fetch("hello.1")
    assert yaml.safe_load(run.files["reana.yaml"]) == recorded("hello.1-spec.json")["specification"]
    assert run.record.workflow.main_file.size == len(run.files["reana.yaml"])


def test_pages_of_a_workspace_are_parts_of_the_whole():
    part, all = recorded("hello.1-workspace-p.json"), recorded("hello.1-workspace.json")
    assert part["items"] == all["items"][: part["size"]]
    assert part["total"] == all["total"] == len(all["items"])


def _hold(call: str, answer: Any, run: FetchedRun) -> None:
    """Every member of the answer is in the table, and the value of each that is kept is in the run."""
    table, kept, lines = _table()[call], _values(run), []
    for path, value in _leaves(_decoded(answer)):
        where = _row(table, path)
        is_kept = where is not None and not where.startswith("left: ")
        if where is None or (
            is_kept and value not in (_within(run, where) or kept) and not _excused(path, value)
        ):
            lines.append(f"{call}: {path} = {value!r} ({where})")
    assert not lines


def _within(run: FetchedRun, where: str) -> set[str]:
    """The texts in the member of the metadata that a row names; nothing where it names none."""
    record = run.record
    named = re.findall(r"`metadata\.(\w+)`", where)
    told = [each.metadata.get(name) for name in named for each in (record, record.workflow)]
    return {_plain(value) for _, value in _all(told) if value is not None}


def _excused(path: str, value: str) -> bool:
    """What the table says itself: -1 is no size, of the room on the disk only the sum is kept, ids of jobs that are
    told of a run whose jobs are kept elsewhere are none."""
    return (path.endswith("size.raw") and value == "-1") or path == "disk_usage_info[].size.raw"


@cache
def _table() -> dict[str, dict[str, str]]:
    """What the documentation says of each member."""
    table: dict[str, dict[str, str]] = {}
    for line in DOCS.read_text().splitlines():
        if found := re.fullmatch(r"\| `([a-z_-]+)` \| `([^`]+)` \| (.+) \|", line):
            table.setdefault(found[1], {})[found[2]] = found[3]
    return table


def _row(table: dict[str, str], path: str) -> str | None:
    if path in table:
        return table[path]
    for pattern, where in table.items():
        wanted = re.escape(pattern).replace(r"\*", r"[^ ]+")
        if re.fullmatch(wanted, path):
            return where
    return None


def _decoded(answer: Any) -> Any:
    if isinstance(answer, dict) and isinstance(answer.get("logs"), str):
        return {**answer, "logs": json.loads(answer["logs"])}
    return answer


def _leaves(value: Any, path: str = "") -> Iterator[Leaf]:
    """Every value that says something, with its path; entries of lists are ``[]``."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, f"{path}[]")
    elif value not in (None, ""):
        yield path, str(value)


def _values(run: FetchedRun) -> set[str]:
    """All that is kept of a run, as texts."""
    told = [asdict(run.record), [asdict(log) for log in run.logs]]
    told += [yaml.safe_load(content) for content in run.files.values()]
    values = {_plain(value) for _, value in _all(told)}
    return values | {value.capitalize() for value in values}  # schedulers are kept in lower case


def _all(value: Any) -> Iterator[tuple[None, Any]]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _all(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _all(one)
    else:
        yield None, value


def _plain(value: Any) -> str:
    """Times as REANA writes them."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return text.removesuffix("+00:00")
