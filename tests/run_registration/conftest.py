"""Directories that engines left behind, in Ada's dropbox."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

RECORDED = Path(__file__).resolve().parent.parent / "run_directories" / "recordings"


@pytest.fixture
def left_by(dropbox: Path) -> Callable[[str], Path]:
    """``left_by("snakemake/9.27.1-ok")``: a copy of a recorded directory, in the dropbox."""

    def copied(name: str) -> Path:
        return Path(shutil.copytree(RECORDED / name, dropbox / name.rpartition("/")[2], symlinks=True))

    return copied
