"""Imports that are cut off or cancelled: nothing half imported, and no transaction open while Galaxy thinks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from common.background import sweep_rows
from data_management.models import DataFile
from galaxy_import import fetching as source
from galaxy_import.carrying_out import imports as carrying_out
from galaxy_import.carrying_out.downloads import Downloads
from galaxy_import.models import GalaxyDataset
from galaxy_import.tasks import import_invocation, tidy_imports
from run_import.carrying_out import imports as taking_turns
from run_import.models import RunImport
from tests.conftest import Api
from tests.galaxy_import.carrying_out.conftest import A_LINEAR, IMPORT, IMPORTS
from tests.galaxy_import.replay import Replay
from workflows.models import WorkflowRun, WorkflowVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("impatient")]
EVERYTHING = {"create_datasets": True, "download": True, "outputs": "all", "rocrate": True}


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, not even what cleans up."""


@pytest.fixture
def server(galaxy: Callable[..., Replay]) -> Replay:
    """A server that answers."""
    return galaxy("26.1/a_linear")


@pytest.fixture
def wanted(server: Replay, listed: Any, ada_api: Api) -> RunImport:
    """An import that waits."""
    listed(server.url)
    asked = ada_api.post(IMPORT, {"url": f"{server.url}/workflows/invocations/{A_LINEAR}", **EVERYTHING})
    return RunImport.objects.get(pk=asked.json()["id"])


def kill(patch: pytest.MonkeyPatch) -> None:
    """What a SIGKILL does: the row stays as it is, and nothing in the storage is cleaned up."""
    for name in ("note", "_settle", "let_go"):
        patch.setattr(RunImport, name, lambda self, *given, **facts: False)
    patch.setattr("galaxy_import.carrying_out.crates.remove", lambda key: None)
    patch.setattr("run_import.recording.runs.remove", lambda key: None)
    raise Killed


def killed_at(patch: pytest.MonkeyPatch, place: Any, name: str, number: int = 1) -> None:
    """The worker is killed when it gets to a function for the so-manyth time."""
    deed, count = getattr(place, name), iter(range(1, 1000))

    def counting(*given: Any, **named: Any) -> Any:
        done = deed(*given, **named)
        if next(count) == number:
            kill(patch)
        return done

    patch.setattr(place, name, counting)


