"""Programs that never outlive the one who started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


def _death_signal() -> Callable[[int], None]:
    """A function that asks the kernel for a signal when the parent dies; does nothing outside of Linux."""
    if not sys.platform.startswith("linux"):
        return lambda number: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up now: a freshly forked child should only call
    return lambda number: prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


_ask_for_death_signal = _death_signal()


def die_with_parent(parent: int | None = None, *, number: int = signal.SIGKILL) -> None:
    """Have this process get the signal ``number`` as soon as its parent is gone (Linux; elsewhere nothing).

    ``parent`` is the process id that the parent is known to have. A parent that went between the fork and
    this call leaves no signal behind, so its absence is looked at, too.
    """
    _ask_for_death_signal(number)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), number)


def start(
    command: Sequence[str], environment: Mapping[str, str], directory: Path, *, hushed: bool = False
) -> subprocess.Popen[Any]:
    """Start a program in a process group of its own that dies with us.

    Its own group keeps a Ctrl-C in the terminal from reaching it: we end it, in our order. What a
    ``hushed`` program prints is dropped; what it writes to its standard error is shown.
    """
    parent = os.getpid()
    return subprocess.Popen(
        command,
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if hushed else None,
        process_group=0,
        preexec_fn=lambda: die_with_parent(parent),
    )


def send_to_group(leader: int, number: int) -> None:
    """Send a signal to a program and all that it started; a group that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def birth_of(pid: int) -> str | None:
    """Something that tells this process from a later one with the same id; None where none lives."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            state, *rest = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if state == "Z" else rest[18]  # field 22: its start, in ticks since the system's
    told = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or None
