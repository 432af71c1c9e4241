"""What each engine's reader thinks of a directory."""

from pathlib import Path

import click

from run_directories.findings import Certainty
from run_directories.sniffers import Unreadable, verdicts
from runstead_cli.errors import FAILED, Failure
from runstead_cli.session import Session, pass_session


@click.command()
@click.argument("directory", type=click.Path(exists=True, path_type=Path))
@pass_session
def command(session: Session, directory: Path) -> None:
    """Say what each engine's reader thinks of a DIRECTORY, and why.

    `register wfrun` takes the first one; --engine takes another. Exit code 1 if nobody recognises it.
    """
    try:
        told = [verdict for _, verdict in verdicts(directory)]
    except Unreadable as problem:
        raise Failure(str(problem)) from problem
    rows = [(one.engine, one.certainty.name, one.reason) for one in told]
    session.output.result(
        [dict(zip(("engine", "certainty", "reason"), row, strict=True)) for row in rows],
        lambda: session.output.table(("ENGINE", "CERTAINTY", "REASON"), rows),
    )
    if all(one.certainty == Certainty.NO for one in told):
        session.output.say(f"Nobody recognises {directory}: say in a runstead.yaml there what its files are.")
        raise click.exceptions.Exit(FAILED)
