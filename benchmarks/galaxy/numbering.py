"""How the made invocation is numbered: its steps, its ids, its times."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

Json = dict[str, Any]

HISTORY, INVOCATION, WORKFLOW, STORED, USER = (f"{number:016x}" for number in (71, 72, 73, 74, 75))
UUID_OF_RUN = "9c0c1206-e557-11f1-9378-02fc00000001"
BEGUN = datetime(2026, 3, 4, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the workflow has it; ``made`` is the name of its output."""

    label: str
    tool_id: str = ""
    version: str = ""
    made: str = "output"
    takes: str = ""
    output: str = ""


STEPS = (
    Step("samples"),
    Step("cut", "Cut1", "1.0.2", "out_file1", "input", "cut"),
    Step("count", "wc_gnu", "1.0.0", "out_file1", "input1", "counts"),
    Step("merge", "workshop_concat_many", "2.0", "output", "inputs", "all"),
)
SAMPLES, CUT, COUNT, MERGE = range(4)
MAPPED = (CUT, COUNT)


def encoded(number: int) -> str:
    """A number as an id."""
    return f"{number:016x}"


def moment(number: int) -> str:
    """When the job or dataset of this number came to be: Galaxy's times have no zone."""
    return (BEGUN + timedelta(milliseconds=number)).replace(tzinfo=None).isoformat(timespec="microseconds")


def made_uuid(kind: int, number: int) -> str:
    """The UUID of a dataset or of a step."""
    return str(UUID(int=(kind << 64) + number, version=4))
