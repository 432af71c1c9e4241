"""`manage.py doctor`: is this installation well, and if not, what is to be done."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from common import health
from common.health import Check

REMEDIES = {
    "database": "Start the database, or correct DATABASE_URL.",
    "migrations": "Run: manage.py migrate",
    "queue": "Start Redis, or correct REDIS_URL; on a single machine `make run` brings a broker.",
    "worker": "Start a worker and beat, see docker-compose.yml; on a single machine: make run",
    "storage": "Let this user write to the storage: STORAGE_DIR, or S3_BUCKET and its keys.",
    "dropboxes": "Mount or make the directories, or correct the dropboxes in the admin.",
}


class Command(BaseCommand):
    """Prints one line per check, what to do about what is wrong, and exits with 1 if anything is."""

    help = "Check the installation: database, migrations, broker, worker, storage, dropboxes."

    def handle(self, **_: Any) -> None:
        """Look at everything, also after the first thing that is wrong."""
        found = dict(_checks())
        for name, check in found.items():
            self.stdout.write(f"{'✓' if check.ok else '✗'} {name:<10} {' '.join(check.detail.split())}")
            if not check.ok:
                self.stdout.write(f"  {'':<10} {REMEDIES.get(name, '')}")
        if not all(check.ok for check in found.values()):
            raise SystemExit(1)


def _checks() -> Iterator[tuple[str, Check]]:
    found = health.checks()
    database = found.pop("database")
    yield "database", database
    if not database.ok:  # then nothing can be said about the rest
        return
    yield "migrations", _guarded(_migrations)
    yield from found.items()
    yield "dropboxes", _guarded(_dropboxes)


def _guarded(check: Any) -> Check:
    """A check that cannot be made has failed; the database may be away, or its tables missing."""
    try:
        return Check(*check())
    except Exception as problem:
        return Check(False, str(problem).strip() or type(problem).__name__)


def _migrations() -> tuple[bool, str]:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not missing, f"{len(missing)} not applied" if missing else "all applied"


def _dropboxes() -> tuple[bool, str]:
    """Every dropbox is a directory that we can read; its model lives above us, so it is asked for by name."""
    paths = apps.get_model("data_management", "Dropbox")._base_manager.values_list("path", flat=True)
    places = [Path(settings.DROPBOX_ROOT) / path for path in paths]
    lost = [str(place) for place in places if not (place.is_dir() and os.access(place, os.R_OK | os.X_OK))]
    if lost:
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        return False, f"{len(lost)} of {len(places)} cannot be read: {', '.join(lost[:3])}{more}"
    return True, f"{len(places)} reachable"
