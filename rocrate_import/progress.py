"""How far an import is: written down about once a second, which is also when it is asked whether to go on."""

import time
from typing import Any

from rocrate_import.models import CrateImport

EVERY = 1.0  # seconds


class Stopped(Exception):
    """The import was cancelled, or another worker has it."""


class Progress:
    """Counts the files and bytes of a phase for one attempt."""

    def __init__(self, wanted: CrateImport) -> None:
        self.wanted = wanted
        self._files = self._bytes = 0
        self._written = 0.0

    def begin(self, phase: str, *, files: int = 0, size: int = 0, **facts: Any) -> None:
        """Begin a phase of so many files and bytes; Stopped if it is no longer this worker's work."""
        self._files = self._bytes = 0
        self._note(phase=phase, files_total=files, bytes_total=size, files_done=0, bytes_done=0, **facts)

    def enter(self, phase: str) -> None:
        """Enter a phase that has no count of its own; Stopped as ``begin``."""
        self._note(phase=phase)

    def tell(self, files: int, size: int) -> None:
        """``add`` by place."""
        self.add(files=files, size=size)

    def add(self, *, files: int = 0, size: int = 0) -> None:
        """So much more is done; Stopped as ``begin``."""
        self._files += files
        self._bytes += size
        if time.monotonic() - self._written >= EVERY:
            self._note(files_done=self._files, bytes_done=self._bytes)

    def complete(self) -> None:
        """Write down how far it came."""
        self._note(files_done=self._files, bytes_done=self._bytes)

    def _note(self, **facts: Any) -> None:
        if not self.wanted.note(**facts):
            raise Stopped
        self._written = time.monotonic()
