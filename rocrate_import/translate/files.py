"""Files as crates describe them: in the package, somewhere else by their address, or missing."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from urllib.parse import unquote

from data_management.records import FileRecord, FileStatus
from rocrate_export.wording import NOT_HERE, URI, WHEREABOUTS
from rocrate_import.translate.graph import Entity, is_a, text
from rocrate_import.translate.properties import data_in, details, first_text, is_value
from rocrate_import.translate.reading import NAME, Reading

PATH, ADDRESS = 1024, 4096  # characters that the registry holds
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_SHA256, _MD5 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:\s*;.*)?")
_MADE_FOR_IT = re.compile(r"urn:uuid:|https?://\S+/api/v2/data-management/datafiles/[0-9a-f-]{36}/download/$")
_STATUSES = {f"{NOT_HERE}{reason}.": status for status, reason in WHEREABOUTS.items()}
_DATA = ("Dataset", "Collection", "CreativeWork", "RepositoryCollection", "ImageObject")
_DEEPEST = 50
_LARGEST = 2**63 - 1


class Files:
    """Every file once, as the record and by its ``@id``."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._records: dict[str, FileRecord] = {}
        self._paths: dict[str, str] = {}
        self._entries = {one["@id"]: reading.find(one["@id"]) for one in reading.graph.of_type("File")}

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._reading.names)

    @cached_property
    def _described(self) -> dict[str, str]:
        """The ``@id`` of each entry that is described."""
        return {name: identifier for identifier, name in self._entries.items() if name}

    def record(self, entity: Entity) -> FileRecord:
        """The file that an entity describes."""
        identifier = entity["@id"]
        known = self._records.get(identifier)
        if known is None:
            told = self._entries
            entry = told[identifier] if identifier in told else self._reading.find(identifier)
            known = self._packed(entity, entry) if entry else self._elsewhere(entity)
            self._records[identifier] = known
        return known

    def below(self, entity: Entity) -> Iterable[tuple[str, FileRecord]]:
        """The files of a file, folder, collection or value made of files, with their ``@id``, each once."""
        found: dict[str, FileRecord] = {}
        if is_file(entity):
            found[entity["@id"]] = self.record(entity)
        else:
            self._gather(entity, set(), found, 0)
        return found.items()

    def _gather(self, entity: Entity, seen: set[str], found: dict[str, FileRecord], depth: int) -> None:
        if entity["@id"] in seen or depth > _DEEPEST:
            return
        seen.add(entity["@id"])
        if is_file(entity):
            found[entity["@id"]] = self.record(entity)
            return
        if is_value(entity):
            for part in data_in(self._reading.graph, entity):
                self._gather(part, seen, found, depth + 1)
            return
        names = ("hasPart",) if self._reading.is_ours else ("mainEntity", "hasPart")
        for part in self._reading.graph.linked(entity, *names):
            self._gather(part, seen, found, depth + 1)
        if is_a(entity, "Dataset") and entity["@id"] != self._reading.root_id:
            found.update(self._in_folder(entity["@id"]))

    def _in_folder(self, identifier: str) -> Iterator[tuple[str, FileRecord]]:
        """The entries of the package that lie in a folder, described or not."""
        folder = unquote(identifier).rstrip("/") + "/"
        at = bisect_left(self._sorted, folder)
        while at < len(self._sorted) and self._sorted[at].startswith(folder):
            name = self._sorted[at]
            described = self._reading.graph.get(self._described.get(name, ""))
            entity = described or {"@id": name, "@type": ("File",)}
            yield entity["@id"], self.record(entity)
            at += 1

    def _packed(self, entity: Entity, entry: str) -> FileRecord:
        name, path = self._naming(entity, entry)
        kind, media, sha256, md5sum = _facts(entity)
        size = self._reading.names[entry]
        # By place, which is faster: there may be very many.
        return FileRecord(
            name, path, "", kind, media, size, sha256, md5sum, status=FileStatus.ONLINE, storage_key=entry
        )

    def _elsewhere(self, entity: Entity) -> FileRecord:
        identifier = entity["@id"]
        uri, status = self._place(entity)
        uri = self._reading.remarks.cut(uri, ADDRESS, identifier, "address")
        place = _last(identifier) if _ABSOLUTE.match(identifier) else unquote(identifier)
        name, path = self._naming(entity, place)
        kind, media, sha256, md5sum = _facts(entity)
        return FileRecord(name, path, uri, kind, media, _size(entity), sha256, md5sum, status=status)

    def _place(self, entity: Entity) -> tuple[str, FileStatus]:
        identifier = entity["@id"]
        status = _STATUSES.get(text(entity, "creativeWorkStatus"))
        if self._reading.is_ours:
            told = details(self._reading.graph, entity).get(URI)
            made = "" if _MADE_FOR_IT.match(identifier) else identifier
            return str(told) if told is not None else made, status or FileStatus.NEW
        if not _ABSOLUTE.match(identifier):
            contents = first_text(self._reading.graph, entity, "contentUrl", "distribution")
            if not _ABSOLUTE.match(contents):
                self._reading.remarks.add(
                    identifier, "The file is not in the package; it is recorded as offline."
                )
                return "", FileStatus.OFFLINE
            return contents, FileStatus.NEW
        offline = identifier.lower().startswith("file:")
        return identifier, status or (FileStatus.OFFLINE if offline else FileStatus.NEW)

    def _naming(self, entity: Entity, place: str) -> tuple[str, str]:
        """Name and path: what the tools saw, if that is told and no other file has it; else the place."""
        identifier, told = entity["@id"], text(entity, "alternateName")
        if self._reading.is_ours:
            return self._fitting(text(entity, "name"), told, identifier)
        path = (told or place).removeprefix("./")
        if self._paths.setdefault(path, identifier) != identifier:
            path = unquote(identifier)
            self._paths.setdefault(path, identifier)
        name = _last(path) or text(entity, "name") or _last(identifier) or identifier
        return self._fitting(name, path, identifier)

    def _fitting(self, name: str, path: str, identifier: str) -> tuple[str, str]:
        cut = self._reading.remarks.cut
        return cut(name, NAME, identifier, "name"), cut(path, PATH, identifier, "path")


def _facts(entity: Entity) -> tuple[str, str, str, str]:
    """Format, media type, SHA-256 and MD5."""
    return (
        text(entity, "fileFormat")[:60],
        _media_type(entity),
        _matching(_SHA256, text(entity, "sha256")),
        _matching(_MD5, text(entity, "md5")),
    )


def is_file(entity: Entity) -> bool:
    """Whether an entity is a file."""
    return "File" in entity["@type"]


def is_data(entity: Entity) -> bool:
    """Whether an entity stands for data that is used or made."""
    return is_file(entity) or is_a(entity, *_DATA)


def _size(entity: Entity) -> int | None:
    told = text(entity, "contentSize").strip().removesuffix(" B")
    return (
        int(told) if told.isascii() and told.isdigit() and len(told) < 20 and int(told) <= _LARGEST else None
    )


def _media_type(entity: Entity) -> str:
    told = entity.get("encodingFormat")
    for value in told if isinstance(told, list) else (told,):
        if isinstance(value, str) and _is_media_type(value):
            return value
    return ""


@lru_cache
def _is_media_type(told: str) -> bool:
    return len(told) <= NAME and _MEDIA_TYPE.fullmatch(told) is not None


def _matching(pattern: "re.Pattern[str]", told: str) -> str:
    return told.lower() if told and pattern.fullmatch(told.lower()) else ""


def _last(path: str) -> str:
    return unquote(path.rstrip("/").rpartition("/")[2])
