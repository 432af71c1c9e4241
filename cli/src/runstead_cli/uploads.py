"""A file on its way to the server as a form sends it, read a piece at a time, so that its size costs no memory."""

import mimetypes
import secrets
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

Progress = Callable[[int, int], None]


class Upload:
    """The body of a ``multipart/form-data`` request with some fields and one file; closed after use."""

    def __init__(
        self, file: Path, fields: dict[str, str], name: str = "file", progress: Progress | None = None
    ) -> None:
        self.boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={self.boundary}"
        self._file = file.open("rb")
        self._parts = [BytesIO(self._head(fields, name, file.name)), self._file, BytesIO(self._tail())]
        self._length = sum(part.seek(0, 2) for part in self._parts)
        for part in self._parts:
            part.seek(0)
        self._sent = 0
        self._progress = progress

    def __enter__(self) -> Self:
        """The body, to be sent."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def __len__(self) -> int:
        """Bytes in all."""
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next bytes; none at the end."""
        for part in self._parts:
            piece = part.read(size)
            if piece:
                self._sent += len(piece)
                if self._progress:
                    self._progress(self._sent, self._length)
                return piece
        return b""

    def _head(self, fields: dict[str, str], name: str, filename: str) -> bytes:
        parts = [
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{_quoted(key)}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        parts.append(
            f"--{self.boundary}\r\nContent-Disposition: form-data; "
            f'name="{_quoted(name)}"; filename="{_quoted(filename)}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        return "".join(parts).encode()

    def _tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """As browsers write a name there."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
