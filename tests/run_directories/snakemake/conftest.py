"""Recorded directories of real runs, copied to where no repository is around them."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from run_directories.findings import FoundRun
from run_directories.snakemake import SnakemakeSniffer

RECORDINGS = Path(__file__).parents[1] / "recordings" / "snakemake"
NOW = datetime(
    2126, 11, 21, 20, 0, tzinfo=UTC
)  # long after the recordings were made, and after any copy of them


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[[str], Path]:
    """Copy a recording by its name; its files are as old as the copy."""

    def copy(name: str) -> Path:
        directory = tmp_path / name
        shutil.copytree(RECORDINGS / name, directory)
        return directory

    return copy


@pytest.fixture
def runs(recorded: Callable[[str], Path]) -> Callable[[str], tuple[FoundRun, ...]]:
    """The runs of a recording, read on another machine, where nothing runs."""
    return lambda name: sniffer().read(recorded(name))


def sniffer(host: str = "laptop", at_work: bool | None = False) -> SnakemakeSniffer:
    return SnakemakeSniffer(now=lambda: NOW, at_work=lambda _: at_work, host=host)


def touch(path: Path, time: datetime) -> None:
    """Make a file as old as that."""
    os.utime(path, (time.timestamp(), time.timestamp()))
