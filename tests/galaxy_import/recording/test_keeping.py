"""Raw answers beside the run: kept whole, replaced, known again; nothing is left of what was cut off."""

import gzip
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage

from common.progress import Stopped
from galaxy_import.recording.known_jobs import KnownJobs, known_jobs
from galaxy_import.recording.runs import record_galaxy_run
from run_import.models import ImportedRun, RunImport
from run_import.recording import keeping
from run_import.recording.keeping import AnswerWriter, KeptAnswers, remove_leftovers
from tests.galaxy_import.values import DONE, RUNNING

pytestmark = pytest.mark.django_db
CHANGED = "2026-11-21T02:47:10.000001"


def answers_of(key: str) -> list[dict[str, Any]]:
    """What a file of answers holds."""
    with default_storage.open(key) as stored:
        return [orjson.loads(line) for line in gzip.decompress(stored.read()).splitlines()]


def a_job(identifier: str, state: str = "ok", updated: str = CHANGED, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "state": state, "update_time": updated, **more}


def kept(wanted: RunImport, *answers: tuple[str, int, Any]) -> KeptAnswers:
    """A finished file with these answers."""
    with AnswerWriter(wanted.pk) as writer:
        for path, status, body in answers:
            writer.add(path, status, body)
        return writer.finish()


def known_again(known: KnownJobs, job: str) -> Any:
    return orjson.loads(known[job, CHANGED])


def test_answers_are_kept_as_they_came(claimed: Any, stored_files: Callable[[], list[str]]) -> None:
    told = kept(
        claimed(), ("/api/version", 200, {"version_major": "26.1"}), ("/api/jobs/b1", 404, {"err_msg": "é"})
    )
    assert stored_files() == [told.key]
    assert (told.count, told.size) == (2, default_storage.size(told.key))
    assert answers_of(told.key) == [
        {"path": "/api/version", "status": 200, "body": {"version_major": "26.1"}},
        {"path": "/api/jobs/b1", "status": 404, "body": {"err_msg": "é"}},
    ]


def test_what_is_not_finished_leaves_nothing(claimed: Any, stored_files: Callable[[], list[str]]) -> None:
    with AnswerWriter(claimed().pk) as writer:
        writer.add("/api/version", 200, {})
        assert stored_files()
    assert stored_files() == []


