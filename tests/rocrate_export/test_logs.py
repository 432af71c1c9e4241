"""Stored logs in the crate of a run: as files about what wrote them, without secrets, and back again as logs."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from rocrate_export.archive import CrateArchive
from rocrate_export.choice import Choice, Include
from rocrate_export.crate import Contents, contents_of
from rocrate_export.logs import LogFile, RunLogs
from rocrate_export.run_logs import open_log, sizes_of_logs
from rocrate_export.subjects import RunSubject
from tests.records import PROCESS_ONLY, RNASEQ, SCRIPT
from tests.rocrate_export.judge import PROVENANCE, needs_contexts, violations
from tests.rocrate_export.reading import Crate, unpack
from tests.rocrate_import.reading import read_path
from workflows.logs import append_log, keep_log
from workflows.models import RunLog, WorkflowRun
from workflows.records import RunRecord
from workflows.revisions import state_of
from workflows.services import record_run

SAID = b"aligned 12 reads\n"
ENGINE = LogFile("engine", "log:1", len(SAID), crc32(SAID), "0" * 64)
STDOUT = replace(ENGINE, name="stdout", key="log:2", job=1, holds_excerpt=True)
SPOKEN = replace(RNASEQ, jobs=(replace(RNASEQ.jobs[0], stdout="aligned", stderr="!"), *RNASEQ.jobs[1:]))
BOTH = RunLogs((STDOUT, ENGINE))


def names_of(contents: Contents) -> set[str]:
    """The names of what the run and its first job wrote."""
    names = {*dict(contents.written), *(one.name for one in contents.stored)}
    return {one for one in names if one.startswith(("logs/run/", "logs/jobs/1"))}


def readme_of(contents: Contents) -> str:
    return dict(contents.written)["README.md"].decode()


def test_a_log_stands_in_for_the_excerpt_that_is_part_of_it() -> None:
    assert names_of(contents_of(SPOKEN, logs=BOTH)) == {
        "logs/run/engine.txt",
        "logs/jobs/1.stdout.txt",
        "logs/jobs/1.stderr.txt",
    }


def test_an_excerpt_that_says_something_else_stays_beside_the_log() -> None:
    logs = RunLogs((replace(STDOUT, holds_excerpt=False),))
    contents = contents_of(SPOKEN, logs=logs)
    assert {"logs/jobs/1.stdout.txt", "logs/jobs/1-2.stdout.txt"} < names_of(contents)
    assert b"aligned" in {content for _, content in contents.written}


def test_logs_are_about_what_wrote_them() -> None:
    crate = Crate(contents_of(SPOKEN, logs=BOTH).document)
    log = crate["logs/jobs/1.stdout.txt"]
    assert (log["contentSize"], log["encodingFormat"], log["about"]) == (
        "17",
        "text/plain",
        {"@id": "#job-1"},
    )
    assert crate["logs/run/engine.txt"]["about"] == {"@id": crate.run["@id"]}
    assert {"logs/jobs/1.stdout.txt", "logs/run/engine.txt"} <= set(crate.links(crate.root, "hasPart"))


def test_the_readme_tells_of_logs_and_of_those_left_out() -> None:
    contents = contents_of(SPOKEN, logs=replace(BOTH, left_out=1))
    assert "- `logs/run/`: what the run said\n- `logs/jobs/`: what the jobs said\n" in readme_of(contents)
    assert "- Not in this archive: 1 of 3 logs: left out by choice\n" in readme_of(contents)


@needs_contexts
def test_the_validator_finds_nothing_to_object_to(tmp_path: Path) -> None:
    assert violations(unpack(contents_of(SPOKEN, logs=BOTH), tmp_path), PROVENANCE) == []


# --- With what is stored ------------------------------------------------------------------------------------------


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    """A run whose third job and whose engine left logs."""
    found, _ = record_run(record=RNASEQ, owner=ada)
    jobs = list(found.jobs.order_by("id"))
    keep_log(run=found, name="engine", text="started\nexport API_KEY=hunter2 --token hunter2\n")
    keep_log(run=found, name="stdout", text="x" * 2000 + RNASEQ.jobs[2].stdout, job=jobs[2])
    return found


@pytest.fixture
def crate_of(ada: Any) -> Callable[..., CrateArchive]:
    def crate(run: WorkflowRun, choice: Choice = Choice()) -> CrateArchive:  # noqa: B008  (it is frozen)
        found = RunSubject(run.pk).archive(ada, "", choice)
        assert found is not None
        return found

    return crate


def members(archive: CrateArchive) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(archive))) as opened:
        assert opened.testzip() is None
        return {
            name: opened.read(name)
            for name in opened.namelist()
            if name.startswith("logs/run/") or "3.stdout" in name
        }


@pytest.mark.django_db
def test_the_archive_holds_stored_logs_without_their_secrets(run: WorkflowRun, crate_of: Any) -> None:
    found = members(crate_of(run))
    assert found["logs/jobs/3.stdout.txt"] == b"x" * 2000 + RNASEQ.jobs[2].stdout.encode()
    assert found["logs/run/engine.txt"].startswith(b"started\n")
    assert b"hunter2" not in found["logs/run/engine.txt"]


@pytest.mark.django_db
def test_a_choice_leaves_logs_out(run: WorkflowRun, crate_of: Any) -> None:
    excerpt = RNASEQ.jobs[2].stdout.encode()
    assert members(crate_of(run, Choice(Include.NONE))) == {"logs/jobs/3.stdout.txt": excerpt}
    small = members(crate_of(run, Choice(Include.SMALL, limit=100)))
    assert set(small) == {"logs/run/engine.txt", "logs/jobs/3.stdout.txt"}
    assert small["logs/jobs/3.stdout.txt"] == excerpt, "what is left out of a log leaves the excerpt"


@pytest.mark.django_db
def test_a_changed_log_makes_another_crate(run: WorkflowRun, crate_of: Any, ada: Any) -> None:
    before, state = crate_of(run), state_of(run.pk, ada)
    append_log(run=run, name="engine", text="went on\n")
    after = state_of(run.pk, ada)
    assert state is not None
    assert after is not None
    assert state.revision != after.revision
    assert crate_of(run).etag != before.etag
    assert not before.is_whole(), "a plan that was kept is not served any more"


@pytest.mark.django_db
def test_the_key_of_a_log_leads_to_that_text_only(run: WorkflowRun, crate_of: Any) -> None:
    keys = {one.key: one.size for one in crate_of(run).plan.members if one.key.startswith("log:")}
    assert sizes_of_logs(keys) == keys
    assert {key: len(open_log(key).read()) for key in keys} == keys
    RunLog.objects.filter(workflowrun=run).delete()
    assert sizes_of_logs(keys) == {}
    with pytest.raises(FileNotFoundError):
        open_log(next(iter(keys)))


@pytest.mark.django_db
@pytest.mark.parametrize("record", [PROCESS_ONLY, SCRIPT], ids=lambda record: record.name)
def test_a_crate_tells_its_reader_which_logs_are_whose(
    ada: Any, record: RunRecord, crate_of: Any, tmp_path: Path
) -> None:
    run, _ = record_run(record=record, owner=ada)
    job = run.jobs.order_by("id").last()
    keep_log(run=run, name="engine", text="begun\n")
    keep_log(run=run, name="service:dask/1", text="done\n", job=job)
    path = tmp_path / "run.crate.zip"
    path.write_bytes(b"".join(crate_of(run)))
    translation = read_path(path)
    assert [(one.name, one.job) for one in translation.logs] == [
        ("engine", 0),
        ("service:dask/1", len(record.jobs)),
    ]
    assert translation.record is not None
    assert len(translation.record.datasets) == len(record.datasets), "a log is no dataset"
