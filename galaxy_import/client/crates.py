"""Galaxy's own RO-Crate of an invocation, which its task queue packs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from galaxy_import.client.errors import CrateUnavailable
from galaxy_import.client.reading import path_to
from galaxy_import.client.session import Session
from run_sources.errors import AnswerNotUnderstood, NotFound, NotReadable, SourceUnavailable, TooLarge
from run_sources.http.downloading import Download, Downloaded

FIRST_LOOK, LONGEST_PAUSE = 1.0, 15.0  # seconds
LEFT_OUT = ("include_files", "include_deleted", "include_hidden")
FAILED = ("FAILURE", "REVOKED")


@dataclass(frozen=True, slots=True)
class CrateRequest:
    """A crate that Galaxy packs: where it will be, a secret because no key guards it, and the task that makes it."""

    storage_id: str
    task_id: str


def request_crate(session: Session, invocation_id: str) -> CrateRequest:
    """Have the crate packed, without the files, which are fetched one by one. CrateUnavailable without a queue."""
    path = path_to("invocations", invocation_id, "prepare_store_download")
    wanted = {"model_store_format": "rocrate.zip"} | dict.fromkeys(LEFT_OUT, False)
    try:
        told = session.post(path, wanted)
    except (NotReadable, NotFound, AnswerNotUnderstood) as problem:
        raise CrateUnavailable(f"Galaxy does not pack its own RO-Crate of this run: {problem}") from None
    try:
        return CrateRequest(str(told["storage_request_id"]), str(told["task"]["id"]))
    except (TypeError, KeyError):
        raise CrateUnavailable(
            f"{session.base} does not say where its RO-Crate of this run will be."
        ) from None


def fetch_crate(
    session: Session,
    request: CrateRequest,
    write: BinaryIO,
    *,
    limit: int,
    patience: float,
    clock: Callable[[], float] = time.monotonic,
) -> Downloaded:
    """Wait for the crate, for ``patience`` seconds at most, and fetch it."""
    _wait(session, request, patience, clock)
    try:
        return Download(session, path_to("short_term_storage", request.storage_id), write, limit).fetch()
    except (NotReadable, NotFound, AnswerNotUnderstood, SourceUnavailable, TooLarge) as problem:
        raise CrateUnavailable(f"Galaxy's own RO-Crate of this run cannot be fetched: {problem}") from None


def _wait(session: Session, request: CrateRequest, patience: float, clock: Callable[[], float]) -> None:
    deadline, pause = clock() + patience, FIRST_LOOK
    while not _is_ready(session, request):
        if clock() + pause > deadline:
            raise CrateUnavailable(
                f"{session.base} did not pack its own RO-Crate of this run within {patience:.0f} seconds; its task "
                "queue may be busy, or not running."
            )
        session.rest(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _is_ready(session: Session, request: CrateRequest) -> bool:
    """A crate that failed is said to be ready, and one that nobody packs never is: its task knows."""
    state = _state(session, request)
    if state in FAILED:
        raise CrateUnavailable(f"{session.base} failed to pack its own RO-Crate of this run.")
    return session.get(path_to("short_term_storage", request.storage_id, "ready")) is True and state in (
        "SUCCESS",
        "",
    )


def _state(session: Session, request: CrateRequest) -> str:
    try:
        return str(session.get(path_to("tasks", request.task_id, "state")) or "").strip('"')
    except (NotFound, NotReadable):
        return ""
