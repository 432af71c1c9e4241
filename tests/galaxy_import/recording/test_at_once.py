"""Two imports that come to their end at the same time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from data_management.models import Dataset
from galaxy_import.models import GalaxyDataset
from galaxy_import.recording import runs as recording
from galaxy_import.recording.runs import record_galaxy_run
from run_import.models import ImportedRun, RunImport
from tests.galaxy_import.values import DONE, another_run
from workflows.models import WorkflowFile, WorkflowRun, WorkflowVersion

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def together(count: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So many have stored their definitions before the first one writes."""
    barrier, store = threading.Barrier(count), recording.store_definition

    def stored(*given: Any, **named: Any) -> Any:
        definition = store(*given, **named)
        barrier.wait(timeout=20)
        return definition

    with monkeypatch.context() as patch:
        patch.setattr(recording, "store_definition", stored)
        yield


def at_once(wanted: list[RunImport], runs: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Record each in a thread of its own; what came of them, errors too."""
    came: list[Any] = [None] * len(runs)

    def work(number: int) -> None:
        try:
            came[number] = record_galaxy_run(wanted=wanted[number], run=runs[number])
        except Exception as problem:
            came[number] = problem
        finally:
            connection.close()

    with together(len(runs), monkeypatch):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(len(runs))]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    return came


def test_the_same_invocation_twice_at_once_is_one_run(
    claimed: Any, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    wanted = [claimed(create_datasets=True) for _ in range(2)]
    came = at_once(wanted, [DONE, DONE], monkeypatch)
    assert sorted(one.is_new for one in came) == [False, True]
    counts = {model: model._base_manager.count() for model in (WorkflowRun, ImportedRun, WorkflowVersion)}
    assert set(counts.values()) == {1}
    assert (Dataset.objects.count(), GalaxyDataset.objects.count()) == (3, 5)
    assert stored_files() == [WorkflowFile.objects.get().storage_key]


def test_two_runs_of_one_workflow_at_once_share_its_version_and_their_data(
    claimed: Any, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    wanted = [claimed(create_datasets=True) for _ in range(2)]
    came = at_once(wanted, [DONE, another_run()], monkeypatch)
    assert [one.is_new for one in came] == [True, True]
    assert (WorkflowRun.objects.count(), WorkflowVersion.objects.count(), Dataset.objects.count()) == (
        2,
        1,
        3,
    )
    assert stored_files() == [WorkflowFile.objects.get().storage_key]
