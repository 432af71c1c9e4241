"""The content of a file as a stream that reads on demand."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import requests

from common.outgoing import CHUNK


class AnswerReader(io.RawIOBase):
    """Reads the body of an answer; ``check`` is called before each part, and raises to stop."""

    def __init__(self, answer: requests.Response, check: Callable[[], None]) -> None:
        self._parts: Iterator[bytes] = answer.iter_content(CHUNK)
        self._check = check
        self._rest = b""

    def readable(self) -> bool:
        """It can be read, and nothing else."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As much as is there, up to the buffer's size; 0 at the end."""
        while not self._rest:
            self._check()
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = part
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
