"""Which file stands where: names in the archive and ``@id`` in the metadata, given together."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from data_management.records import FileRecord
from rocrate_export.choice import EVERYTHING, Choice
from rocrate_export.confidential import without_secrets
from rocrate_export.names import ArchiveNames, path_id, uri_id
from rocrate_export.vocabulary import DATA_TYPE_FOLDERS, WORKFLOW_FOLDER
from workflows.records import RunRecord, WorkflowFileRecord


class StoredMember(NamedTuple):
    """A member of an archive that lies in the registry's storage: bytes, and CRC-32 as far as it is known."""

    name: str
    key: str
    size: int | None
    crc32: int | None


@dataclass(slots=True)
class Payload:
    """The members of an archive and the ``@id`` of every file of a run.

    ``stored`` holds the members that lie in the registry's storage, ``written`` those that are made for the
    crate. A file without a copy in the storage has an ``@id``, but is no member.
    """

    stored: list[StoredMember] = field(default_factory=list)
    written: list[tuple[str, bytes]] = field(default_factory=list)
    _ids: dict[Hashable, str] = field(default_factory=dict)
    _addresses: set[str] = field(default_factory=set)
    _names: ArchiveNames = field(default_factory=ArchiveNames)

    def id_of(self, file: FileRecord) -> str:
        """The ``@id`` of a file of one of the run's datasets."""
        return self._ids[_key(file)]

    def id_of_workflow_file(self, file: WorkflowFileRecord) -> str:
        """The ``@id`` of a file of the workflow."""
        return self._ids[WORKFLOW_FOLDER, file.path]

    def write(self, folder: str, path: str, content: bytes) -> str:
        """Add a member that is made for the crate; returns its ``@id``."""
        name = self._names.take(folder, path)
        self.written.append((name, content))
        return path_id(name)

    def store(self, key: Hashable, folder: str, path: str, file: FileRecord | WorkflowFileRecord) -> None:
        """Add a member that lies in the storage."""
        name = self._names.take(folder, path)
        self.stored.append(StoredMember(name, file.storage_key, file.size, file.crc32))
        self._ids[key] = path_id(name)

    def place(self, folder: str, path: str, key: str, size: int, crc32: int) -> str:
        """Add a member that is neither a file of a dataset nor made for the crate; returns its ``@id``."""
        name = self._names.take(folder, path)
        self.stored.append(StoredMember(name, key, size, crc32))
        return path_id(name)

    def refer(self, file: FileRecord, base_url: str) -> None:
        """Name a file that is not in the archive; of two at one address, the second by its identifier."""
        address = address_of(file, base_url)
        self._ids[_key(file)] = _made_address(file) if address in self._addresses else address
        self._addresses.add(address)

    def refer_workflow_file(self, file: WorkflowFileRecord, base_url: str) -> None:
        """Name a file of the workflow that is not in the archive."""
        made = f"urn:uuid:{file.id or uuid5(NAMESPACE_URL, f'{file.path} {file.sha256}')}"
        self._ids[WORKFLOW_FOLDER, file.path] = address_of_workflow_file(file, base_url) or made

    def settle(self) -> None:
        """Forget which names and identifiers were given: no more will be asked for."""
        self._ids, self._addresses, self._names = {}, set(), ArchiveNames()

    def __contains__(self, file: FileRecord) -> bool:
        return _key(file) in self._ids


def payload_of(record: RunRecord, base_url: str = "", choice: Choice = EVERYTHING) -> Payload:
    """Where each file of a run stands; a file that takes part twice stands where it came first."""
    payload = Payload()
    for one in record.workflow.files if record.workflow else ():
        if one.storage_key:
            payload.store((WORKFLOW_FOLDER, one.path), WORKFLOW_FOLDER, one.path, one)
        else:
            payload.refer_workflow_file(one, base_url)
    for folder, file in _files_with_folders(record):
        if file in payload:
            continue
        if choice.packs(file):
            payload.store(_key(file), folder, file.path or file.name, file)
        else:
            payload.refer(file, base_url)
    return payload


def address_of(file: FileRecord, base_url: str = "") -> str:
    """An absolute URI for a file that is not in the archive: the best that is known.

    Its own address; else where the registry hands it out; else the place in the file system where it was
    found; else a name made of its identifier.
    """
    if "://" in file.uri and not file.uri.startswith("file:"):
        return uri_id(without_secrets(file.uri))
    return download_of(file, base_url) or place_of(file) or _made_address(file)


def _made_address(file: FileRecord) -> str:
    """A name for a file that has no address of its own; it leads nowhere."""
    return f"urn:uuid:{file.id or uuid5(NAMESPACE_URL, repr(_key(file)))}"


def download_of(file: FileRecord, base_url: str) -> str:
    """Where the registry hands a file out; empty without a public address."""
    known = base_url and file.id
    return f"{base_url}/api/v2/data-management/datafiles/{file.id}/download/" if known else ""


def address_of_workflow_file(file: WorkflowFileRecord, base_url: str) -> str:
    """Where the registry hands a file of a workflow out; empty without a public address."""
    known = base_url and file.id
    return f"{base_url}/api/v2/workflows/workflowfiles/{file.id}/download/" if known else ""


def place_of(file: FileRecord) -> str:
    """Where a file was found in a file system, as a URI; empty where that is not known."""
    if file.uri.startswith("file://"):
        return uri_id(file.uri)
    return PurePosixPath(file.uri).as_uri() if file.uri.startswith("/") else ""


def _files_with_folders(record: RunRecord) -> Iterator[tuple[str, FileRecord]]:
    for link in record.datasets:
        for file in link.dataset.files:
            yield DATA_TYPE_FOLDERS[link.data_type], file


def _key(file: FileRecord) -> Hashable:
    """What tells the files of one run apart: the row, and without one all that is known of it."""
    return file.id.int if file.id else (file.path, file.name, file.uri, file.sha256)
