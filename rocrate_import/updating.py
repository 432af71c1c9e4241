"""A run that is told again: the newer crate counts, and what only the older one said stays. No Django."""

from dataclasses import replace

from workflows.records import RunRecord, RunStatus, StatusBasis

_SAID = ("name", "description", "license", "started_at", "completed_at", "run_command", "run_environment")


def brought_up_to_date(older: RunRecord, newer: RunRecord) -> RunRecord:
    """The newer record, with what it is silent about taken from the older one.

    Steps and jobs are taken together, as jobs name their steps. Datasets are the newer's alone: those that are
    recorded already are never removed.
    """
    kept = {name: getattr(older, name) for name in _SAID if not getattr(newer, name)}
    has_work = bool(newer.steps or newer.jobs)
    merged = replace(
        newer,
        **kept,
        workflow=newer.workflow or older.workflow,
        people=newer.people or older.people,
        parameters=newer.parameters or older.parameters,
        steps=newer.steps if has_work else older.steps,
        jobs=newer.jobs if has_work else older.jobs,
    )
    return _with_known_status(_with_times_in_order(merged, newer), older)


def _with_known_status(record: RunRecord, older: RunRecord) -> RunRecord:
    """A status that is only assumed does not replace one that was told, nor the reason for it."""
    says_nothing = record.status_basis == StatusBasis.ASSUMED or record.status == RunStatus.UNKNOWN
    if says_nothing and older.status != RunStatus.UNKNOWN:
        message = record.message or older.message
        return replace(record, status=older.status, status_basis=older.status_basis, message=message)
    return record


def _with_times_in_order(record: RunRecord, newer: RunRecord) -> RunRecord:
    """Of a start and an end from two crates that contradict each other, the newer crate's counts."""
    if record.started_at and record.completed_at and record.completed_at < record.started_at:
        return replace(record, started_at=newer.started_at, completed_at=newer.completed_at)
    return record
