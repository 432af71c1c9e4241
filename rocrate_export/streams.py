"""An archive that is nowhere written, as a file that can be read at any place."""

import io
from typing import Any, Protocol


class Partly(Protocol):
    """Bytes of which any part can be had."""

    def __len__(self) -> int: ...

    def part(self, start: int, end: int) -> Any:
        """Those from ``start`` up to, not with, ``end``, in pieces."""


class ArchiveStream(io.RawIOBase):
    """Reads from an archive; each reading asks for just that part."""

    def __init__(self, archive: Partly) -> None:
        super().__init__()
        self._archive = archive
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._archive)}[whence]
        if base + offset < 0:
            raise OSError("there is nothing before the start")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where the next reading begins."""
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer as far as there is something."""
        end = min(self._at + len(buffer), len(self._archive))
        if end <= self._at:
            return 0
        content = b"".join(self._archive.part(self._at, end))
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def as_file(archive: Partly) -> io.BufferedReader:
    """An archive as a binary file."""
    return io.BufferedReader(ArchiveStream(archive), 256 * 1024)
