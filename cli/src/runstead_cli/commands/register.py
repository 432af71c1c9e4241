"""Registering: runs from their directories, crates, datasets and collections."""

from pathlib import Path
from typing import Any

import click

from runstead_cli.registering.deciding import Choices
from runstead_cli.registering.directory import chosen, sniffed
from runstead_cli.registering.options import explicit_fields, overrides_of, said_options, where_options
from runstead_cli.registering.wfrun import nothing_happened, register_run
from runstead_cli.session import Session, pass_session

DIRECTORY = click.Path(exists=True, path_type=Path)


@click.group()
def command() -> None:
    """Register a run, a crate, a dataset or a collection."""


@command.command()
@click.argument("directory", type=DIRECTORY)
@click.option("--engine", default="", help="Read it as this engine's; see `runstead sniff`.")
@click.option(
    "--run", default="", metavar="NAME|N", help="Which run, where it holds several; 1 is the newest."
)
@said_options
@where_options
@pass_session
def wfrun(session: Session, directory: Path, engine: str, run: str, **given: Any) -> None:
    """Register the run that an engine left in a DIRECTORY.

    The plan is shown first and can be corrected by options, or by a runstead.yaml in the directory. Registering it
    again sends only what is new.
    """
    with nothing_happened(session):
        overrides = overrides_of(directory, given)
        runs = sniffed(directory, engine or overrides.engine, bool(overrides.patterns))
        found = chosen(runs, run, session.output)
    if found.source == "rocrate":
        from runstead_cli.registering.crates import register_crate

        register_crate(session, directory, given)
        return
    choices = Choices(given["transfer"], given["public"], explicit_fields(overrides))
    register_run(session, found, overrides, directory, choices, given)
