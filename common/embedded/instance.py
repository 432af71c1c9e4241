"""At most one running product per data directory, and what a killed one left behind."""

import contextlib
import fcntl
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.embedded.processes import birth_of, send_to_group


class AlreadyRunning(Exception):
    """Another `up` serves this data directory; the text says which."""


@dataclass
class Instance:
    """The lock on a data directory, and the file beside it that says who holds it and with which children.

    The lock is the operating system's (`flock`), so that a killed holder holds it no longer.
    """

    directory: Path
    _descriptor: int = -1

    @property
    def _record(self) -> Path:
        return self.directory / "up.json"

    def __enter__(self) -> "Instance":
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(self.directory / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise AlreadyRunning(self._who()) from None
        self._end_leftovers()
        return self

    def __exit__(self, *_: object) -> None:
        self._record.unlink(missing_ok=True)
        os.close(self._descriptor)

    def write(self, *, url: str, children: dict[str, int]) -> None:
        """Note who we are, where we answer and which processes are ours (name: process id)."""
        births = {name: [pid, birth_of(pid)] for name, pid in children.items()}
        note = {"pid": os.getpid(), "url": url, "children": births}
        beside = self._record.with_suffix(".new")
        beside.write_text(json.dumps(note))
        beside.replace(self._record)

    def _read(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads(self._record.read_text()))
        return {}

    def _who(self) -> str:
        note = self._read()
        where = f" at {note['url']}, process {note['pid']}" if note else ""
        return f"Runstead is already running on {self.directory}{where}. End that one first (Ctrl-C)."

    def _end_leftovers(self) -> None:
        """End children of a killed instance. On Linux the kernel has done it already; elsewhere we do."""
        found = self._read().get("children", {}).values()
        alive = [pid for pid, birth in found if birth and birth_of(pid) == birth]
        for pid in alive:
            send_to_group(pid, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while any(birth_of(pid) for pid in alive) and time.monotonic() < deadline:
            time.sleep(0.05)
