"""Opening a package, whatever kind it is, and finding the crate in it."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from rocrate_packages.archive import ZipStore
from rocrate_packages.collector import collector_paused
from rocrate_packages.entry import Entry, Package
from rocrate_packages.folder import FolderStore
from rocrate_packages.limits import Limits, PackageRefused
from rocrate_packages.names import below, shown

METADATA_NAMES = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")  # of 1.1 and later, and of 1.0
_BAG = "bagit.txt"


@collector_paused()
def open_package(path: Path, limits: Limits = Limits()) -> Package:  # noqa: B008  (it is frozen)
    """Open a zip archive, a folder, or a metadata document alone.

    Raises ``PackageRefused`` with a sentence for the user if it is none of them, holds no crate or several,
    or might do harm. Only the directory and the metadata are read.
    """
    if path.is_dir():
        return _package(FolderStore(path, limits), "folder", limits)
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"PK"):
        return _package(ZipStore(path, limits), "zip", limits)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return _metadata_alone(path, limits)
    raise PackageRefused(
        "This is no zip archive and no ro-crate-metadata.json. Pack the crate as a zip and send that."
    )


def _package(store: ZipStore | FolderStore, kind: str, limits: Limits) -> Package:
    try:
        sizes = store.sizes()
        root, name = _find_crate(sizes)
        _refuse_large(sizes[root + name], limits)
        with store.open(root + name) as stream:
            metadata = stream.read()
    except BaseException:
        store.close()
        raise
    inside = below(sizes, root)
    names = {one: Entry(one, size) for one, size in inside.items() if one != name}
    folders = below(dict.fromkeys(store.folders()), root)
    return Package(metadata, name, kind, names, folders.keys(), len(sizes) - len(inside), root, store)


def _find_crate(names: Collection[str]) -> tuple[str, str]:
    """The folder of the crate, with its slash, and the name of its metadata.

    It lies at the top, else in the only folder one down that has one, else in a bag (BagIt) at either place.
    """
    for name in METADATA_NAMES:
        for place in ("", "data/" if _BAG in names else ""):
            if place + name in names:
                return place, name
    roots = _roots_below(names)
    if len(roots) > 1:
        several = ", ".join(shown(root) for root in sorted(roots)[:5])
        raise PackageRefused(f"There are several crates in this package ({several}). Send them one by one.")
    if not roots:
        raise PackageRefused(
            "There is no ro-crate-metadata.json at the top of this package, nor one folder down. Pack the "
            "crate's folder so that the file stands at the top."
        )
    return next(iter(roots.items()))


def _roots_below(names: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for metadata in reversed(METADATA_NAMES):
        for name in names:
            if name.endswith(f"/{metadata}"):
                root = name[: -len(metadata)]
                top = root.partition("/")[0]
                if root == f"{top}/" or (root == f"{top}/data/" and f"{top}/{_BAG}" in names):
                    found[root] = metadata
    return found


def _refuse_large(size: int, limits: Limits) -> None:
    if size > limits.metadata:
        raise PackageRefused(
            f"The metadata document has {size} bytes; at most {limits.metadata} are read. Describe folders of "
            "many files as one Dataset."
        )


def _metadata_alone(path: Path, limits: Limits) -> Package:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        _refuse_large(size, limits)
        metadata = file.read(size)
    return Package(metadata, METADATA_NAMES[0], "metadata", {}, (), 0, "", _Nothing())


class _Nothing:
    """The files of a metadata document that came alone."""

    def open(self, name: str) -> BinaryIO:
        raise KeyError(name)

    def close(self) -> None:
        pass
