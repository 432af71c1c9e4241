"""Imports that are cut off, cancelled, or break: nothing half imported, and taken up again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common import progress
from common.background import MOST_ATTEMPTS, sweep_rows
from rocrate_import import carrying_out
from rocrate_import.carrying_out import ARCHIVE_KEPT
from rocrate_import.models import CrateImport
from rocrate_import.tasks import import_crate, tidy_imports
from tests.conftest import Api
from tests.rocrate_import.conftest import IMPORTS
from tests.rocrate_import.crates import a_run_crate
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db
FILES = {f"{number}.txt": b"%d\n" % number for number in range(5)}


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, not even what cleans up."""


@pytest.fixture
def wanted(send: Any) -> CrateImport:
    """An import that waits."""
    return CrateImport.objects.get(pk=send(a_run_crate(FILES)).json()["id"])


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is written down with every file."""
    monkeypatch.setattr(progress, "EVERY", 0.0)


def at_file(monkeypatch: pytest.MonkeyPatch, number: int, deed: Callable[[], None]) -> None:
    """Something happens when so many files are stored, once."""
    take, count = carrying_out.Shelf.take, iter(range(1, 1000))

    def counting(self: Any, *given: Any) -> Any:
        done = take(self, *given)
        if next(count) == number:
            deed()
        return done

    monkeypatch.setattr(carrying_out.Shelf, "take", counting)


def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What a SIGKILL would do: nobody cleans up, and the row stays as it is."""

    def deed() -> None:
        monkeypatch.setattr(carrying_out.Shelf, "clear", lambda self: None)
        monkeypatch.setattr(CrateImport, "note", lambda self, **facts: False)
        monkeypatch.setattr(CrateImport, "_settle", lambda self, state, error="": None)
        raise Killed

    return deed


