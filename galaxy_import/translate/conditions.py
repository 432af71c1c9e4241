"""What can be had of a dataset, and the sentence that says why not more."""

from collections import Counter
from collections.abc import Mapping, Sequence

from galaxy_import.answers import Json
from galaxy_import.translate.messages import counted
from galaxy_import.translate.reading import MESSAGE, cut, number, text
from galaxy_import.translate.statuses import ACTIVE
from galaxy_import.values import Condition, GalaxyFile

Standing = tuple[Condition, str]

_UNFINISHED = frozenset({"new", "upload", "queued", "running", "setting_metadata"})
_TOLD: Mapping[str, Standing] = {
    "deferred": (Condition.DEFERRED, "Galaxy knows where it is to be had, and has not fetched it."),
    "discarded": (
        Condition.DISCARDED,
        "Its content was left out when its history was brought to this Galaxy.",
    ),
    "error": (Condition.FAILED, "The job that was to make it failed."),
    "paused": (Condition.FAILED, "The job that was to make it is paused."),
}
_PURGED = (Condition.PURGED, "It was deleted in Galaxy for good.")
_SKIPPED = (Condition.SKIPPED, "Its step was skipped; Galaxy holds a null in its place.")
_DELETED = (Condition.DELETED, "It is deleted in Galaxy, and can still be read there.")
_IN_LIBRARY = (
    Condition.UNKNOWN,
    "It lies in a data library of Galaxy, whose contents cannot be fetched: import it into a history there.",
)
_UNTOLD = (Condition.UNKNOWN, "Galaxy told nothing about it.")


def condition_of(src: str, dataset: Json | None, refused: str, job_state: str, run_goes_on: bool) -> Standing:
    """How a dataset stands.

    ``job_state`` is the state of the job that was to make it, empty where that is not of this run: when a run is
    cancelled, Galaxy leaves its datasets as running or new for ever, so that the job is to be believed.
    """
    if dataset is None:
        return (Condition.RESTRICTED, _refusal(refused)) if refused else _UNTOLD
    if dataset.get("accessible") is False:
        return Condition.RESTRICTED, _refusal(refused)
    if dataset.get("purged") is True:
        return _PURGED
    if job_state == "skipped":
        return _SKIPPED
    state = text(dataset, "state")
    if state in _UNFINISHED:
        return _unfinished(job_state, run_goes_on)
    if state in _TOLD:
        condition, note = _TOLD[state]
        said = text(dataset, "misc_info") if condition == Condition.FAILED else ""
        return condition, cut(f"{note} Galaxy says: {said}" if said else note, MESSAGE)
    return _IN_LIBRARY if src == "ldda" else _there(dataset, state)


def _refusal(sentence: str) -> str:
    return cut(f"Galaxy does not let it be read{f': {sentence}' if sentence else '.'}", MESSAGE)


def _unfinished(job_state: str, run_goes_on: bool) -> Standing:
    if job_state in ACTIVE or job_state == "ok" or (run_goes_on and not job_state):
        return Condition.PENDING, "It is not made yet."
    if job_state == "deleted":
        return Condition.FAILED, "The job that was to make it was cancelled."
    if job_state == "paused":
        return _TOLD["paused"]
    if job_state in ("error", "failed"):
        return _TOLD["error"]
    if run_goes_on:
        return Condition.PENDING, "It is not made yet."
    return Condition.FAILED, "It was never made: the run ended before."


def _there(dataset: Json, state: str) -> Standing:
    deleted = dataset.get("deleted") is True
    if state == "failed_metadata":
        return _DELETED if deleted else (Condition.READY, "Galaxy could not read its metadata.")
    if state not in ("ok", "empty"):
        return (
            Condition.UNKNOWN,
            f"Galaxy says that it is {state!r}." if state else "Galaxy does not say how it is.",
        )
    if deleted:
        return _DELETED
    is_empty = state == "empty" or number(dataset, "file_size") == 0
    return (Condition.EMPTY, "It holds nothing.") if is_empty else (Condition.READY, "")


_WORDS = {
    Condition.EMPTY: ("is empty", "are empty"),
    Condition.PENDING: ("is not made yet", "are not made yet"),
    Condition.FAILED: ("failed", "failed"),
    Condition.SKIPPED: ("was skipped", "were skipped"),
    Condition.DELETED: ("is deleted", "are deleted"),
    Condition.PURGED: ("is deleted for good", "are deleted for good"),
    Condition.DEFERRED: ("was not fetched by Galaxy", "were not fetched by Galaxy"),
    Condition.RESTRICTED: ("may not be read", "may not be read"),
    Condition.DISCARDED: ("was left out", "were left out"),
    Condition.UNKNOWN: ("is not known", "are not known"),
}
_USUAL = (Condition.READY, Condition.EMPTY)


def condition_of_collection(
    collection: Json, files: Sequence[GalaxyFile], count: int | None, run_goes_on: bool
) -> Standing:
    """How a collection stands: readable if anything in it is, with a sentence on the elements that are not."""
    found = Counter(file.condition for file in files)
    told = [
        _elements(found[one], len(files), one) for one in Condition if found[one] and one != Condition.READY
    ]
    note = " ".join(told)
    if collection.get("deleted") is True:
        return Condition.DELETED, f"{_DELETED[1]} {note}".strip()
    if text(collection, "populated_state") == "failed":
        return Condition.FAILED, text(collection, "populated_state_message") or "Galaxy could not fill it."
    if found[Condition.PENDING] or (text(collection, "populated_state") == "new" and run_goes_on):
        return Condition.PENDING, note or "It is not filled yet."
    if not files:
        is_empty = count == 0
        return (Condition.EMPTY, "It has no elements.") if is_empty else (Condition.UNKNOWN, _UNTOLD[1])
    if any(file.is_readable for file in files):
        return (Condition.EMPTY if found[Condition.EMPTY] == len(files) else Condition.READY), note
    return found.most_common(1)[0][0], note


def _elements(count: int, of: int, condition: Condition) -> str:
    one, many = _WORDS[condition]
    return f"{count} of {counted(of, 'element', 'elements')} {one if count == 1 else many}."
