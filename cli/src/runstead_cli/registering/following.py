"""Waiting for work that the server does in the background, and telling how far it is."""

from typing import Any

from runstead_cli.session import Session
from runstead_cli.waiting import goes_on_without_us

ENDED = ("DONE", "FAILED", "CANCELLED")
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds


def follow(session: Session, path: str, label: str, page: str) -> dict[str, Any]:
    """The background work at a path of the API, once it has ended. Ctrl-C stops the waiting, not the work."""
    pause = FIRST_PAUSE
    goes_on = f"No longer waiting; the server goes on by itself: {page}"
    with goes_on_without_us(session, goes_on), session.output.progress(label) as bar:
        while True:
            work: dict[str, Any] = session.api.get(path)
            bar.update(work.get("bytes_done") or 0, work.get("bytes_total") or None, _note(work))
            if work["state"] in ENDED:
                return work
            session.pause(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)


def _note(work: dict[str, Any]) -> str:
    if work.get("phase"):
        return str(work["phase"]).lower()
    total = work.get("files_total")
    return f"{work['files_done']} of {total} files" if total and work["files_done"] < total else ""
