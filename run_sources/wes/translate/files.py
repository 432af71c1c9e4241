"""Files as servers name them: objects of CWL, pairs of name and address, and addresses alone."""

import posixpath
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from data_management.records import FileRecord, FileStatus
from run_sources.wes.translate.crate import CrateFacts
from run_sources.wes.translate.values import (
    DEEPEST,
    NAME,
    PATH,
    URI,
    WORD,
    Json,
    Remarks,
    clean,
    cut,
    is_elsewhere,
    listed,
    text,
    whole_number,
    without_secrets,
)

CLASSES = ("File", "Directory")  # of CWL
_SUMS = {"sha256": 64, "md5": 32}  # of a CWL checksum (``sha1$…``), those that a file has a column for
_UNSAFE = re.compile(r"[\x00-\x1f\\]")


def is_file(value: Any) -> bool:
    """Whether a value is a file of CWL, or a directory of files."""
    return isinstance(value, dict) and value.get("class") in CLASSES


def is_of_files(value: Any) -> bool:
    """Whether a value is a file, or a list of nothing but files, however deep."""
    if isinstance(value, list):
        return bool(value) and all(is_of_files(one) for one in value)
    return is_file(value)


def files_in(value: Any, depth: int = 0) -> list[Json]:
    """The files of CWL in a value, with those that belong to them; of a directory its listing, or itself without."""
    if depth > DEEPEST:
        return []
    if isinstance(value, list):
        return [one for each in value for one in files_in(each, depth + 1)]
    if not isinstance(value, dict):
        return []
    if value.get("class") == "File":
        return [value, *files_in(listed(value.get("secondaryFiles")), depth + 1)]
    if value.get("class") == "Directory":
        return files_in(listed(value.get("listing")), depth + 1) or [value]
    return [one for each in value.values() for one in files_in(each, depth + 1)]


class Files:
    """Makes the files of one run; each gets a path that no other has, and what the server's crate says of it.

    ``service`` and ``run_id`` are by which the server's own file addresses are known (sapporo:
    ``/runs/<id>/outputs/<path>``); ``serves`` says that it has such, also where it does not list them.
    """

    def __init__(
        self, service: str, run_id: str, crate: CrateFacts, remarks: Remarks, *, serves: bool
    ) -> None:
        self.service, self.run_id, self.crate, self.remarks = service, run_id, crate, remarks
        self.serves = serves
        self._taken: set[str] = set()

    def input(self, told: Json) -> FileRecord:
        """A file that was taken in: sapporo has what was sent along in ``exe/``, of the crate too once there is one."""
        address = _address(told)
        path = safe_path(address if not _is_absolute(address) else posixpath.basename(path_of(address)))
        if self.serves and not _is_absolute(address):
            path = f"exe/{path}"
        return self._described(_described_by_cwl(told, path, address))

    def output(self, told: Json) -> FileRecord:
        """A file of CWL that was made."""
        address = _address(told)
        path = self._below_run(address)
        record = _described_by_cwl(told, path, address)
        if not record.uri and self.serves and path.startswith("outputs/"):
            record = replace(record, uri=self._own_address(path))
        return self._described(record)

    def named(self, told: Json) -> FileRecord | None:
        """A file of a list of ``{file_name, file_url}`` (sapporo)."""
        name = safe_path(text(told.get("file_name"), PATH))
        if not name:
            return None
        path = f"outputs/{name}"
        return self._described(
            FileRecord(name=_last(path), path=path, uri=self._uri(text(told.get("file_url"), 4096), path))
        )

    def at(self, address: str) -> FileRecord:
        """A file of which the address is all that is known (outputs of WDL and Nextflow)."""
        path = self._below_run(address)
        uri = without_secrets(address)[:URI] if is_elsewhere(address) else ""
        return self._described(FileRecord(name=_last(path), path=path, uri=uri))

    def _uri(self, address: str, path: str) -> str:
        """The address of an output: one that is the server's own is written below the address that we ask.

        A server behind another name, or one that was not told its own (``0.0.0.0``), writes addresses that nobody can
        use, but for their path.
        """
        own = self._own_address(path)
        if unquote(path_of(address)).endswith(f"/runs/{self.run_id}/{path}"):
            if address != own and unquote(address) != unquote(own):
                self.remarks.add(
                    "The server writes another address of its own into its files' addresses than it was asked at; "
                    "they are kept below the one that was asked."
                )
            return own[:URI]
        return without_secrets(address)[:URI] if is_elsewhere(address) else ""

    def _own_address(self, path: str) -> str:
        return f"{self.service}/runs/{quote(self.run_id, safe='')}/{quote(path)}"

    def _below_run(self, address: str) -> str:
        """The path within the run's directory, of what is told as a path on the server's disk."""
        whole = unquote(path_of(address)) if "://" in address else address
        _, found, below = whole.partition(f"/{self.run_id}/")
        if found:
            return safe_path(below)
        return f"outputs/{safe_path(posixpath.basename(whole.rstrip('/')))}"

    def _described(self, file: FileRecord) -> FileRecord:
        """The file with what the crate says of it, where that does not speak against what is known."""
        known = self.crate.files.get(file.path)
        if known:
            if None not in (file.size, known.size) and file.size != known.size:
                self.remarks.add(
                    f"The server's crate tells another size of {file.path} than its answer; the answer's is kept."
                )
            else:
                file = replace(
                    file,
                    size=known.size if file.size is None else file.size,
                    sha256=file.sha256 or known.sha256,
                    mime_type=file.mime_type or known.mime_type,
                )
        path = self._unique(file.path or file.name)
        return replace(file, path=path, status=FileStatus.OFFLINE)

    def _unique(self, path: str) -> str:
        stem, dot, ending = path.rpartition(".")
        if not stem or "/" in ending:
            stem, dot, ending = path, "", ""
        number, chosen = 1, path
        while chosen in self._taken:
            number += 1
            chosen = f"{stem}_{number}{dot}{ending}"
        self._taken.add(chosen)
        return chosen


