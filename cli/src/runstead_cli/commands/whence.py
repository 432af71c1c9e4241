"""Where files come from: their content is looked up, whatever they are called and wherever they lie."""

import re
from pathlib import Path
from typing import Any

import click

from run_directories.hashing import hash_files
from runstead_cli.errors import NOT_FOUND, Failure
from runstead_cli.family import Family
from runstead_cli.output import size
from runstead_cli.session import Session, pass_session

WHENCE = "data-management/datafiles/whence/"
CHECKSUM = re.compile(r"[0-9a-fA-F]{64}")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--depth", type=click.IntRange(1), help="How many runs to go back, at most.")
@click.option("--limit", type=click.IntRange(1), help="How many runs and datasets to tell of, at most.")
@click.option("--down", is_flag=True, help="What came of it, instead of where it comes from.")
@pass_session
def command(
    session: Session, files: tuple[str, ...], depth: int | None, limit: int | None, down: bool
) -> None:
    """Say where FILEs come from: the runs that made them, what these took in, and what made that.

    Only the content counts; a SHA-256 will do instead of a file. Exit code 4 if the registry does not know one.
    """
    direction = "down" if down else "up"
    asked = {name: value for name, value in (("depth", depth), ("limit", limit)) if value is not None}
    found = [
        _found(session, name, content, {"direction": direction, **asked})
        for name, content in _contents(session, files).items()
    ]
    session.output.result(found, lambda: _show_all(session, found, direction))
    for one in found:
        if not one["lineage"]:
            session.output.say(f"{one['file']}: {one['whence']['message']}")
    if not all(one["lineage"] for one in found):
        raise click.exceptions.Exit(NOT_FOUND)


def _contents(session: Session, files: tuple[str, ...]) -> dict[str, str]:
    """The SHA-256 of each, by what it was called."""
    paths = [Path(name) for name in files if not _is_checksum(name)]
    for path in paths:
        if not path.is_file():
            raise Failure(f"{path} is no file; name files, or a SHA-256.")
    total = sum(path.stat().st_size for path in paths)
    with session.output.progress("Reading files", total) as bar:
        digests = hash_files(paths, on_progress=lambda progress: bar.update(progress.size))
    unread = next((path for path in paths if path not in digests), None)
    if unread:
        raise Failure(f"{unread} cannot be read; look at its permissions.")
    return {name: name.lower() if _is_checksum(name) else digests[Path(name)].sha256 for name in files}


def _is_checksum(name: str) -> bool:
    return bool(CHECKSUM.fullmatch(name)) and not Path(name).exists()


def _found(session: Session, name: str, content: str, asked: dict[str, Any]) -> dict[str, Any]:
    known = session.api.get(WHENCE, sha256=content)
    first = next(iter(known["results"]), None)
    # Files with the same content are one datum: the lineage of any of them is that of all.
    lineage = session.api.get(f"data-management/datafiles/{first['id']}/lineage/", **asked) if first else None
    return {"file": name, "sha256": content, "whence": known, "lineage": lineage}


def _show_all(session: Session, found: list[dict[str, Any]], direction: str) -> None:
    for one in found:
        _show(session, one, direction)


def _show(session: Session, found: dict[str, Any], direction: str) -> None:
    if not found["lineage"]:
        return
    known = found["whence"]["results"][0]
    tree = Family(found["lineage"], direction).tree(f"{found['file']} ({size(known['size'])})")
    session.output.tree(tree)
    if not tree.children:
        session.output.line(_no_runs(found, direction))
    if found["whence"]["hidden"]:
        session.output.say(f"{found['whence']['hidden']} more files with this content are not yours to see.")


def _no_runs(found: dict[str, Any], direction: str) -> str:
    """The file is known, but from no run on this side."""
    known = found["whence"]["results"][0]
    where = f"Known as {known['path'] or known['name']} of the dataset {known['dataset']['name']}"
    if direction == "down":
        return f"{where}; no run used it."
    used = sum(one["used_by"]["count"] for one in found["whence"]["results"])
    return f"{where}; no run made it" + (f", {used} used it." if used else ".")
