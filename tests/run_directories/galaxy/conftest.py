"""Exports that real Galaxy servers made of invocations, as they were recorded for the import, unpacked."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from run_directories.findings import FoundRun
from run_directories.galaxy import GalaxySniffer
from tests.galaxy_import.recorded import recording

Unpack = Callable[..., Path]


def archives(version: str, case: str) -> list[bytes]:
    """The exports of a case: the smaller one is without the content of the datasets."""
    found = (one.content for one in recording(version, case).answers if one.content[:2] == b"PK")
    return sorted(found, key=len)


@pytest.fixture
def unpacked(tmp_path) -> Unpack:
    """Unpacks the export of a case; nothing is written outside of the directory."""

    def unpack(version: str, case: str, *, with_files: bool = True) -> Path:
        place = tmp_path / f"{case}-{version}-{with_files}"
        with zipfile.ZipFile(io.BytesIO(archives(version, case)[-1 if with_files else 0])) as archive:
            for name in archive.namelist():
                target = (place / name).resolve()
                assert target.is_relative_to(place.resolve())
                if not name.endswith("/"):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
        return place

    return unpack


@pytest.fixture
def found(unpacked) -> Iterator[Callable[..., FoundRun]]:
    """The only run of an export."""

    def read(version: str, case: str, **options: Any) -> FoundRun:
        (run,) = GalaxySniffer().read(unpacked(version, case, **options))
        return run

    return read


def changed(directory: Path, name: str, change: Callable[[Any], Any]) -> Path:
    """The directory, in which ``change`` was done to what a list says."""
    told = json.loads((directory / name).read_text())
    change(told)
    (directory / name).write_text(json.dumps(told))
    return directory
