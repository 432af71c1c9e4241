"""How a run of CWL ended. Neither PROV nor the outputs say it: the log does, or outputs that are missing."""

from typing import Any

from run_directories.cwl.description import Description, short
from run_directories.cwl.engine_log import EngineLog

SILENT = "Nothing says how the run ended: there is no line about its final status in a log of the engine."


def status_of(log: EngineLog, outputs: Any, description: Description) -> tuple[str, str, str]:
    """Status, what it is based on, and a message.

    Outputs that are all there are no success: a step that failed need not have been asked for any.
    """
    missing = missing_outputs(outputs, description)
    if log.status:
        return log.status, "REPORTED", _message(log, missing) if log.status == "FAILED" else ""
    if missing:
        return "FAILED", "INFERRED", _message(log, missing)
    return "UNKNOWN", "ASSUMED", SILENT


def missing_outputs(outputs: Any, description: Description) -> list[str]:
    """The outputs that are null although the workflow promises them."""
    if not isinstance(outputs, dict) or not description.main:
        return []
    empty = [short(str(name)) for name, value in outputs.items() if value is None]
    return [name for name in empty if name not in description.optional_outputs]


def _message(log: EngineLog, missing: list[str]) -> str:
    failed = [
        f"Job {job.name}: {_why(job.exit_code, job.message)}"
        for job in log.jobs.values()
        if job.status == "FAILED"
    ]
    without = [f"These outputs were not made: {', '.join(missing)}."] if missing else []
    return "\n".join(part for part in (log.message, *failed, *without) if part)


def _why(exit_code: int | None, message: str) -> str:
    told = f"it exited with {exit_code}." if exit_code is not None else "it failed."
    return f"{told} {message}".strip()
