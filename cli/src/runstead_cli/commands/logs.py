"""The logs of a run and of its jobs: listed, read, searched, followed."""

from typing import Any

import click

from runstead_cli.errors import NotFound
from runstead_cli.naming import RUNS, find_id
from runstead_cli.reading_logs.choosing import Choice, Log
from runstead_cli.reading_logs.following import follow_logs
from runstead_cli.reading_logs.showing import list_logs, search_logs, show_logs
from runstead_cli.session import Session, pass_session


@click.command()
@click.argument("run")
@click.option(
    "--job", "jobs", multiple=True, help="Of this job: its name or id, here or at the source; more than once."
)
@click.option("--name", help="Of this name: stdout, stderr, engine.")
@click.option("--failed", is_flag=True, help="Of the jobs that failed.")
@click.option("--of-run", is_flag=True, help="Of the run as a whole, not of its jobs.")
@click.option("--tail", type=click.IntRange(0), help="The last lines alone.")
@click.option("--search", help="The lines that hold this text, in upper or lower case.")
@click.option(
    "--context", type=click.IntRange(0, 20), default=0, help="So many lines around what --search finds."
)
@click.option("--follow", "-f", is_flag=True, help="Go on with what is added, until the run has ended.")
@click.option("--list", "only_list", is_flag=True, help="Say which there are, not what is in them.")
@click.option("--all", "everything", is_flag=True, help="Read all of them.")
@click.option("--colours", is_flag=True, help="With the colours that a log has.")
@pass_session
def command(
    session: Session,
    run: str,
    tail: int | None,
    search: str | None,
    context: int,
    follow: bool,
    colours: bool,
    only_list: bool,
    everything: bool,
    **which: Any,
) -> None:
    """Read the logs of a RUN: one, or several each under its title.

    Of a run with several logs they are listed, until --job, --name, --failed, --of-run, --tail or --all says which
    to read.
    """
    choice = Choice(find_id(session.api, RUNS, run), **which)
    if search is not None:
        return search_logs(session, choice, search, context)
    if follow:
        return follow_logs(session, choice, tail=tail, colours=colours)
    logs = choice.lister(session.api)()
    if not logs:
        raise NotFound("The run has no such log." if choice.is_narrow else "The run has no logs.")
    wants_text = choice.is_narrow or everything or tail is not None or len(logs) == 1
    if wants_text and not only_list:
        return show_logs(session, choice.path, logs, tail=tail, colours=colours)
    return _list(session, logs, has_more=not only_list)


def _list(session: Session, logs: list[Log], *, has_more: bool) -> None:
    session.output.result(logs, lambda: list_logs(session.output, logs))
    if has_more and not session.output.json:
        session.output.say("Say which to read: --job, --name, --failed, --of-run, or --all.")
