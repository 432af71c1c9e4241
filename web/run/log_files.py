"""Files of a run that are logs of it as a whole, read as a log is: the whole text, or its beginning and its end."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.files.storage import default_storage

from common.identifiers import uuid_of
from common.models import UserLike
from data_management.models import DataFile
from data_management.records import FileStatus
from web.lists.paging import Excerpt, first_of
from workflows.log_ansi import readable
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.records import DataType

MOST_FILES = 100
MOST_HITS = 50
MOST_SEARCHED = 16 * 1024 * 1024  # bytes of files that one search reads
BEGINNING = 2 * 1024 * 1024  # bytes that are read of a file that is longer than both
AROUND = 120  # characters before what was found, twice as many behind it
END = 6 * 1024 * 1024
GZIP = b"\x1f\x8b"


@dataclass
class LogFile:
    """A file that is a log; it answers to the names that a stream has."""

    file: DataFile

    @property
    def name(self) -> str:
        """Where it stands in the run's directory."""
        return self.file.path or self.file.name

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name

    @property
    def size(self) -> int:
        """Its bytes, as far as they are known."""
        return self.file.size or 0

    full_size = size

    @property
    def is_held(self) -> bool:
        """Whether the registry has the content, as far as it knows."""
        return self.file.status == FileStatus.ONLINE and bool(self.file.storage_key)

    @property
    def is_cut(self) -> bool:
        """Whether its middle is left out."""
        return self.size > BEGINNING + END

    @property
    def text(self) -> str:
        """What it holds; nothing where that is not held, or is no text."""
        return self._text or ""

    @property
    def why(self) -> str:
        """Why nothing of it is shown."""
        if self._text is not None:
            return ""
        if self.is_held:
            return "This file is not text. Download it to open it."
        return "The registry does not hold the content of this file."

    @cached_property
    def _text(self) -> str | None:
        content = self._content() if self.is_held else None
        if content is None or b"\0" in content[:8_000]:
            return None
        return content.decode("utf-8", "replace")

    def _content(self) -> bytes | None:
        try:
            with default_storage.open(self.file.storage_key, "rb") as stored:
                found: bytes = stored.read(BEGINNING + END if not self.is_cut else BEGINNING)
                if found.startswith(GZIP):
                    return _unpacked(found)
                return _joined(found, stored, self.size) if self.is_cut else found
        except OSError:
            return None


def log_files_of(run: WorkflowRun, user: UserLike) -> Excerpt:
    """The files that are logs of the run as a whole, of the data that the user may see."""
    return first_of(_of(run, user).order_by("dataset_id", "position", "id"), MOST_FILES)


def log_file_of(run: WorkflowRun, user: UserLike, wanted: str) -> LogFile | None:
    """The one that is asked for by its id."""
    key = uuid_of(wanted)
    file = _of(run, user).filter(pk=key).first() if key else None
    return LogFile(file) if file else None


def hits_in_files(files: Sequence[DataFile], text: str) -> tuple[list[tuple[DataFile, int, str]], bool]:
    """The first lines of files that hold the text, each with its number; and whether there is more to look at."""
    hits: list[tuple[DataFile, int, str]] = []
    pattern, read = re.compile(re.escape(text), re.IGNORECASE), 0
    for file in files:
        read += min(file.size or 0, BEGINNING + END)
        if read > MOST_SEARCHED:
            return hits, True
        lines = enumerate(readable(LogFile(file).text).split("\n"), 1)
        hits += [
            (file, number, _part(line, found)) for number, line in lines if (found := pattern.search(line))
        ]
        if len(hits) > MOST_HITS:
            return hits[:MOST_HITS], True
    return hits, False


def _part(line: str, found: re.Match[str]) -> str:
    start = max(0, found.start() - AROUND)
    return line[start : found.end() + 2 * AROUND]


def _of(run: WorkflowRun, user: UserLike) -> Any:
    links = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run, data_type=DataType.LOG)
    return DataFile.objects.filter(dataset__in=links.values("dataset"))


def _joined(beginning: bytes, stored: Any, size: int) -> bytes:
    stored.seek(size - END)
    missing = f"\n… {size - BEGINNING - END:,} bytes are left out here; download the file to read them …\n"
    return beginning + missing.encode() + stored.read(END)


def _unpacked(packed: bytes) -> bytes | None:
    """As much of a packed file as is shown of one that is not."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(packed, BEGINNING + END)
    except zlib.error:
        return None
