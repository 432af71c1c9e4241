"""A data folder for each test, and the lab in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from example_lab.build import ensure_example_lab

URL = "http://127.0.0.1:8000"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """An empty data folder, for dropboxes and storage, too."""
    storage = {
        "BACKEND": "common.storage.AtomicFileSystemStorage",
        "OPTIONS": {"location": tmp_path / "storage"},
    }
    settings.DATA_DIR = tmp_path
    settings.DROPBOX_ROOT = tmp_path / "dropboxes"
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return tmp_path


@pytest.fixture
def unheard() -> Callable[[str], None]:
    """Takes the lines that are said, and forgets them."""
    return lambda line: None


@pytest.fixture
def lab(db: None, folder: Path, unheard: Callable[[str], None]) -> dict[str, Any]:
    """The note of a lab that was just made."""
    note = ensure_example_lab(URL, unheard)
    assert note is not None
    return note
