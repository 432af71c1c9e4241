"""Registering: runs from their directories, crates, datasets and collections."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from run_directories.registering.deciding import Choices
from runstead_cli.registering.directory import chosen, sniffed
from runstead_cli.registering.options import explicit_fields, overrides_of, said_options, where_options
from runstead_cli.registering.wfrun import nothing_happened, register_run
from runstead_cli.session import Session, pass_session

PATH = click.Path(exists=True, path_type=Path)


def of_data(command: Callable[..., Any]) -> Callable[..., Any]:
    """What can be said of data without a run."""
    description = click.option("--description", default="", help="What is in it.")
    kind = click.option(
        "--type", "dataset_type", default="generic", show_default=True, help="The kind of data."
    )
    return description(kind(command))


@click.group()
def command() -> None:
    """Register a run, a crate, a dataset or a collection."""


@command.command()
@click.argument("directory", type=PATH)
@click.option("--engine", default="", help="Read it as this engine's; see `runstead sniff`.")
@click.option(
    "--run", default="", metavar="NAME|N", help="Which run, where it holds several; 1 is the newest."
)
@said_options
@where_options
@pass_session
def wfrun(session: Session, directory: Path, engine: str, run: str, **given: Any) -> None:
    """Register the run that an engine left in a DIRECTORY, or that the file of an export tells of.

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
    root = (
        directory if directory.is_dir() else directory.parent
    )  # the file of an export lies beside the run's files
    register_run(session, found, overrides, root, choices, given)


@command.command("wfrun_crate")
@click.argument("crate", type=PATH)
@click.option("--group", default="", metavar="NAME", help="The group that it is for, else your primary one.")
@click.option("--public", is_flag=True, help="Everybody who is signed in may see the run.")
@click.option("--yes", "-y", is_flag=True, help="Without asking.")
@click.option("--dry-run", is_flag=True, help="Only look whether it can be a crate.")
@click.option("--no-wait", is_flag=True, help="Do not wait until it is imported.")
@pass_session
def wfrun_crate(session: Session, crate: Path, **given: Any) -> None:
    """Register the run that a Workflow Run RO-Crate tells of.

    CRATE is a zip, a folder or an ro-crate-metadata.json. What lies in your dropbox is taken from there, everything
    else is sent. The same crate again is the same run.
    """
    from runstead_cli.registering.crates import register_crate

    register_crate(session, crate, given)


@command.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATH)
@click.option("--name", default="", help="The dataset's name, else that of the first file.")
@of_data
@where_options
@pass_session
def dataset(session: Session, files: tuple[Path, ...], **given: Any) -> None:
    """Register FILEs as one dataset, without a run.

    Files whose contents make up a dataset already are not registered again.
    """
    from runstead_cli.registering.data import register_dataset

    register_dataset(session, files, given)


@command.command()
@click.argument("directory", type=PATH)
@click.option("--name", default="", help="The collection's name, else that of the directory.")
@click.option("--pattern", multiple=True, default=("*",), metavar="GLOB", help="Which files are taken; all.")
@click.option("--ignore", multiple=True, metavar="GLOB", help="Files to leave out.")
@of_data
@where_options
@pass_session
def collection(session: Session, directory: Path, **given: Any) -> None:
    """Register the files of a DIRECTORY as datasets of one collection.

    Files that belong together, such as both mates of a sample or an index with what it indexes, are one dataset.
    Registering it again adds what is new.
    """
    from runstead_cli.registering.data import register_collection

    register_collection(session, directory, given)
