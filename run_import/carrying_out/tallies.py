"""How much is written by threads, counted for the one that tells."""

import os
import threading
from typing import Any, BinaryIO


class Tally:
    """Bytes that the threads have written since they were last counted."""

    def __init__(self) -> None:
        self._bytes, self._lock = 0, threading.Lock()

    def add(self, count: int) -> None:
        """So many more; fewer, where a file has to be begun anew."""
        with self._lock:
            self._bytes += count

    def take(self) -> int:
        """Those since the last call."""
        with self._lock:
            count, self._bytes = self._bytes, 0
        return count


class Counted:
    """An open part that tells how much is written to it."""

    def __init__(self, stream: BinaryIO, tally: Tally) -> None:
        self._stream, self._tally = stream, tally

    def write(self, chunk: Any) -> int:
        """Write, and count."""
        self._tally.add(len(chunk))
        return self._stream.write(chunk)

    def seek(self, *place: int) -> int:
        """As the file does."""
        return self._stream.seek(*place)

    def tell(self) -> int:
        """As the file does."""
        return self._stream.tell()

    def truncate(self, size: int | None = None) -> int:
        """As the file does; what goes was counted for nothing."""
        before = os.fstat(self._stream.fileno()).st_size
        after = self._stream.truncate(size)
        self._tally.add(after - before)
        return after
