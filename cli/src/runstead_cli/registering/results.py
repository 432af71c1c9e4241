"""What came of a registration, for people and for scripts; and whether its files came."""

from typing import Any

import click

from runstead_cli.errors import FAILED
from runstead_cli.output import size
from runstead_cli.registering.following import follow
from runstead_cli.session import Session

TRANSFERS = "data-management/transfers/"
MOST_SHOWN = 10


def finish(session: Session, answer: dict[str, Any], page: str, *, wait: bool) -> dict[str, Any]:
    """Follow the transfer to its end; the answer with how it ended."""
    transfer = answer.get("transfer")
    for warning in answer.get("warnings", ()):
        session.output.warn(warning)
    if transfer and wait:
        path = f"{TRANSFERS}{transfer['id']}/"
        answer = {**answer, "transfer": follow(session, path, "Taking files in", page)}
    return {**answer, "page": page}


def say_how_it_went(session: Session, answer: dict[str, Any], query: dict[str, str]) -> None:
    """A line on the files, one for each that failed, and the page; exit code 1 where a file did not come."""
    transfer: dict[str, Any] | None = answer.get("transfer")
    if transfer is None:
        return
    if transfer["state"] in ("PENDING", "RUNNING"):
        session.output.say(f"{transfer['files_total']} files follow in the background.")
        return
    count = f"{transfer['files_done']} of {transfer['files_total']} files"
    session.output.say(f"{count} ({size(transfer['bytes_done'])}) are there.")
    if transfer["files_failed"] or transfer["state"] != "DONE":
        _say_what_failed(session, transfer, query)
        raise click.exceptions.Exit(FAILED)


def _say_what_failed(session: Session, transfer: dict[str, Any], query: dict[str, str]) -> None:
    rows = session.api.get(
        "data-management/datafiles/", status="ERROR", page_size=MOST_SHOWN, fields="path,error", **query
    )
    if transfer["error"]:
        session.output.warn(transfer["error"])
    for row in rows["results"]:
        session.output.warn(f"{row['path']}: {row['error']}")
    if transfer["files_failed"] > MOST_SHOWN:
        session.output.warn(f"… and {transfer['files_failed'] - MOST_SHOWN} more files")
    session.output.say("Mend what is wrong and register again: only what failed is sent.")
