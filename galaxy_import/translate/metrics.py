"""What Galaxy measured of a job: its times, its place, and what it took.

Only ``raw_value`` is read: ``value`` is written for people, in the server's time zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from galaxy_import.answers import Json
from galaxy_import.translate.reading import NAME, clean, cut, text

# By Galaxy's names: ours, which end with the unit, and what a number of Galaxy's is in it.
_MEASURES: Mapping[str, tuple[str, Decimal]] = {
    "galaxy_slots": ("galaxy_slots", Decimal(1)),
    "galaxy_memory_mb": ("galaxy_memory_mb", Decimal(1)),
    "runtime_seconds": ("runtime_seconds", Decimal(1)),
    "memtotal": ("host_memory_bytes", Decimal(1024)),
    "swaptotal": ("host_swap_bytes", Decimal(1024)),
    "processor_count": ("host_processors", Decimal(1)),
    "cpuacct.usage": ("cpu_seconds", Decimal("1e-9")),
    "cpu.stat.usage_usec": ("cpu_seconds", Decimal("1e-6")),
    "memory.max_usage_in_bytes": ("max_memory_bytes", Decimal(1)),
    "memory.peak": ("max_memory_bytes", Decimal(1)),
}
_UNITS = ("_seconds", "_bytes", "_mb", "_count", "_percent")
_MOST = Decimal(2**53)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the metrics of a job say; what they do not say is empty."""

    started_at: datetime | None = None
    completed_at: datetime | None = None
    host: str = ""
    resources: dict[str, int | float] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def read_metrics(metrics: Iterable[object]) -> Measured:
    """Read the metrics of one job. An ordinary key reads fewer of them than an administrator's."""
    told = [one for one in metrics if isinstance(one, dict)]
    raw = {text(one, "name"): text(one, "raw_value") for one in told if text(one, "plugin") != "env"}
    return Measured(
        started_at=_moment(raw.get("start_epoch", "")),
        completed_at=_moment(raw.get("end_epoch", "")),
        host=cut(raw.get("hostname", ""), NAME),
        resources=_resources(raw),
        environment=_environment(told),
    )


def _moment(written: str) -> datetime | None:
    told = _decimal(written)
    try:
        return datetime.fromtimestamp(float(told), UTC) if told else None
    except (ValueError, OverflowError, OSError):
        return None


def _decimal(written: str) -> Decimal | None:
    try:
        told = Decimal(written)
    except InvalidOperation:
        return None
    return told if told.is_finite() and abs(told) <= _MOST else None


def _resources(raw: Mapping[str, str]) -> dict[str, int | float]:
    """The measures whose unit is known: from the table, or from the end of the name."""
    found: dict[str, int | float] = {}
    for name, written in raw.items():
        ours, factor = _MEASURES.get(name, (name if name.endswith(_UNITS) else "", Decimal(1)))
        told = _decimal(written)
        if ours and told is not None:
            value = told * factor
            found[ours] = int(value) if value == value.to_integral_value() else float(value)
    return found


def _environment(metrics: list[Json]) -> dict[str, str]:
    """The variables that the server was set up to keep."""
    named = (
        (text(one, "name", NAME), one.get("raw_value")) for one in metrics if text(one, "plugin") == "env"
    )
    return {name: clean(value) for name, value in named if name and isinstance(value, str)}
