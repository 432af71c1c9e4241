"""Which tests run where: what touches the database on SQLite, and again on PostgreSQL and Redis.

What touches none runs once: beside PostgreSQL, where there is less to do. What shows or hands out what others keep
asks no question that the two databases answer in different ways, and browsers and real engines are slow: they run
once, too, some folders on the one, some on the other, so that each has about as much to do.
"""

import gc
import os
from pathlib import Path

import pytest

ON_SERVICES = os.environ.get("RUNSTEAD_TEST_ON") == "services"
BESIDE_SERVICES = os.environ.get("RUNSTEAD_TEST_ON") == "sqlite"
BOUND = ("sqlite_only", "once", "production", "redis")
POSTGRES = os.environ.get("RUNSTEAD_TEST_DATABASE_URL")
REDIS = os.environ.get("RUNSTEAD_TEST_REDIS_URL")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}

TESTS = Path(__file__).resolve().parent / "tests"
# Folders and files whose tests run once; what is marked ``both`` runs twice all the same.
ONCE = ("cli", "example_lab", "test_doors.py", "web")
# What of them, and of what is marked ``once``, runs on PostgreSQL.
ONCE_ON_POSTGRES = (
    "benchmarks",
    "test_doors.py",
    "web/imports",
    "web/run",
    "web/runs",
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
    items[:] = [item for item in items if belongs(item)]
    for item in items:
        if item.get_closest_marker("production") and not (POSTGRES and REDIS):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL and Redis, and found none"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there by now stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()


def _runs_on_sqlite(item: pytest.Item) -> bool:
    if item.get_closest_marker("redis"):
        return False
    if not BESIDE_SERVICES:
        return True
    if POSTGRES and _runs_once(item):
        return not _is_in(item, ONCE_ON_POSTGRES)
    return not _may_run_anywhere(item)


def _runs_on_services(item: pytest.Item) -> bool:
    if item.get_closest_marker("redis"):
        return bool(REDIS)
    if any(item.get_closest_marker(name) for name in ("sqlite_only", "production")):
        return False
    if _runs_once(item):
        return bool(POSTGRES) and _is_in(item, ONCE_ON_POSTGRES)
    return bool(POSTGRES) or _may_run_anywhere(item)


def _runs_once(item: pytest.Item) -> bool:
    """Whether either database would do, and one of them is enough."""
    if any(item.get_closest_marker(name) for name in ("both", "sqlite_only", "production", "redis")):
        return False
    divided = _is_in(item, ONCE) and _uses_database(item)
    return divided or item.get_closest_marker("once") is not None


def _is_in(item: pytest.Item, places: tuple[str, ...]) -> bool:
    return any(item.path.is_relative_to(TESTS / place) for place in places)


def _may_run_anywhere(item: pytest.Item) -> bool:
    return not _uses_database(item) and not any(item.get_closest_marker(name) for name in BOUND)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(DATABASE_FIXTURES & fixtures) or item.get_closest_marker("django_db") is not None
