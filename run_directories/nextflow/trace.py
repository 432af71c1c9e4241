"""Trace files: any columns in any order, with any separator, for people or raw, of any version since 2014."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from run_directories.nextflow.tasks import Task, count_attempts, exit_code_of, status_of
from run_directories.nextflow.units import NOTHING, byte_count, milliseconds, moment, number
from run_directories.reading import text_of

SEPARATORS = "\t,;|"
# The column, the name under which its value is kept, which tells the unit, and what reads it.
RESOURCES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "duration": ("duration_ms", milliseconds),
    "realtime": ("realtime_ms", milliseconds),
    "%cpu": ("cpu_percent", number),
    "%mem": ("memory_percent", number),
    "rss": ("rss_bytes", byte_count),
    "vmem": ("vmem_bytes", byte_count),
    "peak_rss": ("peak_rss_bytes", byte_count),
    "peak_vmem": ("peak_vmem_bytes", byte_count),
    "rchar": ("read_characters_bytes", byte_count),
    "wchar": ("written_characters_bytes", byte_count),
    "read_bytes": ("read_bytes", byte_count),
    "write_bytes": ("written_bytes", byte_count),
    "syscr": ("read_calls", number),
    "syscw": ("write_calls", number),
    "vol_ctxt": ("voluntary_switches", number),
    "inv_ctxt": ("involuntary_switches", number),
    "cpus": ("cpus", number),
    "memory": ("requested_memory_bytes", byte_count),
    "disk": ("requested_disk_bytes", byte_count),
    "time": ("requested_time_ms", milliseconds),
    "queue": ("queue", str),
    "native_id": ("native_id", str),
    "cpu_model": ("cpu_model", str),
}


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace file and its tasks, in the order of their ids; ``first`` is of the file's first line, which stays."""

    path: Path
    tasks: tuple[Task, ...]
    first: str = ""


def is_trace(head: str) -> bool:
    """Whether a file's first line names the columns of a trace."""
    columns = _columns(head.partition("\n")[0])
    return "name" in columns and "status" in columns and bool(columns & {"task_id", "hash", "native_id"})


def read_trace(path: Path, directory: Path) -> Trace:
    """The tasks of the file; a line that was cut off while it was written is left out."""
    lines = text_of(path, directory).splitlines()
    if not lines:
        return Trace(path, ())
    rows = csv.reader(lines, delimiter=_separator(lines[0]))
    columns = [name.strip() for name in next(rows)]
    told = [dict(zip(columns, row, strict=False)) for row in rows if len(row) == len(columns)]
    first = (
        f"{told[0].get('hash', '')} {told[0].get('submit', '')} {told[0]['name']}"
        if told and "name" in told[0]
        else ""
    )
    told.sort(key=lambda row: exit_code_of(row.get("task_id", "")) or 0)
    tasks = [_task(row) for row in told if row.get("name")]
    count_attempts(tasks)
    return Trace(path, tuple(tasks), first)


def _columns(line: str) -> set[str]:
    return {name.strip().strip('"') for name in line.split(_separator(line))}


def _separator(line: str) -> str:
    return max(SEPARATORS, key=line.count)


def _task(row: dict[str, str]) -> Task:
    told = {name: value.strip() for name, value in row.items() if value.strip() not in NOTHING}
    exit_code = exit_code_of(told.get("exit", ""))
    task = Task(
        key=told.get("hash", ""),
        name=told["name"],
        status=status_of(told.get("status", ""), exit_code),
        exit_code=exit_code,
        attempt=exit_code_of(told.get("attempt", "")) or 0,
        submitted_at=moment(told.get("submit", "")),
        started_at=moment(told.get("start", "")),
        completed_at=moment(told.get("complete", "")),
        command_line=told.get("script", ""),
        container=told.get("container", ""),
        host=told.get("hostname", ""),
        work_dir=told.get("workdir", ""),
        message="Taken from the cache of an earlier run." if told.get("status") == "CACHED" else "",
        resources=_resources(told),
    )
    return task


def _resources(told: dict[str, str]) -> dict[str, Any]:
    read = ((name, reader(told[column])) for column, (name, reader) in RESOURCES.items() if column in told)
    return {name: value for name, value in read if value is not None}
