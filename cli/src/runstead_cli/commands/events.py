"""What happened in a run, in the order in which the registry heard of it."""

from typing import Any

import click

from runstead_cli.filters import OF_EVENTS, as_params, filter_options
from runstead_cli.following import each_look
from runstead_cli.naming import RUNS, find_id
from runstead_cli.output import Output, moment
from runstead_cli.session import Session, pass_session

Event = dict[str, Any]
COLUMNS = ["AT", "LEVEL", "TYPE", "JOB", "MESSAGE"]


@click.command()
@click.argument("run")
@click.option("--tail", type=click.IntRange(0), default=50, show_default=True, help="The last ones.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--after", type=click.IntRange(0), help="Those behind this cursor, the sequence of an event.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens, until the run has ended.")
@filter_options(OF_EVENTS)
@pass_session
def command(
    session: Session, run: str, tail: int, everything: bool, after: int | None, follow: bool, **given: Any
) -> None:
    """Say what happened in a RUN.

    With --follow and --json each event is a line of JSON as soon as it is known.
    """
    run_id = find_id(session.api, RUNS, run)
    path, params = f"{RUNS}{run_id}/events/", as_params(session.api, OF_EVENTS, given)
    if after is not None or everything:
        found = list(session.api.pages(path, **params, after=after or 0))
    else:
        found = _last(session, path, params, tail)
    if not follow:
        session.output.result(found, lambda: session.output.table(COLUMNS, map(_row, found)))
        if not found:
            session.output.say("Nothing fits.")
        return
    cursor = found[-1]["sequence"] if found else _end(session, path)
    _tell(session.output, found)
    for _ in each_look(session, run_id):
        new = list(session.api.pages(path, **params, after=cursor))
        _tell(session.output, new)
        cursor = new[-1]["sequence"] if new else cursor


def _last(session: Session, path: str, params: dict[str, Any], count: int) -> list[Event]:
    found: list[Event] = []
    if count:
        for event in session.api.pages(path, **params, ordering="-sequence", page_size=min(count, 200)):
            found.append(event)
            if len(found) == count:
                break
    return found[::-1]


def _end(session: Session, path: str) -> int:
    return int(session.api.get(f"{path}latest/")["cursor"])


def _tell(output: Output, events: list[Event]) -> None:
    """Line by line: nobody knows how wide what comes later will be."""
    for event in events:
        if output.json:
            output.json_line(event)
        else:
            output.line("  ".join(filter(None, map(str, _row(event)))))


def _row(event: Event) -> list[Any]:
    what = event["type"] or event["category"]
    return [moment(event["at"]), event["level"], what, event["job_external_id"], event["message"]]
