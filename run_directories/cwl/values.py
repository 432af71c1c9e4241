"""Files and parameters in the objects of a job's inputs and outputs, at whatever depth they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from run_directories.reading import listed

CLASSES = ("File", "Directory")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of an object: which input or output it is of, and what it is called there.

    ``relative`` is unique within the object; ``dataset`` and ``collection`` say what it belongs to; ``member`` is
    the File object itself.
    """

    relative: str
    member: dict[str, Any]
    dataset: str = ""
    collection: str = ""

    @property
    def sha1(self) -> str:
        """The checksum, empty where it is not told."""
        kind, _, value = str(self.member.get("checksum") or "").partition("$")
        return value if kind == "sha1" else ""

    @property
    def identifier(self) -> str:
        """By which the provenance calls it, empty where it is not told."""
        return str(self.member.get("@id") or "").removeprefix("urn:uuid:")


def files_in(document: Any) -> list[NamedFile]:
    """Every file of an object, in order. Names that come twice get the number of the second, the third."""
    taken: set[str] = set()
    found = []
    for name, value in document.items() if isinstance(document, dict) else ():
        for file in _files(str(name), value, ""):
            relative = _free(file.relative, taken)
            taken.add(relative)
            found.append(NamedFile(relative, file.member, file.dataset, file.collection))
    return found


def parameters_in(document: Any) -> dict[str, Any]:
    """What of an object is no file; of a list or record the part that is none."""
    if not isinstance(document, dict):
        return {}
    pruned = {
        str(name): _pruned(value) for name, value in document.items() if not str(name).startswith("cwl:")
    }
    return {name: value for name, value in pruned.items() if value is not _NOTHING}


_NOTHING = object()


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("class") in CLASSES:
            return _NOTHING
        kept = {name: _pruned(member) for name, member in value.items()}
        kept = {name: member for name, member in kept.items() if member is not _NOTHING}
        return kept if kept or not value else _NOTHING
    if isinstance(value, list):
        members = [member for member in map(_pruned, value) if member is not _NOTHING]
        return members if members or not value else _NOTHING
    return value


def _files(place: str, value: Any, collection: str) -> Iterator[NamedFile]:
    if isinstance(value, list):
        for member in value:
            yield from _files(place, member, collection or place)
    elif isinstance(value, dict) and value.get("class") == "File":
        yield from _file(place, value, "", collection)
    elif isinstance(value, dict) and value.get("class") == "Directory":
        yield from _folder(place, value, "", collection)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _files(f"{place}/{name}", member, collection)


def _file(place: str, value: dict[str, Any], dataset: str, collection: str) -> Iterator[NamedFile]:
    """A file, and what must lie beside it: both are one dataset."""
    companions = [one for one in listed(value.get("secondaryFiles")) if isinstance(one, dict)]
    dataset = dataset or (basename(value) if companions else "")
    yield NamedFile(f"{place}/{basename(value)}", value, dataset, collection)
    for one in companions:
        yield from _member(place, one, dataset, collection)


def _folder(place: str, value: dict[str, Any], dataset: str, collection: str) -> Iterator[NamedFile]:
    name = basename(value)
    for one in listed(value.get("listing")):
        if isinstance(one, dict):
            yield from _member(f"{place}/{name}", one, dataset or name, collection)


def _member(place: str, value: dict[str, Any], dataset: str, collection: str) -> Iterator[NamedFile]:
    walk = _folder if value.get("class") == "Directory" else _file
    yield from walk(place, value, dataset, collection)


def basename(member: dict[str, Any]) -> str:
    """What a file or folder is called, without any path."""
    told = str(member.get("basename") or member.get("path") or member.get("location") or "")
    name = told.rstrip("/").rsplit("/", 1)[-1]
    return name if name not in ("", ".", "..") else "unnamed"


def _free(relative: str, taken: set[str]) -> str:
    folder, _, name = relative.rpartition("/")
    number, free = 1, relative
    while free in taken:
        number += 1
        free = f"{folder}/{number}/{name}"
    return free
