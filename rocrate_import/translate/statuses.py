"""How an action stands, and how that is known."""

from typing import Any

from rocrate_export.wording import EXIT_CODE, STATUS, STATUS_BASIS
from rocrate_import.translate.graph import Entity, text, values
from rocrate_import.translate.properties import details, word
from rocrate_import.translate.reading import Reading
from workflows.records import RunStatus, StatusBasis

Standing = tuple[RunStatus, StatusBasis]

_TERMS = {
    "CompletedActionStatus": RunStatus.SUCCESS,
    "FailedActionStatus": RunStatus.FAILED,
    "ActiveActionStatus": RunStatus.RUNNING,
    "PotentialActionStatus": RunStatus.PENDING,
}
_WORST = (RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.RUNNING, RunStatus.PENDING, RunStatus.UNKNOWN)
_WEAKEST = (StatusBasis.ASSUMED, StatusBasis.INFERRED, StatusBasis.REPORTED)


def status_of(reading: Reading, action: Entity) -> Standing:
    """The status of an action: as reported; else as its error or exit code tell; else completed.

    That an action without a status is completed is what the Process Run Crate profile says, and assumed here:
    an end and results say that it ended, not how. Some engines write the same for runs that failed.
    """
    known = details(reading.graph, action)
    basis = word(StatusBasis, known.get(STATUS_BASIS)) or StatusBasis.REPORTED
    own = word(RunStatus, known.get(STATUS))
    if own:
        return own, basis
    term = _term(action)
    if term in _TERMS:
        return _TERMS[term], basis
    if reading.is_ours:
        return RunStatus.UNKNOWN, basis
    if term:
        reading.remarks.add(action["@id"], f"The status {term[:60]!r} is not known.")
    return _inferred(action, exit_code_of(reading, action))


def _inferred(action: Entity, exit_code: int | None) -> Standing:
    if values(action, "error") or exit_code:
        return RunStatus.FAILED, StatusBasis.INFERRED
    if exit_code == 0:
        return RunStatus.SUCCESS, StatusBasis.INFERRED
    return RunStatus.SUCCESS, StatusBasis.ASSUMED


def exit_code_of(reading: Reading, action: Entity) -> int | None:
    """The exit code, from where crates are known to put it."""
    told: Any = details(reading.graph, action).get(EXIT_CODE, text(action, "exitCode"))
    try:
        code = int(told)
    except (TypeError, ValueError):
        return None
    return code if -(2**31) <= code < 2**31 else None


def all_of(standings: list[Standing]) -> Standing:
    """How a whole stands whose parts stand so: as the worst of them, known as weakly as the weakest."""
    if not standings:
        return RunStatus.UNKNOWN, StatusBasis.ASSUMED
    statuses = {status for status, _ in standings}
    worst = next((one for one in _WORST if one in statuses), RunStatus.SUCCESS)
    bases = {basis for status, basis in standings if status == worst or worst == RunStatus.SUCCESS}
    return worst, next(one for one in _WEAKEST if one in bases)


def _term(action: Entity) -> str:
    for value in values(action, "actionStatus"):
        told = value["@id"] if isinstance(value, dict) else str(value)
        return told.rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].strip()
    return ""
