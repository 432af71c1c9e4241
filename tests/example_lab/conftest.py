"""One lab for all tests that look at it: building it costs more than looking."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from example_lab.build import ensure_example_lab

URL = "http://127.0.0.1:8000"


@contextmanager
def data_folder(path: Path) -> Iterator[Path]:
    """A data folder of our own, with dropboxes and storage in it."""
    storage = {"BACKEND": "common.storage.AtomicFileSystemStorage", "OPTIONS": {"location": path / "storage"}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        DATA_DIR=path,
        DROPBOX_ROOT=path / "dropboxes",
        STORAGES={"default": storage, "staticfiles": static},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty data folder."""
    with data_folder(tmp_path):
        yield tmp_path


@pytest.fixture(scope="module")
def lab(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The note of a lab that stands while the tests of one module run, and is rolled back after them."""
    with data_folder(tmp_path_factory.mktemp("lab")), django_db_blocker.unblock(), transaction.atomic():
        yield ensure_example_lab(URL, lambda line: None)
        transaction.set_rollback(True)
