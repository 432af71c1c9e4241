"""What a file looks like, as far as a page can show it without running anything that is in it."""

import json
from dataclasses import dataclass
from enum import StrEnum

from data_management.models import DataFile
from web.data.excerpt import Excerpt, Text, excerpt_of, text_of
from web.data.tabular import SEPARATORS, Table, table_of

MOST_RAW = 16 * 1024 * 1024  # bytes of a picture or a report that the browser is given to show
LONGEST_JSON = 512 * 1024  # characters, once it is laid out
_PICTURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


class Kind(StrEnum):
    """How a preview is shown."""

    TEXT = "text"
    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    PICTURE = "picture"
    REPORT = "report"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a file; ``why`` says why there is nothing, ``media_type`` what the browser shows by itself."""

    kind: Kind
    text: str = ""
    table: Table | None = None
    media_type: str = ""
    encoding: str = ""
    is_cut: bool = False
    is_unpacked: bool = False
    why: str = ""


def preview_of(file: DataFile) -> Preview:
    """The preview of a file. What it is, its first bytes say; its name only how a text is laid out."""
    excerpt = excerpt_of(file)
    if excerpt is None:
        return Preview(Kind.NOTHING, why="No preview: the registry does not hold the content of this file.")
    if not excerpt.content:
        return Preview(Kind.NOTHING, why="The file is empty.")
    suffix = excerpt.name.rpartition(".")[2].lower()
    if media_type := _picture(excerpt):
        return _as_it_is(file, Kind.PICTURE, media_type)
    text = text_of(excerpt)
    if text is None:
        return Preview(Kind.NOTHING, why="No preview for this kind of file. Download it to open it.")
    return _whole(file, excerpt, text, suffix) or _of_text(excerpt, text, suffix)


def _picture(excerpt: Excerpt) -> str:
    """The media type of a picture, whatever it is called; a packed one is not shown."""
    if excerpt.is_unpacked:
        return ""
    for media_type, mark in _PICTURES.items():
        if excerpt.content.startswith(mark) and (mark != b"RIFF" or excerpt.content[8:12] == b"WEBP"):
            return media_type
    return ""


def _whole(file: DataFile, excerpt: Excerpt, text: Text, suffix: str) -> Preview | None:
    """Drawings and reports, which make sense only as a whole."""
    if excerpt.is_unpacked or (file.size or 0) > MOST_RAW:
        return None
    if suffix == "svg" and "<svg" in text.content:
        return _as_it_is(file, Kind.PICTURE, "image/svg+xml")
    if suffix in ("html", "htm") and "<" in text.content:
        return _as_it_is(file, Kind.REPORT, "text/html")
    return None


def _as_it_is(file: DataFile, kind: Kind, media_type: str) -> Preview:
    if (file.size or 0) > MOST_RAW:
        return Preview(Kind.NOTHING, why="It is too large to be shown here.")
    return Preview(kind, media_type=media_type)


def _of_text(excerpt: Excerpt, text: Text, suffix: str) -> Preview:
    about = {"encoding": text.encoding, "is_unpacked": excerpt.is_unpacked}
    if suffix in SEPARATORS and (table := table_of(text.content, suffix, is_cut=excerpt.is_cut)):
        return Preview(Kind.TABLE, table=table, is_cut=table.is_cut, **about)  # type: ignore[arg-type]
    if suffix in ("json", "jsonld", "ga") and not excerpt.is_cut and (laid_out := _laid_out(text.content)):
        return Preview(Kind.JSON, text=laid_out, **about)  # type: ignore[arg-type]
    kind = Kind.MARKDOWN if suffix in ("md", "markdown") and not excerpt.is_cut else Kind.TEXT
    return Preview(kind, text=text.content, is_cut=excerpt.is_cut, **about)  # type: ignore[arg-type]


def _laid_out(text: str) -> str:
    """JSON with a line for each value; nothing for what is none, or would become too long."""
    pieces, length = [], 0
    try:
        for piece in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(json.loads(text)):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST_JSON:
                return ""
    except (ValueError, RecursionError):
        return ""
    return "".join(pieces)
