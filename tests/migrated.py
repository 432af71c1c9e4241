"""The tables of the tests on SQLite: made by the migrations, and kept as a file for as long as none of them changes."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection

KEPT = 2  # so many; older ones are of other branches, or of nobody's


def copied(kept: Path) -> bool:
    """Whether the database of the tests is a copy now of the tables that were kept."""
    if not kept.exists():
        return False
    shutil.copyfile(kept, connection.settings_dict["TEST"]["NAME"])
    os.utime(kept)
    return True


def keep(kept: Path) -> None:
    """Keep the tables as they are; another process may do the same at the same time."""
    ours = kept.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(ours)])
    ours.replace(kept)
    by_age = sorted(kept.parent.glob("*.sqlite3"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in by_age[KEPT:]:
        old.unlink(missing_ok=True)


def place(config: Any) -> Path | None:
    """Where such tables are kept; None where nothing is, or where the database is no file."""
    if connection.vendor != "sqlite" or not hasattr(config, "cache"):
        return None
    return Path(config.cache.mkdir("migrated")) / f"{_of_the_migrations()}.sqlite3"


def _of_the_migrations() -> str:
    """Another text for other migrations, other apps or another Django."""
    told = hashlib.sha256(repr((django.VERSION, settings.INSTALLED_APPS)).encode())
    for path in sorted(Path(settings.BASE_DIR).glob("*/migrations/*.py")):
        told.update(f"\n{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return told.hexdigest()[:24]
