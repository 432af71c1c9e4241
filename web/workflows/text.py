"""The text of a stored file, as much of it as a page shows, and how it differs from an older one."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

from django.core.files.storage import default_storage

from workflows.models import WorkflowFile

MOST_BYTES = 512_000
MOST_LINES = 5_000
MOST_COMPARED = 2_000  # lines of either side: comparing takes more than proportionally long
LONGEST_LINE = 4_000
CONTEXT = 3


@dataclass(frozen=True, slots=True)
class FileText:
    """The lines, or why there are none; ``is_whole`` says that nothing was left out."""

    lines: tuple[str, ...] = ()
    is_whole: bool = True
    is_binary: bool = False
    is_missing: bool = False

    @property
    def is_text(self) -> bool:
        """Whether there is something to read."""
        return not (self.is_binary or self.is_missing)

    @property
    def whole(self) -> str:
        """All lines as one text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a difference; ``kind`` is added, removed, same or place."""

    kind: str
    text: str


def text_of(file: WorkflowFile) -> FileText:
    """What of a file can be shown."""
    try:
        with default_storage.open(file.storage_key) as stored:
            content = stored.read(MOST_BYTES + 1)
    except OSError:
        return FileText(is_missing=True)
    return _as_text(content)


def _as_text(content: bytes) -> FileText:
    is_cut = len(content) > MOST_BYTES
    try:
        # A letter that is cut through at the end is left out; one in the middle tells that it is no text.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(content[:MOST_BYTES], not is_cut)
    except UnicodeDecodeError:
        return FileText(is_binary=True)
    if "\0" in text:
        return FileText(is_binary=True)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    is_whole = not is_cut and len(lines) <= MOST_LINES
    shown = tuple(_shortened(line) for line in lines[:MOST_LINES])
    return FileText(shown, is_whole and not any(len(one) > LONGEST_LINE for one in lines))


def _shortened(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def differences(old: FileText, new: FileText) -> list[DiffLine] | None:
    """What changed from one text to the other, None where they are too long to be compared."""
    if max(len(old.lines), len(new.lines)) > MOST_COMPARED:
        return None
    return list(_understood(unified_diff(old.lines, new.lines, n=CONTEXT, lineterm="")))


def _understood(lines: Iterator[str]) -> Iterator[DiffLine]:
    for number, line in enumerate(lines):
        if number < 2:  # the names of the files, which the page says itself
            continue
        kinds = {"+": "added", "-": "removed", "@": "place"}
        kind = kinds.get(line[0], "same")
        yield DiffLine(kind, line if kind == "place" else line[1:])
