"""The graph of a run, for programs that draw graphs."""

from pathlib import Path

import click

from runstead_cli.errors import Failure
from runstead_cli.naming import RUNS, find_id
from runstead_cli.session import Session, pass_session

KINDS = ("jobs", "files", "parameters", "steps")
FORMATS = ("dot", "mermaid", "json")


@click.command()
@click.argument("run")
@click.option("--kind", type=click.Choice(KINDS), default="jobs", show_default=True,
              help="Jobs; jobs with files or parameters; or steps, which are fewer.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(FORMATS), default="dot", show_default=True,
              help="For Graphviz, for Mermaid, or as data.")  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write it to."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@pass_session
def command(session: Session, run: str, kind: str, form: str, output: Path | None, force: bool) -> None:
    """Draw what in a RUN came after what.

    An arrow is only what is recorded. A picture: runstead graph RUN | dot -Tsvg > run.svg
    """
    if output and output.exists() and not force:
        raise Failure(f"{output} is there already; --force replaces it.")
    path = f"{RUNS}{find_id(session.api, RUNS, run)}/graph/"
    if session.output.json or form == "json":
        form = "json"
    answer = session.api.request("GET", path, params={"kind": kind, "format": form})
    if output is None and form == "json":
        session.output.data(answer.json())
    elif output is None:
        session.output.line(answer.content.decode("utf-8").rstrip("\n"))
    else:
        output.write_bytes(answer.content)
        session.output.say(f"{output}  {len(answer.content)} B")
