"""The lab as a new start makes it, once for all who look at it: what a test changes in the database is undone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from example_lab.build import ensure_example_lab

URL = "http://127.0.0.1:8000"


def places_below(folder: Path) -> dict[str, Any]:
    """The settings of a registry that keeps everything below a folder: dropboxes and storage, too."""
    storage = {
        "BACKEND": "common.storage.AtomicFileSystemStorage",
        "OPTIONS": {"location": folder / "storage"},
    }
    return {
        "DATA_DIR": folder,
        "DROPBOX_ROOT": folder / "dropboxes",
        "STORAGES": {**settings.STORAGES, "default": storage},
    }


def forget(line: str) -> None:
    """Takes a line that is said."""


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Path, Any]]:
    """A data folder, and the note of the lab that was just made in it."""
    folder = tmp_path_factory.mktemp("lab")
    with (
        override_settings(**places_below(folder)),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield folder, ensure_example_lab(URL, forget)
        transaction.set_rollback(True)


@pytest.fixture
def folder(made: tuple[Path, Any]) -> Path:
    """The lab's data folder."""
    return made[0]


@pytest.fixture
def lab(made: tuple[Path, Any], db: None) -> dict[str, Any]:
    """The lab's note."""
    assert made[1] is not None
    return dict(made[1])