def lease_is_over(wanted: CrateImport) -> None:
    CrateImport.objects.filter(pk=wanted.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_an_import_that_was_killed_is_taken_up_again_and_leaves_no_double(
    wanted: CrateImport, monkeypatch: pytest.MonkeyPatch, run_tasks: Any, stored_files: Any
) -> None:
    with monkeypatch.context() as patch:
        at_file(patch, 3, kill(patch))
        with pytest.raises(Killed):
            import_crate(str(wanted.pk))
    wanted.refresh_from_db()
    assert (wanted.state, wanted.has_leftovers) == ("RUNNING", True)
    assert sum(path.startswith("imports") for path in stored_files()) == 3
    assert not WorkflowRun.objects.exists()
    lease_is_over(wanted)
    sweep_rows()
    run_tasks()
    wanted.refresh_from_db()
    assert (wanted.state, wanted.attempts, wanted.has_leftovers) == ("DONE", 2, False)
    assert sum(path.startswith("imports") for path in stored_files()) == len(FILES)
    assert WorkflowRun.objects.count() == 1


def test_what_was_killed_too_often_is_given_up_and_tidied_up_after(
    wanted: CrateImport, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    with monkeypatch.context() as patch:
        at_file(patch, 3, kill(patch))
        with pytest.raises(Killed):
            import_crate(str(wanted.pk))
    CrateImport.objects.update(attempts=MOST_ATTEMPTS)
    lease_is_over(wanted)
    sweep_rows()
    tidy_imports()
    wanted.refresh_from_db()
    assert (wanted.state, wanted.has_leftovers) == ("FAILED", False)
    assert [path.split("/")[0] for path in stored_files()] == ["crates"]
    assert wanted.can_be_tried_again


def test_the_archive_of_what_nobody_tried_again_goes_after_a_week(
    wanted: CrateImport, stored_files: Any
) -> None:
    wanted.cancel()
    tidy_imports()
    assert stored_files()
    CrateImport.objects.update(finished_at=timezone.now() - ARCHIVE_KEPT - timedelta(minutes=1))
    tidy_imports()
    assert stored_files() == []
    wanted.refresh_from_db()
    assert not wanted.can_be_tried_again


def test_the_archive_of_a_run_is_never_tidied_away(imported: Any, stored_files: Any) -> None:
    imported(a_run_crate())
    before = stored_files()
    CrateImport.objects.update(finished_at=timezone.now() - ARCHIVE_KEPT * 2)
    tidy_imports()
    assert stored_files() == before


def test_an_import_that_is_cancelled_while_it_works_stops_and_leaves_nothing(
    wanted: CrateImport, monkeypatch: pytest.MonkeyPatch, eager: None, ada_api: Api, stored_files: Any
) -> None:
    seen: list[int] = []

    def cancel() -> None:
        seen.append(CrateImport.objects.get(pk=wanted.pk).files_done)
        assert ada_api.post(f"{IMPORTS}{wanted.pk}/cancel/").json()["state"] == "CANCELLED"
        assert ada_api.post(f"{IMPORTS}{wanted.pk}/retry/").status_code == 409  # a worker still has it

    at_file(monkeypatch, 2, cancel)
    import_crate(str(wanted.pk))
    wanted.refresh_from_db()
    assert (wanted.state, wanted.has_leftovers, wanted.lease_until) == ("CANCELLED", False, None)
    assert seen == [2]
    assert [path.split("/")[0] for path in stored_files()] == ["crates"]
    assert not WorkflowRun.objects.exists()
    assert ada_api.post(f"{IMPORTS}{wanted.pk}/retry/").status_code == 200


def test_an_import_that_is_cancelled_at_the_last_moment_writes_nothing_down(
    wanted: CrateImport, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    from rocrate_import import recording

    keep = recording.keep_original

    def cancelled(**given: Any) -> Any:
        CrateImport.objects.get(pk=wanted.pk).cancel()
        return keep(**given)

    monkeypatch.setattr(recording, "keep_original", cancelled)
    import_crate(str(wanted.pk))
    wanted.refresh_from_db()
    assert not WorkflowRun.objects.exists()
    assert [path.split("/")[0] for path in stored_files()] == ["crates"]


def test_a_full_disk_is_told_and_the_import_can_be_tried_again(
    wanted: CrateImport, monkeypatch: pytest.MonkeyPatch, ada_api: Api, run_tasks: Any, stored_files: Any
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device", "/a/path/of/the/server")

    with monkeypatch.context() as patch:
        at_file(patch, 2, full)
        run_tasks()
    told = ada_api.get(f"{IMPORTS}{wanted.pk}/").json()
    assert told["state"] == "FAILED"
    assert told["error"] == "The storage could not keep the files of the crate: No space left on device."
    assert [path.split("/")[0] for path in stored_files()] == ["crates"]
    ada_api.post(f"{IMPORTS}{wanted.pk}/retry/")
    run_tasks()
    assert ada_api.get(f"{IMPORTS}{wanted.pk}/").json()["state"] == "DONE"


def test_who_left_the_group_meanwhile_imports_nothing_for_it(
    wanted: CrateImport, ada: Any, run_tasks: Any, stored_files: Any
) -> None:
    ada.memberships.all().delete()
    run_tasks()
    wanted.refresh_from_db()
    assert (wanted.state, "no longer in the group" in wanted.error) == ("FAILED", True)
    assert stored_files() == []
    assert not WorkflowRun.objects.exists()


def test_an_import_that_is_gone_is_no_fault(db: None) -> None:
    import_crate("019aa3c2-7f10-7c44-9b1e-5d0c2f8e1a77")


def test_files_are_on_the_disk_before_a_row_speaks_of_them(
    wanted: CrateImport, monkeypatch: pytest.MonkeyPatch, run_tasks: Any
) -> None:
    from rocrate_import import storing

    order: list[str] = []
    record = carrying_out.record_outcome
    monkeypatch.setattr(storing.os, "fsync", lambda descriptor: order.append("synced"))
    monkeypatch.setattr(
        carrying_out, "record_outcome", lambda *given: (order.append("recorded"), record(*given))[1]
    )
    run_tasks()
    assert order == ["synced"] * len(FILES) + ["recorded"]
