"""Runs that the server fetches from elsewhere: asked for, waited for, listed, stopped."""

from collections.abc import Sequence
from typing import Any

import click

from runstead_cli.errors import Failure
from runstead_cli.naming import find_group
from runstead_cli.output import Output, minute
from runstead_cli.progress import Bar
from runstead_cli.session import Session, pass_session
from runstead_cli.waiting import SECONDS, goes_on_without_us

IMPORTS = "workflows/galaxyimports/"
ENDED = {"DONE", "FAILED", "CANCELLED"}
OPTIONS = ("create_datasets", "outputs", "download", "rocrate", "follow", "public")


@click.group()
def command() -> None:
    """Have the server fetch runs from elsewhere."""


@command.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--create-datasets/--no-create-datasets", default=None, help="Make datasets of inputs and outputs."
)
@click.option("--outputs", type=click.Choice(["labelled", "all"]), help="Which outputs are told.")
@click.option("--download/--no-download", default=None, help="Fetch their contents; makes datasets, too.")
@click.option("--rocrate/--no-rocrate", default=None, help="Keep Galaxy's own RO-Crate as the run's.")
@click.option("--follow/--no-follow", default=None, help="Ask again until the run has ended.")
@click.option("--public/--no-public", default=None, help="Show the run to everyone who is signed in.")
@click.option("--group", help="The group that is to own it, by name or id; your primary one if not said.")
@click.option("--wait", is_flag=True, help="Wait until all are done; exit code 1 if one failed.")
@pass_session
def galaxy(session: Session, urls: tuple[str, ...], group: str | None, wait: bool, **options: Any) -> None:
    """Import runs from Galaxy, by their addresses as they stand in the browser.

    A URL is that of an invocation, or that of a history or a workflow, for all of its invocations. Ctrl-C ends
    the waiting, not the import. `runstead import status` says how far imports are.
    """
    imports = session.api.post(
        "workflows/workflowruns/import_from_galaxy/", _body(session, urls, group, options)
    )
    imports = imports["results"]
    for one in imports:
        session.output.say(f"{one['url']}: import {one['id']}")
    if wait:
        with goes_on_without_us(session, f"The server goes on importing. {_how_to_see(imports)}"):
            imports = [_until_ended(session, one) for one in imports]
    _tell(session, imports, wait)


@command.command()
@click.argument("ids", metavar="[IMPORT]...", nargs=-1)
@pass_session
def status(session: Session, ids: tuple[str, ...]) -> None:
    """Say how far imports from Galaxy are; without ids, the last fifty."""
    if ids:
        imports = [session.api.get(f"{IMPORTS}{one}/") for one in ids]
    else:
        imports = session.api.get(IMPORTS, page_size=50)["results"]
    session.output.result(imports, lambda: _table(session.output, imports))


@command.command()
@click.argument("ids", metavar="IMPORT...", nargs=-1, required=True)
@pass_session
def cancel(session: Session, ids: tuple[str, ...]) -> None:
    """Stop imports from Galaxy; what is recorded stays."""
    told = [session.api.post(f"{IMPORTS}{one}/cancel/") for one in ids]
    session.output.result(told, lambda: _table(session.output, told))


@command.command()
@click.argument("ids", metavar="IMPORT...", nargs=-1, required=True)
@pass_session
def retry(session: Session, ids: tuple[str, ...]) -> None:
    """Try imports again that failed, were stopped, or left files behind."""
    told = [session.api.post(f"{IMPORTS}{one}/retry/") for one in ids]
    session.output.result(told, lambda: _table(session.output, told))


def _body(
    session: Session, urls: Sequence[str], group: str | None, options: dict[str, Any]
) -> dict[str, Any]:
    body: dict[str, Any] = {"urls": list(urls)}
    body |= {name: options[name] for name in OPTIONS if options[name] is not None}
    if body.get("download") and "create_datasets" not in body:
        body["create_datasets"] = True
    if group:
        body["owned_by"] = find_group(session.api, group)
    return body


def _until_ended(session: Session, wanted: dict[str, Any]) -> dict[str, Any]:
    with session.output.progress(wanted["url"], unit="jobs") as bar:
        while True:
            wanted = session.api.get(f"{IMPORTS}{wanted['id']}/")
            _draw(bar, wanted)
            if wanted["state"] in ENDED and not open_children(wanted):
                return wanted
            session.pause(SECONDS)


def open_children(wanted: dict[str, Any]) -> int:
    """How many of the imports that a history or a workflow made go on."""
    return sum(count for state, count in wanted["children"].items() if state not in ENDED)


def _draw(bar: Bar, wanted: dict[str, Any]) -> None:
    children = wanted["children"]
    if children:
        all_of_them = sum(children.values())
        bar.update(all_of_them - open_children(wanted), all_of_them, "runs")
        return
    done = sum(wanted[f"{what}_done"] or 0 for what in ("steps", "jobs", "files"))
    total = sum(wanted[f"{what}_total"] or 0 for what in ("steps", "jobs", "files"))
    bar.update(done, total or None, (wanted["phase"] or wanted["state"]).lower())


def _how_to_see(imports: list[dict[str, Any]]) -> str:
    return f"runstead import status {' '.join(one['id'] for one in imports)}"


def _tell(session: Session, imports: list[dict[str, Any]], waited: bool) -> None:
    session.output.result(imports, lambda: _lines(session, imports) if waited else None)
    failed = [one for one in imports if one["state"] == "FAILED" or one["children"].get("FAILED")]
    if waited and failed:
        raise Failure(f"{len(failed)} of {len(imports)} imports failed.")
    if not waited:
        session.output.say(f"The server imports now. {_how_to_see(imports)}")


def _lines(session: Session, imports: list[dict[str, Any]]) -> None:
    for one in imports:
        session.output.line(f"{one['url']}  {one['state']}")
        if one["workflowrun"]:
            session.output.line(f"  {session.api.page('runs/' + one['workflowrun'] + '/')}")
        for line in filter(None, [one["error"], one["what_to_do"], *one["warnings"]]):
            session.output.warn(line)


def _table(output: Output, imports: list[dict[str, Any]]) -> None:
    rows = [
        [one["id"], one["state"], minute(one["created"]), one["workflowrun"], one["url"]] for one in imports
    ]
    output.table(["ID", "STATE", "ASKED FOR (UTC)", "RUN", "URL"], rows)
