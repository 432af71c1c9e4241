"""A cancelled import is noticed wherever something is waited for."""

import threading
from collections.abc import Callable

import pytest

from common.progress import Stopped
from run_import.carrying_out import watching
from run_import.carrying_out.watching import Watch
from run_import.models import RunImport

pytestmark = pytest.mark.django_db


def test_work_that_goes_on_is_left_alone(claimed: Callable[..., RunImport], eager: None) -> None:
    wanted = claimed(phase="JOBS")
    Watch(wanted)()
    assert RunImport.objects.get().phase == "JOBS"


def test_a_cancelled_import_is_noticed_and_stays_so(claimed: Callable[..., RunImport], eager: None) -> None:
    watch = Watch(claimed())
    RunImport.objects.get().cancel()
    for _ in range(2):
        with pytest.raises(Stopped):
            watch()


def test_an_import_that_another_worker_has_is_noticed(claimed: Callable[..., RunImport], eager: None) -> None:
    watch = Watch(claimed())
    RunImport.objects.update(attempts=2)  # it was taken away, and claimed anew
    with pytest.raises(Stopped):
        watch()


def test_the_database_is_asked_twice_a_second(
    claimed: Callable[..., RunImport], django_assert_num_queries: Callable[..., object]
) -> None:
    assert watching.EVERY == 0.5
    watch = Watch(claimed())
    with django_assert_num_queries(0):
        for _ in range(100):
            watch()


def test_other_threads_hear_of_it_without_asking_the_database(
    claimed: Callable[..., RunImport], eager: None
) -> None:
    watch = Watch(claimed())
    heard: list[str] = []

    def work() -> None:
        try:
            watch()
            heard.append("goes on")
        except Stopped:
            heard.append("stopped")

    def in_a_thread() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    in_a_thread()
    watch.stop()
    in_a_thread()
    assert heard == ["goes on", "stopped"]
