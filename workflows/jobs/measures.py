"""What a job asked for and what it took, whatever the engine calls it: names of measures end with their unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MEMORY_USED = (
    "max_rss_bytes",
    "peak_rss_bytes",
    "max_memory_bytes",
    "max_rss",
    "peak_memory_bytes",
    "rss_bytes",
)
MEMORY_ASKED = ("requested_memory_bytes", "memory_bytes", "allocated_memory_gib", "galaxy_memory_mb")
CPUS_ASKED = ("cpus", "threads", "allocated_cpus", "galaxy_slots")
CPU_SECONDS = ("cpu_seconds",)
CPU_PERCENT = ("avg_cpu_percent",)
WALL_USED = ("wall_seconds",)
WALL_ASKED = ("runtime_seconds",)
_FACTORS = {"_gib": 2**30, "_mib": 2**20, "_gb": 10**9, "_mb": 10**6}


@dataclass(frozen=True, slots=True)
class Measures:
    """Memory in bytes, times in seconds, processors as a count; None is what nobody knows.

    ``cpu_used`` is the time on processors, ``wall_used`` the time that went by.
    """

    memory_used: int | None = None
    memory_asked: int | None = None
    cpu_used: float | None = None
    cpus_asked: float | None = None
    wall_used: float | None = None
    wall_asked: float | None = None

    @property
    def cpus_used(self) -> float | None:
        """How many processors were busy on the average."""
        return self.cpu_used / self.wall_used if self.cpu_used is not None and self.wall_used else None


def measures_of(
    requested: Any, resources: Any, started_at: datetime | None = None, completed_at: datetime | None = None
) -> Measures:
    """What is known of a job. Engines that tell no difference put what was asked for beside what was used."""
    wall = _number(resources, WALL_USED)
    if wall is None and started_at is not None and completed_at is not None:
        wall = (completed_at - started_at).total_seconds()
    cpu, percent = cpu_seconds(resources), _number(resources, CPU_PERCENT)
    if cpu is None and percent is not None and wall is not None:
        cpu = percent / 100 * wall
    return Measures(
        memory_used=memory_used(resources),
        memory_asked=_either(memory_asked, requested, resources),
        cpu_used=cpu,
        cpus_asked=_either(cpus_asked, requested, resources),
        wall_used=wall,
        wall_asked=_number(requested, WALL_ASKED),
    )


def memory_used(resources: Any) -> int | None:
    """The most memory that was in use, in bytes."""
    return _bytes_of(resources, MEMORY_USED)


def memory_asked(resources: Any) -> int | None:
    """The memory that was asked for, in bytes."""
    return _bytes_of(resources, MEMORY_ASKED)


def cpus_asked(resources: Any) -> float | None:
    """The processors that were asked for."""
    return _number(resources, CPUS_ASKED)


def cpu_seconds(resources: Any) -> float | None:
    """The time on processors, where it was measured."""
    return _number(resources, CPU_SECONDS)


def is_number(value: Any) -> bool:
    """Whether it can be a measure; what people recorded may be anything."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e18


def _either(measure: Any, requested: Any, resources: Any) -> Any:
    found = measure(requested)
    return measure(resources) if found is None else found


def _number(resources: Any, names: Iterable[str]) -> float | None:
    found = _first(resources, names)
    return found[1] if found else None


def _bytes_of(resources: Any, names: Iterable[str]) -> int | None:
    found = _first(resources, names)
    if found is None:
        return None
    name, value = found
    factor = next((factor for ending, factor in _FACTORS.items() if name.endswith(ending)), 1)
    return round(value * factor)


def _first(resources: Any, names: Iterable[str]) -> tuple[str, float] | None:
    """The first of these measures that is a number."""
    if not isinstance(resources, Mapping):
        return None
    return next(((name, float(resources[name])) for name in names if is_number(resources.get(name))), None)
