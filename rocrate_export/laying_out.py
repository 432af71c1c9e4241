"""A crate as a folder for those who look only whether its files are there: large ones without their content."""

import io
from pathlib import Path
from typing import BinaryIO

from rocrate_export.archive import CrateArchive
from rocrate_export.shelf import open_stored
from rocrate_export.vocabulary import METADATA
from rocrate_export.zipping import ZipPlan
from rocrate_packages import Entry, Package

WHOLE = 1024 * 1024  # members up to this are laid out with their content
LARGEST_HOLE = 1024**4


def lay_out(package: Package, folder: Path) -> None:
    """Put the files of a crate into a folder: small ones of its top as they are, others as holes of their size.

    PackageRefused where a file is not what the package says. No name of a package leads out of it.
    """
    for name in package.folders:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for entry in package.names.values():
        path = folder / entry.name
        path.parent.mkdir(parents=True, exist_ok=True)
        _lay_out_file(package, entry, path)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / package.metadata_name).write_bytes(package.metadata)


def package_of(archive: CrateArchive) -> Package:
    """A generated crate, as if its archive had been written and opened."""
    names = {one.name: Entry(one.name, one.size) for one in archive.plan.members if one.name != METADATA}
    return Package(archive.metadata, METADATA, "zip", names, (), 0, "", _Unwritten(archive.plan))


def _lay_out_file(package: Package, entry: Entry, path: Path) -> None:
    with path.open("wb") as file:
        if entry.size <= WHOLE and "/" not in entry.name:
            with package.open(entry.name) as content:
                file.write(content.read())  # what is written for the crate: README and preview
        else:
            file.truncate(min(entry.size, LARGEST_HOLE))


class _Unwritten:
    """The files of an archive that is nowhere written."""

    def __init__(self, plan: ZipPlan) -> None:
        self._plan = plan
        self._numbers = {one.name: number for number, one in enumerate(plan.members)}

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(b"".join(self._plan.content(self._numbers[name], open_stored())))

    def close(self) -> None:
        pass
