"""Why something stands as it does: Galaxy's reasons as sentences."""

from collections.abc import Iterable

from galaxy_import.answers import Json
from galaxy_import.translate.reading import MESSAGE, cut, number, objects, text

_CANCELLED = {
    "history_deleted": "the history was deleted",
    "user_request": "a user asked for it",
    "cancelled_on_review": "it was called off at a step that waits for a review",
}
_FAILED = {
    "dataset_failed": "a dataset that it needs failed",
    "collection_failed": "a collection that it needs failed",
    "job_failed": "a job that it needs failed",
    "output_not_found": "an output that it needs was not found",
    "expression_evaluation_failed": "an expression could not be evaluated",
    "when_not_boolean": "its condition is neither true nor false",
    "unexpected_failure": "something unexpected happened",
    "workflow_parameter_invalid": "a parameter of the workflow is not valid",
    "step_input_deleted": "an input was deleted",
}
_WARNED = {"workflow_output_not_found": "An output of the workflow was not found"}


def is_warning(message: Json) -> bool:
    """Whether the message tells of no failure."""
    return text(message, "reason") in _WARNED


def step_of_message(message: Json, parent: str) -> str:
    """The key of the step that a message is about; empty for none. Galaxy's ``workflow_step_id`` is its order here."""
    order = number(message, "workflow_step_id")
    path = message.get("workflow_step_index_path")
    whole = [*(path if isinstance(path, list) else []), order] if order is not None else []
    key = ".".join(str(one) for one in whole if isinstance(one, int) and one >= 0)
    return f"{parent}.{key}" if parent and key else key


def sentence_of(message: Json, about: str = "the run") -> str:
    """A message of an invocation as a sentence; ``about`` is what it speaks of, ``step align`` for example."""
    reason, details = text(message, "reason"), text(message, "details")
    more = f" ({details.rstrip('.')})" if details else ""
    at = f" at {about}" if about.startswith("step ") else ""
    if reason in _WARNED:
        return f"{_WARNED[reason]}{at}{more}."
    if reason in _CANCELLED:
        return f"Cancelled{at}: {_CANCELLED[reason]}{more}."
    why = _FAILED.get(reason) or (f"Galaxy's reason is {reason!r}" if reason else "Galaxy gives no reason")
    return f"Galaxy could not plan {about}: {why}{more}."


_STANDINGS = {
    "failed": "Galaxy could not run it.",
    "paused": "It is paused, until somebody resumes it in Galaxy.",
    "deleted": "It was cancelled.",
    "deleting": "It is being cancelled.",
    "stopped": "A user ended it early and kept what it had made.",
    "skipped": "It was skipped: the step's condition was false.",
}


def message_of_job(state: str, detail: Json, exit_code: int | None) -> str:
    """Why a job stands as it does; empty where there is nothing to be said."""
    if state == "error":
        code = f" with exit code {exit_code}" if exit_code is not None else ""
        told = list(dict.fromkeys(filter(None, map(_reason, objects(detail, "job_messages")))))
        why = "; ".join(told) or text(detail, "info").rstrip(".")
        ended = f"It failed{code}"
        return cut(
            f"{ended}: {why}." if why else f"{ended}." if code else f"{ended}; Galaxy says no more.", MESSAGE
        )
    return _STANDINGS.get(state, "")


def _reason(message: Json) -> str:
    """What was wrong, without its stop, which each tool writes as it likes, and without the code, told already."""
    told = text(message, "desc") or text(message, "code_desc") or text(message, "type")
    told, matched = told.removesuffix(" ()").rstrip("."), text(message, "match")
    if (
        text(message, "type") == "exit_code"
        and told == f"Fatal error: Exit code {text(message, 'exit_code')}"
    ):
        return ""
    return f"{told} ({matched})" if matched and matched not in told else told


def counted(count: int, one: str, many: str) -> str:
    """The count with its noun."""
    return f"{count} {one if count == 1 else many}"


def joined(sentences: Iterable[str]) -> str:
    """The sentences, each once, as one text."""
    return cut(" ".join(dict.fromkeys(one for one in sentences if one)), MESSAGE)
