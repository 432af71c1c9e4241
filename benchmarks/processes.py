"""What processes cost, read from /proc: CPU seconds, memory, children. Linux only."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on; empty if the process has gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_seconds(pids: list[int]) -> float:
    """User and system CPU of these processes and of their children that ended; steps of 10 ms."""
    fields = [_stat(pid)[11:15] for pid in pids]  # utime, stime, cutime, cstime
    return sum(int(ticks) for one in fields for ticks in one) / TICKS


def parent_of(pid: int) -> int:
    """The process that started this one, 0 if it has gone."""
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def tree_of(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {
        int(entry.name): parent_of(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit()
    }
    found = [root]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found


def pss_bytes(pids: list[int]) -> int:
    """Memory of these processes, what they share counted once in all."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in pids) * 1024


def peak_rss_bytes(pids: list[int]) -> int:
    """The greatest resident memory that any one of these processes ever had (VmHWM)."""
    return max((_kilobytes(pid, "status", "VmHWM:") for pid in pids), default=0) * 1024


def forget_peak(pids: list[int]) -> None:
    """Let VmHWM begin again from the present memory."""
    for pid in pids:
        (PROC / str(pid) / "clear_refs").write_text("5")


def _kilobytes(pid: int, file: str, label: str) -> int:
    try:
        lines = (PROC / str(pid) / file).read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(label)), 0)
