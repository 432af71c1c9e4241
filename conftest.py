"""Which tests run where: what touches the database on SQLite, and again on PostgreSQL and Redis.

What touches none runs once: beside PostgreSQL, where there is less to do. Browsers are slow and run once, too, the
pages of some rooms on the one, those of the others on the other.
"""

import gc
import os

import pytest

ON_SERVICES = os.environ.get("RUNSTEAD_TEST_ON") == "services"
BESIDE_SERVICES = os.environ.get("RUNSTEAD_TEST_ON") == "sqlite"
BOUND = ("sqlite_only", "once", "production", "redis")
POSTGRES = os.environ.get("RUNSTEAD_TEST_DATABASE_URL")
REDIS = os.environ.get("RUNSTEAD_TEST_REDIS_URL")
ROOMS_ON_POSTGRES = ("imports", "run", "runs")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


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
    if BESIDE_SERVICES and POSTGRES and _is_of_the_other_half(item):
        return False
    return not item.get_closest_marker("redis") and not (BESIDE_SERVICES and _may_run_anywhere(item))


def _runs_on_services(item: pytest.Item) -> bool:
    if POSTGRES and _is_of_the_other_half(item):
        return True
    if any(item.get_closest_marker(name) for name in ("sqlite_only", "once", "production")):
        return False
    if item.get_closest_marker("redis"):
        return bool(REDIS)
    return bool(POSTGRES) or _may_run_anywhere(item)


def _is_of_the_other_half(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None and item.path.parent.name in ROOMS_ON_POSTGRES


def _may_run_anywhere(item: pytest.Item) -> bool:
    return not _uses_database(item) and not any(item.get_closest_marker(name) for name in BOUND)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(DATABASE_FIXTURES & fixtures) or item.get_closest_marker("django_db") is not None
