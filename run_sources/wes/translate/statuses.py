"""The states of WES, and ours: each has its own word in ``source_status``, and a sentence where it did not go well."""

from typing import Any

from run_sources.wes.translate.values import MESSAGE, Json, Remarks, clean, cut, listed, whole_number
from workflows.records import RunStatus, StatusBasis

# WES 1.1, schema State; DELETED and DELETING are of sapporo, and say nothing about how the run went.
STATES = {
    "QUEUED": RunStatus.PENDING,
    "INITIALIZING": RunStatus.PENDING,
    "RUNNING": RunStatus.RUNNING,
    "CANCELING": RunStatus.RUNNING,
    "PAUSED": RunStatus.PAUSED,
    "COMPLETE": RunStatus.SUCCESS,
    "EXECUTOR_ERROR": RunStatus.FAILED,
    "SYSTEM_ERROR": RunStatus.FAILED,
    "PREEMPTED": RunStatus.FAILED,
    "CANCELED": RunStatus.CANCELLED,
    "UNKNOWN": RunStatus.UNKNOWN,
    "DELETING": RunStatus.UNKNOWN,
    "DELETED": RunStatus.UNKNOWN,
}
ENDED = ("COMPLETE", "EXECUTOR_ERROR", "SYSTEM_ERROR", "PREEMPTED", "CANCELED", "DELETED")
GONE = ("DELETING", "DELETED")
SENTENCES = {
    "EXECUTOR_ERROR": "The workflow itself failed (EXECUTOR_ERROR).",
    "SYSTEM_ERROR": "The server or its machines failed, which says nothing about the workflow (SYSTEM_ERROR).",
    "PREEMPTED": "The machines were taken away before it ended (PREEMPTED).",
    "CANCELED": "It was cancelled at the server.",
    "CANCELING": "It is being cancelled at the server.",
    "DELETED": "The server has deleted it, and does not tell how it went.",
    "DELETING": "The server is deleting it, and does not tell how it went.",
}
OF_INTEREST = ("EXECUTOR_ERROR", "SYSTEM_ERROR", "PREEMPTED", "CANCELED")
_SAID = 1000  # characters of the system's log in a message


def status_of(state: str, remarks: Remarks) -> tuple[RunStatus, StatusBasis]:
    """The status that a state means, and on what that stands: a word that WES has not means nothing."""
    if state in STATES:
        return STATES[state], StatusBasis.REPORTED
    remarks.add(
        f"The server says that the run is “{state}”, which is no state of WES: its status is unknown."
    )
    return RunStatus.UNKNOWN, StatusBasis.ASSUMED


def message_of(state: str, log: Json, failed: list[str]) -> str:
    """Why the run stands as it does: the state's sentence, the exit code, the steps that failed, the system's words."""
    said = [SENTENCES[state]] if state in SENTENCES else []
    code = whole_number(log.get("exit_code"))
    if state in OF_INTEREST and code is not None:
        said.append(f"Exit code {code}.")
    if state in OF_INTEREST and failed:
        more = f" and {len(failed) - 5} more" if len(failed) > 5 else ""
        said.append(f"Failed: {', '.join(failed[:5])}{more}.")
    if state in OF_INTEREST and (words := system_words(log.get("system_logs"))):
        said.append(cut(words, _SAID))
    return cut(" ".join(said), MESSAGE)


def system_words(told: Any) -> str:
    """What the system wrote, as one text; servers tell a list of lines, or one text."""
    lines = [told] if isinstance(told, str) else listed(told)
    return clean("\n".join(one for one in lines if isinstance(one, str))).strip()


def status_of_task(exit_code: int | None, has_started: bool, is_over: bool) -> RunStatus:
    """WES tells no state of a task: how it went is concluded from its exit code; ``is_over`` says that it, or the
    whole run, has ended."""
    if exit_code is not None:
        return RunStatus.SUCCESS if exit_code == 0 else RunStatus.FAILED
    if is_over:
        return RunStatus.UNKNOWN
    return RunStatus.RUNNING if has_started else RunStatus.PENDING
