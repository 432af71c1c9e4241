"""Packages read as the services read them."""

from pathlib import Path

from rocrate_import.translate import Translation, read_crate
from rocrate_packages import Limits, Package, open_package

PLAIN = Limits()


def read_package(package: Package, limits: Limits = PLAIN) -> Translation:
    """What the crate in an open package says."""

    def text_of(name: str, most: int) -> str:
        with package.open(name) as stream:
            return stream.read(4 * most).decode(errors="replace")[:most]

    names = {name: entry.size for name, entry in package.names.items()}
    return read_crate(package.metadata, names, text_of, limits=limits)


def read_path(path: Path) -> Translation:
    """What the crate at a place says."""
    with open_package(path) as package:
        return read_package(package)