def safe_path(told: str) -> str:
    """A path that leads nowhere but down: what would lead up or to the root is left out."""
    parts = (one for one in _UNSAFE.sub("_", clean(told)).split("/") if one not in ("", ".", ".."))
    return cut("/".join(parts), PATH - 8) or "file"


def plain_outputs(value: Any) -> list[str]:
    """The addresses and paths among values that are no files of CWL."""
    if isinstance(value, dict):
        return [one for each in value.values() for one in plain_outputs(each)] if not is_file(value) else []
    if isinstance(value, list):
        return [one for each in value for one in plain_outputs(each)]
    is_address = isinstance(value, str) and len(value) <= URI and value.isprintable() and " " not in value
    return [value] if is_address and (value.startswith("/") or "://" in value) else []


def _described_by_cwl(told: Json, path: str, address: str) -> FileRecord:
    """What a file of CWL says of itself."""
    kind, _, sum_of = text(told.get("checksum"), 200).partition("$")
    has_sum = len(sum_of) == _SUMS.get(kind) and re.fullmatch("[0-9a-f]+", sum_of)
    return FileRecord(
        name=cut(text(told.get("basename"), NAME) or _last(path), NAME),
        path=path,
        uri=without_secrets(address)[:URI] if is_elsewhere(address) else "",
        format=text(told.get("format"), WORD),
        size=whole_number(told.get("size"), 0),
        sha256=sum_of if has_sum and kind == "sha256" else "",
        md5sum=sum_of if has_sum and kind == "md5" else "",
    )


def _address(told: Json) -> str:
    """Where a file of CWL lies: ``location``, else ``path``; a literal has only its name."""
    return next(
        (text(told.get(key), 4096) for key in ("location", "path", "basename") if text(told.get(key))), ""
    )


def _is_absolute(address: str) -> bool:
    return "://" in address or address.startswith("/")


def path_of(address: str) -> str:
    """The path of an address; any other text as it is."""
    try:
        return urlsplit(address).path if "://" in address else address
    except ValueError:
        return address


def _last(path: str) -> str:
    return cut(posixpath.basename(path) or path, NAME)
