"""The text of a log as it is kept: whole where it is short, beginning and end where it is long. No database."""

import gzip
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

ROOM_FOR_THE_CUT = 120  # bytes of the line that tells of it
_CUT = re.compile(r"^\[… ([\d,]+) bytes? left out by the registry …\]\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class KeptText:
    """A log as it stands in its row; sizes are bytes of UTF-8, ``full_size`` of what there was."""

    content: bytes
    size: int
    full_size: int
    line_count: int

    @property
    def is_cut(self) -> bool:
        """Whether its middle was left out."""
        return self.full_size > self.size


class Keeping:
    """Takes a text in pieces and holds no more of it than may be kept.

    Of a text of more than ``most`` bytes the first and the last half are kept, in whole lines as far as there are
    any; a line between them says how much is missing.
    """

    def __init__(self, most: int) -> None:
        self._half = max(1, (most - ROOM_FOR_THE_CUT) // 2)
        self._most = most
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._in_tail = 0
        self._dropped = 0

    def add(self, text: str) -> None:
        """Go on with this; surrogates, which UTF-8 does not have, become ``?``."""
        content = text.encode("utf-8", "replace")
        room = self._half - len(self._head)
        if room > 0:
            self._head += content[:room]
            content = content[room:]
        if content:
            self._tail.append(content)
            self._in_tail += len(content)
            self._let_go()

    def go_on_from(self, kept: str, full_size: int) -> None:
        """Begin with what is kept of a log that had ``full_size`` bytes, so that more can be added."""
        head, tail, missing = _parts(kept, full_size)
        if not missing:
            self.add(kept)
            return
        self._head += head.encode()
        self._half = len(self._head)
        self._dropped = missing
        self.add(tail)

    def result(self) -> KeptText:
        """What is kept of all that was added."""
        head, tail = bytes(self._head), b"".join(self._tail)
        whole = len(head) + self._dropped + len(tail)
        if self._dropped or whole > self._most:
            head, tail = _whole_lines(head, tail[-self._room_of_tail() :])
            head += _line_of_the_cut(whole - len(head) - len(tail))
        return kept_as(head + tail, whole)

    def _room_of_tail(self) -> int:
        return max(1, self._most - ROOM_FOR_THE_CUT - self._half)

    def _let_go(self) -> None:
        """Forget what can no longer be in the kept end, piece by piece."""
        while self._tail and self._in_tail - len(self._tail[0]) > self._most:
            gone = len(self._tail.popleft())
            self._in_tail -= gone
            self._dropped += gone


def kept(text: str | Iterable[str], most: int) -> KeptText:
    """A text, or its pieces in their order, as it is kept in at most ``most`` bytes."""
    keeping = Keeping(most)
    for piece in [text] if isinstance(text, str) else text:
        keeping.add(piece)
    return keeping.result()


def kept_as(content: bytes, full_size: int) -> KeptText:
    """Bytes of UTF-8 as they stand in a row. Equal bytes are equally compressed."""
    lines = content.count(b"\n") + (not content.endswith(b"\n") if content else 0)
    return KeptText(gzip.compress(content, 6, mtime=0), len(content), full_size, lines)


def text_of(content: Any) -> str:
    """The text that stands compressed in a row."""
    return gzip.decompress(bytes(content)).decode("utf-8", "replace")


def _whole_lines(head: bytes, tail: bytes) -> tuple[bytes, bytes]:
    """The two without the line that each has a part of; a line longer than half of all is cut where it is."""
    end, start = head.rfind(b"\n") + 1, tail.find(b"\n") + 1
    head = head[:end] if end > len(head) // 2 else _whole_letters(head) + b"\n"
    tail = tail[start:] if 0 < start < len(tail) // 2 else tail.lstrip(bytes(range(0x80, 0xC0)))
    return head, tail


def _whole_letters(content: bytes) -> bytes:
    return content.decode("utf-8", "ignore").encode()


def _line_of_the_cut(missing: int) -> bytes:
    return f"[… {missing:,} bytes left out by the registry …]\n".encode()


def _parts(kept: str, full_size: int) -> tuple[str, str, int]:
    """Beginning, end, and how many bytes are missing between them; found by a line that tells the right number."""
    size = len(kept.encode())
    for found in _CUT.finditer(kept):
        missing = int(found[1].replace(",", ""))
        if size - len(found[0].encode()) + missing == full_size:
            return kept[: found.start()], kept[found.end() :], missing
    return kept, "", 0
