"""How complete a run is."""

from typing import Any

import click

from runstead_cli.naming import RUNS, find_id
from runstead_cli.output import Output, minute
from runstead_cli.session import Session, pass_session

LOOKS = ("none", "recorded", "disk")


@click.command()
@click.argument("run")
@click.option("--inputs", type=click.Choice(LOOKS), default="recorded", show_default=True,
              help="Compare inputs with what was registered since, or also with the server's disk.")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Also the files that are there.")
@pass_session
def command(session: Session, run: str, inputs: str, everything: bool) -> None:
    """Say whether all that a RUN declared is there, and which inputs have changed since.

    Exit code 1 if something is absent.
    """
    path = f"{RUNS}{find_id(session.api, RUNS, run)}/completeness/"
    found = session.api.get(path, inputs=inputs)
    session.output.result(found, lambda: _show(session.output, found, everything=everything))
    if found["absent"]:
        raise click.exceptions.Exit(1)


def _show(output: Output, found: dict[str, Any], *, everything: bool) -> None:
    output.line(found["status"])
    for reason in found["reasons"]:
        output.line(f"  {reason}")
    _show_declared(output, found, everything=everything)
    _show_changed(output, found["inputs"]["changed"])
    _show_reruns(output, found)


def _show_declared(output: Output, found: dict[str, Any], *, everything: bool) -> None:
    files = [one for one in found["files"] if everything or one["state"] != "present"]
    if files:
        output.line("\nDeclared")
        rows = [[one["state"], one["data_type"], one["kind"], one["name"], _if(one["optional"], "optional")]
                for one in files]  # fmt: skip
        output.table(["STATE", "TYPE", "KIND", "NAME", ""], rows)
    if found["declared"] > len(found["files"]):
        output.line(f"… {found['declared']} are declared; the first {len(found['files'])} are told.")


def _show_changed(output: Output, changed: list[dict[str, Any]]) -> None:
    if changed:
        output.line("\nChanged inputs")
        rows = [[one["path"] or one["uri"], _content(one["was"]), _content(one["is"]), one["known_from"]]
                for one in changed]  # fmt: skip
        output.table(["PATH", "WAS", "IS", "KNOWN FROM"], rows)


def _show_reruns(output: Output, found: dict[str, Any]) -> None:
    told = [("repeats", found["rerun_of"])] if found["rerun_of"] else []
    told += [("repeated by", one) for one in found["reruns"]]
    if told:
        output.line("\nReruns")
        rows = [[how, one["id"], one["name"], one["status"], minute(one["started_at"])] for how, one in told]
        output.table(["", "RUN", "NAME", "STATUS", "STARTED (UTC)"], rows)
    if found["more_reruns"]:
        output.line("… and more")


def _content(one: dict[str, Any]) -> str:
    checksum = one["sha256"] or one["md5sum"]
    size = "" if one["size"] is None else f"{one['size']} B"
    return f"{checksum[:8]} {size}".strip() or "not known"


def _if(is_so: bool, word: str) -> str:
    return word if is_so else ""
