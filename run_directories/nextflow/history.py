"""``.nextflow/history``: a line for each execution that was launched in the directory."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from run_directories.nextflow.units import milliseconds, moment
from run_directories.reading import text_of

STATUSES = {"OK": "SUCCESS", "ERR": "FAILED"}
_COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Launch:
    """An execution. ``status`` is empty while it runs, and stays so if it was killed; ``started_at`` is local."""

    run_name: str
    session: str
    status: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    revision: str = ""
    command: str = ""


def read_history(directory: Path) -> list[Launch]:
    """The executions in the order in which they were launched."""
    lines = text_of(directory / ".nextflow" / "history", directory).splitlines()
    return [launch for line in lines if (launch := _launch(line.split("\t", _COLUMNS - 1)))]


def _launch(columns: list[str]) -> Launch | None:
    """The oldest versions wrote fewer columns: session id and command only."""
    if len(columns) != _COLUMNS:
        return None
    time, duration, run_name, status, revision, session, command = (column.strip() for column in columns)
    if not re.fullmatch(r"[0-9a-fA-F-]{36}", session):
        return None
    started, lasted = moment(time), milliseconds(duration)
    return Launch(
        run_name=run_name,
        session=session,
        status=STATUSES.get(status, ""),
        started_at=started,
        completed_at=started + timedelta(milliseconds=lasted) if started and lasted is not None else None,
        revision=revision,
        command=command,
    )
