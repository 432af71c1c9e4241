"""Which tests run where: what touches the database on SQLite, and again on PostgreSQL and Redis.

What touches none runs once, and last: whoever of the two has done the rest takes the next file of it, so that both
end at about the same time. What shows or hands out what others keep, or depends on what another server says, asks
no question that the two databases answer in different ways, and browsers are slow: they run once, too, some folders
on the one, some on the other.
"""

import gc
import os
from functools import cache
from pathlib import Path

import pytest

ON_SERVICES = os.environ.get("RUNSTEAD_TEST_ON") == "services"
BESIDE_SERVICES = os.environ.get("RUNSTEAD_TEST_ON") == "sqlite"
# Where the two tell each other which files they have taken; only where there are two.
TAKEN = os.environ.get("RUNSTEAD_TEST_TAKEN", "")
POSTGRES = os.environ.get("RUNSTEAD_TEST_DATABASE_URL")
REDIS = os.environ.get("RUNSTEAD_TEST_REDIS_URL")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}

TESTS = Path(__file__).resolve().parent / "tests"
# Folders and files whose tests run once; what is marked ``both`` runs twice all the same.
ONCE = (
    "cli",
    "example_lab",
    "galaxy_import/carrying_out/test_archives.py",
    "galaxy_import/carrying_out/test_downloads.py",
    "galaxy_import/carrying_out/test_downloads_that_fail.py",
    "galaxy_import/carrying_out/test_failures.py",
    "test_doors.py",
    "web",
)
# What of them, and of what is marked ``once``, runs on PostgreSQL.
ONCE_ON_POSTGRES = (
    "benchmarks",
    "galaxy_import",
    "test_doors.py",
    "web/imports",
    "web/run",
    "web/runs",
    "workflows/test_renewal.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """What is made up is made up in the same way each time: a run that fails fails again."""
    from hypothesis import settings

    settings.register_profile("steady", derandomize=True, deadline=None, database=None)
    settings.load_profile("steady")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to each environment the tests that can tell something new there."""
    belongs = _runs_on_services if ON_SERVICES else _runs_on_sqlite
    config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])
    ours = [item for item in items if belongs(item)]
    items[:] = sorted(ours, key=_turn) if TAKEN else ours
    for item in items:
        if item.get_closest_marker("production") and not (POSTGRES and REDIS):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL and Redis, and found none"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Pass over what the other environment has taken; nothing is said of it here."""
    if not TAKEN or not _runs_anywhere(item) or _is_taken_by_us(item.path):
        return None
    item.session._setupstate.teardown_exact(nextitem)  # what was left open for this one
    return True


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there by now stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()


def _turn(item: pytest.Item) -> int:
    """What only one environment can do comes first; then what costs much, as it should not be what is waited for."""
    if not _runs_anywhere(item):
        return 0
    return 1 if item.get_closest_marker("once") else 2


@cache
def _is_taken_by_us(path: Path) -> bool:
    """Whether we were the first to ask for the tests of a file; they share what is made once for all of them."""
    try:
        (Path(TAKEN) / str(path.relative_to(TESTS)).replace("/", "--")).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _runs_on_sqlite(item: pytest.Item) -> bool:
    if item.get_closest_marker("redis"):
        return False
    if not BESIDE_SERVICES or _runs_anywhere(item):
        return bool(TAKEN) or not BESIDE_SERVICES
    return not (POSTGRES and _runs_once(item) and _is_in(item, ONCE_ON_POSTGRES))


def _runs_on_services(item: pytest.Item) -> bool:
    if item.get_closest_marker("redis"):
        return bool(REDIS)
    if _runs_anywhere(item):
        return True
    if item.get_closest_marker("sqlite_only"):
        return False
    return bool(POSTGRES) and (not _runs_once(item) or _is_in(item, ONCE_ON_POSTGRES))


def _runs_once(item: pytest.Item) -> bool:
    """Whether either database would do, and one of them is enough."""
    if any(item.get_closest_marker(name) for name in ("both", "sqlite_only")):
        return False
    return _is_in(item, ONCE) or item.get_closest_marker("once") is not None


def _is_in(item: pytest.Item, places: tuple[str, ...]) -> bool:
    return any(item.path.is_relative_to(TESTS / place) for place in places)


def _runs_anywhere(item: pytest.Item) -> bool:
    """Whether it does not matter what the database is; that of production is made by its tests."""
    bound = any(item.get_closest_marker(name) for name in ("sqlite_only", "redis"))
    return not (bound or _uses_database(item))


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(DATABASE_FIXTURES & fixtures) or item.get_closest_marker("django_db") is not None
