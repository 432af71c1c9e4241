"""What a job took, from its benchmark file, and what was asked for it, from its block in the log."""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean

from run_directories.reading import MEGABYTE, text_of
from run_directories.snakemake.names import number, split_pairs
from run_directories.snakemake.values import LoggedJob

Number = int | float

_MIB = 2**20
# By the engine's names: ours, a factor, and what is made of several rows: a job may be measured repeatedly.
_MEASURES: Mapping[str, tuple[str, int, Callable[[list[float]], float]]] = {
    "s": ("wall_seconds", 1, sum),
    "max_rss": ("max_rss_bytes", _MIB, max),
    "max_vms": ("max_vms_bytes", _MIB, max),
    "max_uss": ("max_uss_bytes", _MIB, max),
    "max_pss": ("max_pss_bytes", _MIB, max),
    "io_in": ("read_bytes", _MIB, sum),
    "io_out": ("written_bytes", _MIB, sum),
    "mean_load": ("mean_load_percent", 1, fmean),
    "cpu_time": ("cpu_seconds", 1, sum),
}
_ASKED = {
    "mem_mb": ("requested_memory_bytes", 10**6),
    "disk_mb": ("requested_disk_bytes", 10**6),
    "runtime": ("requested_runtime_minutes", 1),
}
_TOLD_TWICE = frozenset({"mem", "mem_mib", "disk", "disk_mib", "tmpdir"})


def measured(path: Path, directory: Path) -> dict[str, Number]:
    """What the benchmark file says; empty where there is none. Columns are known by their names."""
    lines = [line.split("\t") for line in text_of(path, directory, MEGABYTE).splitlines() if line]
    found: dict[str, Number] = {}
    for place, name in enumerate(lines[0] if lines else []):
        values = [value for line in lines[1:] if (value := _number(line, place)) is not None]
        if name in _MEASURES and values:
            ours, factor, joined = _MEASURES[name]
            found[ours] = _whole(joined(values) * factor, ours)
    return found


def asked(job: LoggedJob) -> dict[str, Number]:
    """Threads and resources that the job was given."""
    found: dict[str, Number] = {"threads": int(job.threads) if job.threads.isdecimal() else 1}
    for name, text in split_pairs(job.resources).items():
        value = number(text)
        if value is not None and name not in _TOLD_TWICE:
            ours, factor = _ASKED.get(name, (name, 1))
            found[ours] = value * factor
    return found


def _number(line: list[str], place: int) -> float | None:
    """``NA`` and ``-`` stand for what could not be measured."""
    value = number(line[place]) if place < len(line) else None
    return None if value is None else float(value)


def _whole(value: float, name: str) -> Number:
    return round(value) if name.endswith("_bytes") else round(value, 6)
