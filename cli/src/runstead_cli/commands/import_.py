"""Runs that the server fetches from other systems: asked for by their addresses, listed, stopped, tried again."""

from difflib import get_close_matches
from typing import Any

import click

from runstead_cli.filters import OF_IMPORTS
from runstead_cli.grouping import GroupWithDefault
from runstead_cli.importing.asking import ask, asking_options
from runstead_cli.importing.credentials import credentials
from runstead_cli.importing.following import COLUMNS, show_table
from runstead_cli.importing.sources import sources
from runstead_cli.listing import list_options, show_list
from runstead_cli.naming import IMPORTS, find_import_id
from runstead_cli.session import Session, pass_session

FROM_ANYWHERE = "workflows/workflowruns/import/"
FROM_GALAXY = "workflows/workflowruns/import_from_galaxy/"


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--source", help="Where they are from, if the addresses do not say it: reana, torc, wes, …")
@click.option("--server", help="A server's base address, where a URL is only what the server calls the run.")
@asking_options
@pass_session
def from_anywhere(
    session: Session, urls: tuple[str, ...], group: str | None, wait: bool, **options: Any
) -> None:
    """Import runs, by their addresses as they stand in the browser or in the source's API.

    Where an address is from is recognised; `runstead import sources` shows examples. Ctrl-C ends the waiting, not
    the import. `runstead import status` says how far imports are.
    """
    if not (options["server"] or options["source"]):
        _must_be_addresses(urls)
    ask(session, FROM_ANYWHERE, urls, group, wait, options)


@click.group(cls=GroupWithDefault, default=from_anywhere, help=from_anywhere.help)
def command() -> None:
    """Import runs, or one of the commands below."""


@command.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--outputs", type=click.Choice(["labelled", "all"]), help="Which outputs are told.")
@asking_options
@pass_session
def galaxy(session: Session, urls: tuple[str, ...], group: str | None, wait: bool, **options: Any) -> None:
    """Import runs from Galaxy, by their addresses as they stand in the browser.

    A URL is that of an invocation, or that of a history or a workflow, for all of its invocations. Ctrl-C ends
    the waiting, not the import. `runstead import status` says how far imports are.
    """
    ask(session, FROM_GALAXY, urls, group, wait, options)


command.add_command(sources)


@command.command()
@click.argument("ids", metavar="[IMPORT]...", nargs=-1)
@list_options(OF_IMPORTS)
@pass_session
def status(session: Session, ids: tuple[str, ...], **given: Any) -> None:
    """Say how far imports are; without any, list them, the newest first.

    An IMPORT is named by its id, at least the first eight characters of it, or by the address that was imported.
    """
    if not ids:
        return show_list(session, IMPORTS, OF_IMPORTS, given, COLUMNS)
    return _show(session, [session.api.get(_path(session, one)) for one in ids])


@command.command()
@click.argument("ids", metavar="IMPORT...", nargs=-1, required=True)
@pass_session
def cancel(session: Session, ids: tuple[str, ...]) -> None:
    """Stop imports; what is recorded stays."""
    _show(session, [session.api.post(f"{_path(session, one)}cancel/") for one in ids])


@command.command()
@click.argument("ids", metavar="IMPORT...", nargs=-1, required=True)
@pass_session
def retry(session: Session, ids: tuple[str, ...]) -> None:
    """Try imports again that failed, were stopped, or left files behind."""
    _show(session, [session.api.post(f"{_path(session, one)}retry/") for one in ids])


command.add_command(credentials)


def _path(session: Session, text: str) -> str:
    return f"{IMPORTS}{find_import_id(session.api, text)}/"


def _show(session: Session, imports: list[dict[str, Any]]) -> None:
    session.output.result(imports, lambda: show_table(session.output, imports))


def _must_be_addresses(words: tuple[str, ...]) -> None:
    """A misspelt command is not sent to the server as an address."""
    for word in words:
        if ":" in word or "/" in word:
            continue
        if word in command.commands:
            raise click.UsageError(f"The command comes before its options: runstead import {word} …")
        close = get_close_matches(word, command.commands, n=1)
        hint = f"Did you mean {close[0]}?" if close else "An identifier needs --server."
        raise click.UsageError(f"{word} is neither an address nor a command. {hint}")
