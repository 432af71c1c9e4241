"""Every recorded answer of both servers: what it must become, and that nothing of it is lost in silence."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rocrate_export.crate import contents_of
from run_sources.seam import Access, FetchedRun
from run_sources.wes import WesSource
from tests.rocrate_export.judge import PROCESS, PROVENANCE, WORKFLOW, needs_contexts, violations
from tests.rocrate_export.reading import Crate, unpack
from tests.run_sources.wes.recorded import SERVERS, fetch, recording, run_log, server_of
from workflows.records import DataType, RunStatus
from workflows.services import record_run

SAPPORO, TOIL = SERVERS
RUNS = [(SAPPORO, run) for run in ("ok", "bad", "cancelled", "snakemake", "running")] + [
    (TOIL, run) for run in ("ok", "bad", "slow")
]
SCENES = {(SAPPORO, "running"): "running"}
PAGE = (Path(__file__).resolve().parents[3] / "docs/sources/wes.md").read_text()

# Members of answers that are kept nowhere, and why. The page for users has the same table.
LEFT = {
    "request.workflow_attachment": "a path on the server's own disk",
    "task_logs_url": "the address of the same tasks, which are read below the service's own",
    "outputs[].file_url": "the path is kept, below the address that was asked",
}


@cache
def fetched(name: str, run: str) -> tuple[FetchedRun, str]:
    """A recorded run, fetched once for all tests."""
    return fetch(name, run, SCENES.get((name, run), ""))


@pytest.mark.parametrize(
    ("name", "run", "status", "word", "jobs", "inputs", "outputs"),
    [
        (SAPPORO, "ok", RunStatus.SUCCESS, "COMPLETE", 0, 2, 4),
        (SAPPORO, "bad", RunStatus.FAILED, "EXECUTOR_ERROR", 0, 1, 1),
        (SAPPORO, "cancelled", RunStatus.CANCELLED, "CANCELED", 0, 0, 0),
        (SAPPORO, "snakemake", RunStatus.SUCCESS, "COMPLETE", 0, 0, 0),
        (SAPPORO, "running", RunStatus.RUNNING, "RUNNING", 0, 0, 0),
        (TOIL, "ok", RunStatus.SUCCESS, "COMPLETE", 8, 2, 4),
        (TOIL, "bad", RunStatus.FAILED, "EXECUTOR_ERROR", 2, 1, 0),
        (TOIL, "slow", RunStatus.SUCCESS, "COMPLETE", 1, 0, 0),
    ],
)
def test_a_recorded_run_is_what_it_was(
    name: str, run: str, status: RunStatus, word: str, jobs: int, inputs: int, outputs: int
) -> None:
    found, service = fetched(name, run)
    record = found.record
    assert (record.status, record.source_status, len(record.jobs)) == (status, word, jobs)
    assert [len(record.files_of(kind)) for kind in (DataType.INPUT, DataType.OUTPUT)] == [inputs, outputs]
    assert found.has_ended == (status != RunStatus.RUNNING)
    run_id = recording(name)["runs"][run]
    assert record.origin.external_id == (run_id if name == SAPPORO else f"{service}#{run_id}")
    assert record.origin.source_url == f"{service}/runs/{run_id}"
    assert bool(record.completed_at) == found.has_ended
    assert record.started_at is not None
    assert record.started_at.tzinfo == UTC


@pytest.mark.parametrize(("name", "run"), RUNS)
def test_files_have_paths_of_their_own_and_lead_to_where_they_lie(name: str, run: str) -> None:
    found, service = fetched(name, run)
    files = [file for link in found.record.datasets for file in link.dataset.files]
    assert len({file.path for file in files}) == len(files)
    assert all(file.uri.startswith(f"{service}/runs/") for file in files if file.uri)
    if name == SAPPORO:
        assert all(file.uri and file.size for file in found.record.files_of(DataType.OUTPUT))
        assert all(file.sha256 for link in found.record.datasets for file in link.dataset.files)


def test_the_crate_of_the_server_gives_inputs_their_sizes_and_sums() -> None:
    record = fetched(SAPPORO, "ok")[0].record
    assert [(file.path, file.size) for file in record.files_of(DataType.INPUT)] == [
        ("exe/one.fasta", 16), ("exe/two.fasta", 8),
    ]  # fmt: skip
    assert record.files_of(DataType.INPUT)[0].sha256.startswith("687e5d22")


def test_inputs_lie_at_the_same_paths_while_there_is_no_crate() -> None:
    """Else a run that is followed would have each input twice once it has ended."""
    with server_of(SAPPORO) as server:
        run = recording(SAPPORO)["runs"]["ok"]
        server.replies.pop(f"/runs/{run}/ro-crate")
        files = (
            WesSource(Access(server.service, allow_private=True)).fetch(run).record.files_of(DataType.INPUT)
        )
    assert [(file.path, file.size) for file in files] == [("exe/one.fasta", None), ("exe/two.fasta", None)]


def test_what_sapporo_says_is_text_with_its_colours_and_toils_logs_are_fetched() -> None:
    texts = {(log.name, log.job): log.text for log in fetched(SAPPORO, "bad")[0].logs}
    assert "\x1b[1;30mINFO\x1b[0m" in texts["stderr", ""]
    assert "permanentFail" in texts["stderr", ""]
    texts = {(log.name, log.job): log.text for log in fetched(TOIL, "ok")[0].logs}
    assert texts["stderr", ""].startswith("[2026-11-21T")
    assert '"class": "File"' in texts["stdout", ""]


def test_toils_own_work_is_told_from_the_steps() -> None:
    found, _ = fetched(TOIL, "ok")
    own = [job.name for job in found.record.jobs if job.message.startswith("Toil's own")]
    assert own == ["CWLGather", "CWLGather", "workflow.cwl._resolve"]
    assert "3 of the 8 jobs are Toil's own work between the steps, and say so." in found.remarks
    assert "Failed: wf-fail.cwl.bad.fail-tool.cwl." in fetched(TOIL, "bad")[0].record.message


def test_a_run_of_toil_under_way_has_no_end_and_goes_on() -> None:
    found, _ = fetch(TOIL, "ok", "running")
    assert (found.record.status, found.has_ended, found.record.completed_at) == (
        RunStatus.RUNNING,
        False,
        None,
    )


@pytest.mark.parametrize(("name", "run"), RUNS)
def test_every_member_of_an_answer_is_kept_or_left_for_a_reason(name: str, run: str) -> None:
    found, _ = fetched(name, run)
    kept = _Kept(found)
    lost = [
        (path, value)
        for path, value in _leaves(run_log(name, run))
        if re.sub(r"\[\d+\]", "[]", path) not in LEFT and not kept.has(path, value)
    ]
    assert not lost


def test_the_page_for_users_says_what_is_left_and_what_states_mean() -> None:
    assert all(f"`{path}`" in PAGE and reason in PAGE for path, reason in LEFT.items())
    from run_sources.wes.translate.statuses import STATES

    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([A-Z]+)", PAGE, re.MULTILINE))
    assert rows == {state: str(status) for state, status in STATES.items()}


def test_recorded_runs_are_written_down_whole_and_again_without_a_change(ada: Any, db: None) -> None:
    for name, run in RUNS:
        record = fetched(name, run)[0].record
        written, is_new = record_run(record=record, owner=ada)
        assert (is_new, written.to_record()) == (True, record)
        assert record_run(record=record, owner=ada) == (written, False)


@needs_contexts
@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "run"), [(SAPPORO, "ok"), (SAPPORO, "bad"), (SAPPORO, "running"), (TOIL, "ok"), (TOIL, "bad")]
)
def test_the_crates_of_recorded_runs_are_valid(name: str, run: str, tmp_path: Path) -> None:
    record = fetched(name, run)[0].record
    claimed = Crate.of(record).profiles
    profile = (
        PROVENANCE
        if "Provenance Run Crate" in claimed
        else WORKFLOW
        if "Workflow Run Crate" in claimed
        else PROCESS
    )
    assert violations(unpack(contents_of(record), tmp_path), profile) == []


class _Kept:
    """Everything that a fetched run holds."""

    def __init__(self, found: FetchedRun) -> None:
        values = [value for _, value in _leaves(asdict(found.record))]
        self.texts = [str(one) for one in values if isinstance(one, str)] + [log.text for log in found.logs]
        self.whole = "\n".join(self.texts)
        self.values = {repr(one) for one in values}
        self.times = {value for value in values if isinstance(value, datetime)}

    def has(self, path: str, value: Any) -> bool:
        """Whether a value is there: a text within a text, a time as a time, a log by what was fetched."""
        if path.endswith(("_time",)):
            time = datetime.fromisoformat(value)
            return (time if time.tzinfo else time.replace(tzinfo=UTC)) in self.times
        if isinstance(value, str) and value.startswith("../"):
            return True  # the log itself is there, if it is not empty: see the test of logs
        return value in self.whole if isinstance(value, str) else repr(value) in self.values


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is neither empty nor holds others, with its path."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}[{number}]")
    elif value not in (None, ""):
        yield path, value
