"""How far imports are: waited for with a bar, and told with what can be done where one failed."""

from collections.abc import Callable
from typing import Any

from runstead_cli.errors import Failure
from runstead_cli.naming import IMPORTS
from runstead_cli.output import Output, minute
from runstead_cli.progress import Bar
from runstead_cli.session import Session
from runstead_cli.waiting import SECONDS

ENDED = {"DONE", "FAILED", "CANCELLED"}
FOR_CREDENTIALS = {"key_refused", "key_unreadable", "not_readable"}
PARTS = ("steps", "jobs", "files")

Import = dict[str, Any]
COLUMNS: dict[str, Callable[[Import], Any]] = {
    "ID": lambda one: one["id"],
    "SOURCE": lambda one: one["source"],
    "STATE": lambda one: one["state"],
    "ASKED FOR (UTC)": lambda one: minute(one["created"]),
    "RUN": lambda one: one["workflowrun"],
    "URL": lambda one: one["url"] or one["external_id"],
}


def until_ended(session: Session, wanted: Import) -> Import:
    """Ask until an import, and those that it made, have ended."""
    with session.output.progress(wanted["url"] or wanted["external_id"], unit="parts") as bar:
        while True:
            wanted = session.api.get(f"{IMPORTS}{wanted['id']}/")
            _draw(bar, wanted)
            if wanted["state"] in ENDED and not open_children(wanted):
                return wanted
            session.pause(SECONDS)


def open_children(wanted: Import) -> int:
    """How many of the imports that one of many runs made go on."""
    return sum(count for state, count in wanted["children"].items() if state not in ENDED)


def show_imports(session: Session, imports: list[Import], *, waited: bool) -> None:
    """Tell what came of them; Failure if one of those that were waited for failed."""
    session.output.result(imports, lambda: _lines(session, imports) if waited else None)
    failed = [one for one in imports if one["state"] == "FAILED" or one["children"].get("FAILED")]
    if waited and failed:
        raise Failure(f"{len(failed)} of {len(imports)} imports failed.")


def show_table(output: Output, imports: list[Import]) -> None:
    """A row for each, and below them what went wrong."""
    rows = [[cell(one) for cell in COLUMNS.values()] for one in imports]
    output.table(list(COLUMNS), rows)
    for one in imports:
        _warn(output, one)


def _draw(bar: Bar, wanted: Import) -> None:
    if children := wanted["children"]:
        all_of_them = sum(children.values())
        bar.update(all_of_them - open_children(wanted), all_of_them, "runs")
        return
    done = sum(wanted[f"{what}_done"] or 0 for what in PARTS)
    total = sum(wanted[f"{what}_total"] or 0 for what in PARTS)
    bar.update(done, total or None, (wanted["phase"] or wanted["state"]).lower())


def _lines(session: Session, imports: list[Import]) -> None:
    for one in imports:
        session.output.line(f"{one['url'] or one['external_id']}  {one['state']}")
        if one["workflowrun"]:
            session.output.line(f"  {session.api.page('runs/' + one['workflowrun'] + '/')}")
        _warn(session.output, one)


def _warn(output: Output, one: Import) -> None:
    for line in filter(None, [one["error"], one["what_to_do"], *one["warnings"]]):
        output.warn(line)
    if one["error_code"] in FOR_CREDENTIALS:
        output.say(
            f"To store yours: runstead import credentials {one['server']['id']}; "
            f"then: runstead import retry {one['id']}"
        )