def test_answers_come_from_several_threads_one_a_line(claimed: Any) -> None:
    with AnswerWriter(claimed().pk) as writer:
        threads = [
            threading.Thread(
                target=lambda n=n: [writer.add(f"/{n}/{i}", 200, ["x" * 500]) for i in range(200)]
            )
            for n in range(4)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        told = writer.finish()
    assert {one["path"] for one in answers_of(told.key)} == {
        f"/{n}/{i}" for n in range(4) for i in range(200)
    }
    assert told.count == 800


def test_a_storage_that_is_no_directory_keeps_them_too(claimed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = InMemoryStorage()
    for module in ("run_import.recording.keeping", "common.storage"):
        monkeypatch.setattr(f"{module}.default_storage", elsewhere)
    wanted = claimed()
    told = kept(wanted, ("/api/version", 200, {}))
    with elsewhere.open(told.key) as stored:
        assert gzip.decompress(stored.read()) == b'{"path":"/api/version","status":200,"body":{}}\n'
    assert remove_leftovers(wanted.pk) == 1
    assert not elsewhere.exists(told.key)


def test_newer_answers_take_the_place_of_the_older_ones(
    claimed: Any, stored_files: Callable[[], list[str]], django_capture_on_commit_callbacks: Any
) -> None:
    wanted = claimed(follow=True)
    first = kept(wanted, ("/first", 200, {}))
    record_galaxy_run(wanted=wanted, run=RUNNING, answers=first)
    second = kept(wanted, ("/second", 200, {}))
    with django_capture_on_commit_callbacks(execute=True):
        record_galaxy_run(wanted=wanted, run=DONE, answers=second)
        assert default_storage.exists(first.key)  # until it is certain that the newer ones are there
    known = ImportedRun.objects.get()
    assert (known.answers_key, known.answers_size, known.answers_count) == (second.key, second.size, 1)
    assert [path for path in stored_files() if path.endswith("jsonl.gz")] == [second.key]
    record_galaxy_run(wanted=wanted, run=DONE)
    assert default_storage.exists(second.key)


def test_answers_go_when_the_run_is_not_written_down(
    claimed: Any, stored_files: Callable[[], list[str]], bob: Any
) -> None:
    cancelled, other = claimed(), claimed(bob)
    record_galaxy_run(wanted=claimed(), run=RUNNING)
    before = stored_files()
    answers = kept(cancelled, ("/x", 200, {}))
    RunImport.objects.get(pk=cancelled.pk).cancel()
    with pytest.raises(Stopped):
        record_galaxy_run(wanted=cancelled, run=DONE, answers=answers)
    record_galaxy_run(wanted=other, run=DONE, answers=kept(other, ("/x", 200, {})))
    assert stored_files() == before


def test_what_a_killed_attempt_left_is_removed_and_nothing_else(
    claimed: Any, stored_files: Callable[[], list[str]]
) -> None:
    wanted, other = claimed(), claimed()
    record_galaxy_run(wanted=wanted, run=DONE, answers=kept(wanted, ("/mine", 200, {})))
    used = stored_files()
    left = kept(wanted, ("/cut off", 200, {}))
    theirs = kept(other, ("/theirs", 200, {}))
    assert remove_leftovers(wanted.pk) == 1
    assert stored_files() == sorted([*used, theirs.key])
    assert not Path(default_storage.path(left.key)).parent.exists()
    assert remove_leftovers(wanted.pk) == 0


def test_jobs_that_have_ended_are_known_again(claimed: Any) -> None:
    wanted = claimed()
    answers = kept(
        wanted,
        ("/api/jobs?invocation_id=aa&limit=500", 200, [a_job("b1")]),
        ("/api/jobs/b1?full=true", 200, a_job("b1", stdout="é")),
        ("/api/jobs/b1/metrics", 200, [{"name": "start_epoch"}]),
        ("/api/jobs/b2?full=true", 200, a_job("b2", "error")),
        ("/api/jobs/b3?full=true", 200, a_job("b3", "running")),
        ("/api/jobs/b4?full=true", 200, a_job("b4", "paused")),
        ("/api/jobs/b5?full=true", 500, a_job("b5")),
        ("/api/invocations/b6/jobs", 200, a_job("b6")),
    )
    record_galaxy_run(wanted=wanted, run=RUNNING, answers=answers)
    known = known_jobs(ImportedRun.objects.get())
    assert set(known) == {("b1", CHANGED), ("b2", CHANGED)}
    assert known_again(known, "b1") == [a_job("b1", stdout="é"), [{"name": "start_epoch"}]]
    assert known_again(known, "b2") == [a_job("b2", "error"), []]
    assert ("b1", "later") not in known
    assert known.get(("b1", "later")) is None


def test_what_was_not_asked_for_again_stands_in_the_new_answers(claimed: Any) -> None:
    wanted = claimed()
    told = [("/api/jobs/b1?full=true", 200, a_job("b1")), ("/api/jobs/b1/metrics", 200, [])]
    record_galaxy_run(
        wanted=wanted, run=RUNNING, answers=kept(wanted, *told, ("/api/jobs/b2?full=true", 200, a_job("b2")))
    )
    for _ in range(2):
        known = known_jobs(ImportedRun.objects.get())
        assert known["b1", CHANGED]
        with AnswerWriter(wanted.pk) as writer:
            writer.add("/api/invocations/aa", 200, {})
            known.keep_used(writer)
            newer = writer.finish()
        record_galaxy_run(wanted=wanted, run=RUNNING, answers=newer)
        assert newer.count == 3
        assert [(one["path"], one["status"], one["body"]) for one in answers_of(newer.key)] == [
            ("/api/invocations/aa", 200, {}),
            *told,
        ]


@pytest.mark.parametrize(
    "damage", [lambda content: b"", lambda content: content[:-20], lambda content: b"no gzip"]
)
def test_answers_that_are_damaged_are_asked_for_again(claimed: Any, damage: Any) -> None:
    wanted = claimed()
    answers = kept(wanted, ("/api/jobs/b1?full=true", 200, a_job("b1")))
    record_galaxy_run(wanted=wanted, run=RUNNING, answers=answers)
    path = Path(default_storage.path(answers.key))
    path.write_bytes(damage(path.read_bytes()))
    assert set(known_jobs(ImportedRun.objects.get())) <= {("b1", CHANGED)}
    path.unlink()
    assert not known_jobs(ImportedRun.objects.get())
    assert not known_jobs(None)


def test_the_files_of_an_import_lie_together(claimed: Any) -> None:
    wanted = claimed()
    first, second = (keeping.new_key(wanted.pk, "a/../b c.ga") for _ in range(2))
    assert first != second
    assert first.startswith(f"{keeping.shelf_of(wanted.pk)}/")
    assert first.endswith("/a_.._b_c.ga")
