"""How far background work is: written down about once a second, which is also when it is asked whether to go on."""

import time
from collections.abc import Mapping
from typing import Any

from common.background import StoppableTask

EVERY = 1.0  # seconds


class Stopped(Exception):
    """The work was cancelled, or another worker has it."""


class Progress:
    """Counts what one attempt has done of its present phase.

    Every count has a name, for example ``files``, and two columns in the row: ``files_total`` and ``files_done``.
    """

    def __init__(self, work: StoppableTask) -> None:
        self.work = work
        self._done: dict[str, int] = {}
        self._written = 0.0

    def begin(self, phase: str, facts: Mapping[str, Any] | None = None, **totals: int) -> None:
        """Begin a phase of so much; Stopped if it is no longer this worker's work. ``facts`` are written with it."""
        self._done = dict.fromkeys(totals, 0)
        counts = {f"{name}_total": total for name, total in totals.items()}
        self._note(phase=phase, **counts, **self._columns(), **(facts or {}))

    def enter(self, phase: str) -> None:
        """Enter a phase that has no count of its own; Stopped as ``begin``."""
        self._note(phase=phase)

    def add(self, **counts: int) -> None:
        """So much more is done; Stopped as ``begin``."""
        for name, count in counts.items():
            self._done[name] = self._done.get(name, 0) + count
        if time.monotonic() - self._written >= EVERY:
            self._note(**self._columns())

    def complete(self) -> None:
        """Write down how far it came."""
        self._note(**self._columns())

    def _columns(self) -> dict[str, int]:
        return {f"{name}_done": count for name, count in self._done.items()}

    def _note(self, **facts: Any) -> None:
        if not self.work.note(**facts):
            raise Stopped
        self._written = time.monotonic()
