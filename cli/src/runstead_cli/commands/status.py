"""How a run stands, what it may become, and how it stood; and saying how it stands."""

from typing import Any

import click

from runstead_cli.errors import ApiError, Refused
from runstead_cli.filters import RUN_STATUSES, when
from runstead_cli.naming import RUNS, find_id
from runstead_cli.output import Output, moment
from runstead_cli.session import Session, pass_session

OF_RUNS = [status for status in RUN_STATUSES if status != "SKIPPED"]  # only a step or a job is skipped


@click.command()
@click.argument("run")
@click.option(
    "--set", "wanted", type=click.Choice(OF_RUNS, case_sensitive=False), help="The status that it takes."
)
@click.option("--reason", help="Why it is corrected; stays in the history.")
@click.option("--message", help="Why the run stands as it does: why it failed.")
@click.option("--completed-at", metavar="TIME", type=when, help="When it ended, if not now; with --set.")
@click.option("--history", is_flag=True, help="Every status that it took, with who said so and why.")
@pass_session
def command(session: Session, run: str, wanted: str | None, history: bool, **facts: Any) -> None:
    """Say how a RUN stands and what it may become; with --set, change it.

    What the table of transitions does not allow is a correction, and takes a --reason. So does every change by hand
    of a run that was imported: importing it again brings it up to date.
    """
    path = f"{RUNS}{find_id(session.api, RUNS, run)}/status/"
    given = {name: value for name, value in facts.items() if value is not None}
    if wanted is None and given:
        raise click.UsageError(f"--{next(iter(given)).replace('_', '-')} goes with --set.")
    told = _changed(session, path, {"status": wanted, **given}) if wanted else session.api.get(path)
    if history:
        told["history"] = list(session.api.pages(f"{path}history/"))
    session.output.result(told, lambda: _show(session.output, told))


def _changed(session: Session, path: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(session.api.put(path, wanted))
    except ApiError as error:
        if error.status != 409 or "allowed" not in error.more:
            raise
        raise Refused(f"{error.message}\n{_instead(error.more)}", 409, error.errors, error.more) from error


def _instead(more: dict[str, Any]) -> str:
    """What would be allowed."""
    free = ", ".join(more["allowed"]) or "nothing"
    with_reason = ", ".join(more.get("allowed_with_reason") or []) or "nothing"
    return f"  allowed after {more.get('from', 'this')}: {free}\n  with --reason: {with_reason}"


def _show(output: Output, told: dict[str, Any]) -> None:
    basis = told["status_basis"]
    output.facts([
        ("Run", told["workflowrun"]),
        ("Status", told["status"] + ("" if basis == "REPORTED" else f" ({basis})")),
        ("At its source", told["source_status"]),
        ("Source", "no longer has the run" if told["source_deleted"] else ""),
        ("Message", told["message"]),
        ("Since", moment(told["since"])),
        ("Started", moment(told["started_at"])),
        ("Ended", moment(told["completed_at"])),
        ("Last event", moment(told["latest_event_at"])),
        ("Jobs", ", ".join(f"{count} {status}" for status, count in told["jobs"].items())),
        ("May become", ", ".join(told["allowed"])),
        ("With --reason", ", ".join(told["allowed_with_reason"])),
    ])  # fmt: skip
    if "history" in told:
        output.line("\nHistory")
        rows = [
            [moment(one["at"]), one["status"], one["by"] and one["by"]["username"], one["reason"]]
            for one in told["history"]
        ]
        output.table(["AT", "STATUS", "BY", "REASON"], rows)