def is_taken_up_again(wanted: RunImport, run_tasks: Callable[[], int]) -> None:
    RunImport.objects.filter(pk=wanted.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep_rows()
    run_tasks()
    wanted.refresh_from_db()


@pytest.mark.parametrize(
    ("place", "name", "number"),
    [
        (taking_turns, "take_turn", 1),
        (source, "plan_run", 1),
        (source, "read_job", 2),
        (carrying_out.OwnCrate, "attributes", 1),
        (source, "assemble", 1),
        (carrying_out, "record_galaxy_run", 1),
        (Downloads, "_keep", 2),
        (Downloads, "fetch_all", 1),
    ],
    ids=["turn", "plan", "jobs", "crate", "assembled", "recorded", "downloading", "downloaded"],
)
def test_an_import_that_was_killed_anywhere_ends_as_if_it_had_not_been(
    wanted: RunImport, run_tasks: Any, stored_files: Any, place: Any, name: str, number: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_at(patch, place, name, number)
        with pytest.raises(Killed):
            import_invocation(str(wanted.pk))
    is_taken_up_again(wanted, run_tasks)
    assert (wanted.state, wanted.error, wanted.attempts) == ("DONE", "", 2)
    assert WorkflowRun.objects.count() == WorkflowVersion.objects.count() == 1
    assert WorkflowRun.objects.get().jobs.count() == 3
    assert set(DataFile.objects.values_list("status", flat=True)) == {"ONLINE"}
    found = sorted(path.rpartition("/")[2].partition("-")[0] for path in stored_files())
    assert len([path for path in stored_files() if path.startswith("data/")]) == 4
    assert len(found) == 7  # the definition, the answers, the crate, four contents
    assert (wanted.files_total, wanted.files_done) == (4, 4)
    assert wanted.bytes_total == wanted.bytes_done > 0


def test_what_is_written_down_is_not_asked_for_again(
    wanted: RunImport, server: Replay, run_tasks: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_at(patch, carrying_out, "record_galaxy_run")
        with pytest.raises(Killed):
            import_invocation(str(wanted.pk))
    server.asked.clear()
    is_taken_up_again(wanted, run_tasks)
    assert {path.rpartition("/")[2] for path in server.counts} == {"display"}


def test_what_was_cut_off_and_given_up_is_tidied_up_after(
    wanted: RunImport, ada_api: Api, stored_files: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_at(patch, source, "assemble")
        with pytest.raises(Killed):
            import_invocation(str(wanted.pk))
    assert [path for path in stored_files() if path.startswith("imports/")]  # the crate was there already
    ada_api.post(f"{IMPORTS}{wanted.pk}/cancel/")
    RunImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    tidy_imports()
    assert [path for path in stored_files() if path.startswith("imports/")] == []


def on_request(server: Replay, patch: pytest.MonkeyPatch, path: str, deed: Callable[[], None]) -> None:
    """Something happens when the server is asked for a path."""
    answer = server.answer

    def answering(handler: Any, asked: Any) -> None:
        if asked.path.startswith(path):
            deed()
        answer(handler, asked)

    patch.setattr(server, "answer", answering)


@pytest.mark.parametrize("phase", ["plan_run", "read_job", "assemble"])
def test_an_import_that_is_cancelled_while_it_asks_stops_and_leaves_nothing(
    wanted: RunImport, ada_api: Api, eager: None, stored_files: Any, monkeypatch: Any, phase: str
) -> None:
    deed = getattr(source, phase)

    def cancelling(*given: Any, **named: Any) -> Any:
        RunImport.objects.get().cancel()
        return deed(*given, **named)

    monkeypatch.setattr(source, phase, cancelling)
    import_invocation(str(wanted.pk))
    wanted.refresh_from_db()
    assert (wanted.state, wanted.lease_until, wanted.workflowrun) == ("CANCELLED", None, None)
    assert not WorkflowRun.objects.exists()
    assert stored_files() == []


def test_an_import_that_is_cancelled_at_the_last_moment_writes_nothing_down(
    wanted: RunImport, stored_files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = carrying_out.OwnCrate.keep

    def cancelling(self: Any, recorded: Any) -> None:
        keep(self, recorded)
        RunImport.objects.get().cancel()

    monkeypatch.setattr(carrying_out.OwnCrate, "keep", cancelling)
    import_invocation(str(wanted.pk))
    wanted.refresh_from_db()
    assert not WorkflowRun.objects.exists()
    assert not GalaxyDataset.objects.exists()
    assert stored_files() == []


def test_an_import_that_is_cancelled_while_it_downloads_keeps_the_run(
    wanted: RunImport, ada_api: Api, eager: None, run_tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Downloads._keep

    def cancelling(self: Any, *given: Any) -> None:
        keep(self, *given)
        RunImport.objects.get().cancel()

    with monkeypatch.context() as patch:
        patch.setattr(Downloads, "_keep", cancelling)
        import_invocation(str(wanted.pk))
    wanted.refresh_from_db()
    assert (wanted.state, wanted.lease_until) == ("CANCELLED", None)
    assert WorkflowRun.objects.get().jobs.count() == 3
    assert "ERROR" not in DataFile.objects.values_list("status", flat=True)
    assert ada_api.post(f"{IMPORTS}{wanted.pk}/retry/").status_code == 200
    run_tasks()
    assert set(DataFile.objects.values_list("status", flat=True)) == {"ONLINE"}


def test_more_that_is_asked_for_meanwhile_is_done_too(
    server: Replay, listed: Any, ada_api: Api, run_tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(server.url)
    body = {"url": f"{server.url}/workflows/invocations/{A_LINEAR}"}
    asked = ada_api.post(IMPORT, body).json()
    with monkeypatch.context() as patch:
        assembled = source.assemble

        def asking_for_more(*given: Any, **named: Any) -> Any:
            again = ada_api.post(IMPORT, {**body, "create_datasets": True, "download": True}).json()
            assert again["id"] == asked["id"]
            return assembled(*given, **named)

        patch.setattr(source, "assemble", asking_for_more)
        run_tasks()
    wanted = RunImport.objects.get()
    assert (wanted.state, wanted.create_datasets) == ("PENDING", True)
    run_tasks()
    wanted.refresh_from_db()
    assert wanted.state == "DONE"
    assert set(DataFile.objects.values_list("status", flat=True)) == {"ONLINE"}


def test_who_left_the_group_meanwhile_imports_nothing_for_it(
    wanted: RunImport, ada: Any, run_tasks: Any, stored_files: Any, server: Replay
) -> None:
    ada.memberships.all().delete()
    run_tasks()
    wanted.refresh_from_db()
    assert (wanted.state, wanted.error_code) == ("FAILED", "not_allowed")
    assert "no longer in the group" in wanted.error
    assert (server.asked, stored_files()) == ([], [])


def test_an_import_that_is_gone_is_no_fault() -> None:
    import_invocation("019aa3c2-7f10-7c44-9b1e-5d0c2f8e1a77")


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_galaxy_thinks(
    wanted: RunImport, server: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = connections["default"]  # this thread's, where the server's threads have their own
    open_ones: list[tuple[str, bool]] = []
    answer = server.answer

    def looking(handler: Any, asked: Any) -> None:
        open_ones.append((asked.path, here.in_atomic_block))
        answer(handler, asked)

    monkeypatch.setattr(server, "answer", looking)
    import_invocation(str(wanted.pk))
    wanted.refresh_from_db()
    assert wanted.state == "DONE"
    asked = [
        one for one in open_ones if not one[0].endswith("/display")
    ]  # contents come in threads of their own
    assert len(asked) > 15
    assert [path for path, is_open in asked if is_open] == []
