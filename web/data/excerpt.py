"""The beginning of a stored file, never more of it: bytes, unpacked where they are packed, and their text."""

import codecs
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass

from django.core.files.storage import default_storage

from data_management.models import DataFile
from data_management.records import FileStatus

MOST = 256 * 1024  # bytes that are read of a file, and bytes that are unpacked of it
GZIP = b"\x1f\x8b"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_FEW = 0.02  # of a text may be control characters; more of them are no text


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The first bytes of a file, and whether there are more; ``name`` is without the suffix of what was unpacked."""

    content: bytes
    is_cut: bool
    name: str
    is_unpacked: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Bytes as the text that they are, and in which encoding."""

    content: str
    encoding: str


def is_held(file: DataFile) -> bool:
    """Whether the registry has the content, as far as it knows."""
    return file.status == FileStatus.ONLINE and bool(file.storage_key)


def excerpt_of(file: DataFile) -> Excerpt | None:
    """How the file begins; None where the registry does not hold it, or has lost it."""
    if not is_held(file):
        return None
    try:
        with default_storage.open(file.storage_key, "rb") as stored:
            found = stored.read(MOST + 1)
    except OSError:
        return None
    packed = Excerpt(found[:MOST], len(found) > MOST, file.name)
    return _unpacked(packed) if found.startswith(GZIP) else packed


def _unpacked(packed: Excerpt) -> Excerpt:
    """What the first bytes of a gzip file hold; as it is where they are broken."""
    content, rest = b"", packed.content
    with suppress(zlib.error):
        while rest.startswith(GZIP) and len(content) <= MOST:  # BGZF has many members
            member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            content += member.decompress(rest, MOST + 1 - len(content))
            rest = member.unused_data
    if not content:
        return packed
    name = re.sub(r"\.(gz|bgz|gzip)$", "", packed.name, flags=re.IGNORECASE)
    return Excerpt(content[:MOST], packed.is_cut or len(content) > MOST, name, is_unpacked=True)


def text_of(excerpt: Excerpt) -> Text | None:
    """The excerpt as text; None for what is no text."""
    for mark, encoding in _MARKS:
        if excerpt.content.startswith(mark):
            return _readable(excerpt.content[len(mark) :].decode(encoding, "replace"), encoding)
    if b"\0" in excerpt.content:
        return None
    try:
        decoder = codecs.getincrementaldecoder("utf-8")()
        return _readable(decoder.decode(excerpt.content, final=not excerpt.is_cut), "utf-8")
    except UnicodeDecodeError:
        return _readable(excerpt.content.decode("latin-1"), "latin-1")


def _readable(content: str, encoding: str) -> Text | None:
    """A text without the colours of terminals; other control characters become a sign that can be seen."""
    content = _COLOURS.sub("", content)
    if len(_CONTROL.findall(content)) > _FEW * len(content) + 1:
        return None
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", content), encoding)
