"""Registering a crate: the server takes it whole, from the dropbox or as an upload, and reads it itself."""

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from rocrate_packages import PackageRefused, open_package
from runstead_cli.errors import FAILED, Failure
from runstead_cli.naming import find_group
from runstead_cli.output import size
from runstead_cli.registering.following import follow
from runstead_cli.session import Session

IMPORT = "workflows/workflowruns/import_rocrate/"
IMPORTS = "workflows/rocrateimports/"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no time before; the same folder makes the same bytes


def register_crate(session: Session, crate: Path, given: dict[str, Any]) -> None:
    """Look at the crate, ask, have it imported, and say what came of it."""
    count, total = _checked(crate)
    session.output.say(f"{crate} is an RO-Crate with {count} files ({size(total)}).")
    if given["dry_run"]:
        _end(session, {"dry_run": True, "files": count, "size": total}, "Nothing was registered (--dry-run).")
        return
    if not given["yes"]:
        session.output.confirm("Have the server import it?")
    work = _begun(session, crate, given)
    if not given["no_wait"]:
        page = session.api.page(f"runs/imports/{work['id']}/")
        work = follow(session, f"{IMPORTS}{work['id']}/", "Importing", page)
    _tell(session, work)


def _checked(crate: Path) -> tuple[int, int]:
    """How many files it has and their bytes; Failure with the reason where the server would refuse it."""
    try:
        with open_package(crate) as package:
            return len(package.names), sum(entry.size for entry in package.names.values())
    except PackageRefused as problem:
        raise Failure(f"{crate}: {problem}") from problem


def _begun(session: Session, crate: Path, given: dict[str, Any]) -> dict[str, Any]:
    """The import, begun: where the crate lies in the dropbox it is only named, else it is sent."""
    api = session.api
    group = find_group(api, given["group"]) if given["group"] else ""
    if _is_in_dropbox(session, crate, group):
        body = {
            "path": os.path.realpath(crate),
            "public": given["public"],
            **({"owned_by": group} if group else {}),
        }
        work: dict[str, Any] = api.post(IMPORT, body)
        return work
    fields = {"public": str(given["public"]).lower(), **({"owned_by": group} if group else {})}
    with _packed(crate) as file, session.output.progress("Sending") as bar:
        work = api.upload(IMPORT, file, fields, progress=lambda done, total: bar.update(done, total))
    return work


def _is_in_dropbox(session: Session, crate: Path, group: str) -> bool:
    real = os.path.realpath(crate)
    boxes = session.api.get("data-management/dropbox/")
    roots = [os.path.realpath(box["path"]) for box in boxes if not group or box["group"] == group]
    return any(real.startswith(root.rstrip("/") + "/") for root in roots)


@contextmanager
def _packed(crate: Path) -> Iterator[Path]:
    """The crate as one file; a folder is packed, the same each time."""
    if crate.is_file() and crate.suffix != ".json":
        yield crate
        return
    with tempfile.TemporaryDirectory(prefix="runstead-") as place:
        archive = Path(place) / f"{crate.resolve().name}.crate.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, path in _members(crate):
                info = zipfile.ZipInfo(name, EARLIEST)
                info.compress_type = zipfile.ZIP_DEFLATED
                with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as target:
                    while piece := source.read(1 << 20):
                        target.write(piece)
        yield archive


def _members(crate: Path) -> Iterator[tuple[str, Path]]:
    if crate.is_file():
        yield crate.name, crate
        return
    for path in sorted(crate.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(crate).as_posix(), path


def _tell(session: Session, work: dict[str, Any]) -> None:
    """The warnings, and the page of what came of it; exit code 1 where nothing did."""
    output = session.output
    for warning in work["warnings"]:
        output.warn(f"{warning['entity']}: {warning['message']}" if warning["entity"] else warning["message"])
    page = _page(session, work)
    output.result({**work, "page": page}, lambda: output.line(page))
    if work["state"] in ("PENDING", "RUNNING"):
        output.say("The import goes on in the background.")
    elif work["state"] != "DONE":
        output.say(f"Error: The crate was not imported: {work['error'] or work['state'].lower()}")
        raise click.exceptions.Exit(FAILED)


def _page(session: Session, work: dict[str, Any]) -> str:
    if work["workflowrun"]:
        return session.api.page(f"runs/{work['workflowrun']}/")
    if work["workflowversion"]:
        version = session.api.get(f"workflows/workflowversions/{work['workflowversion']}/")
        return session.api.page(f"workflows/{version['workflow']}/")
    return session.api.page(f"runs/imports/{work['id']}/")


def _end(session: Session, told: dict[str, Any], sentence: str) -> None:
    session.output.result(told, lambda: session.output.say(sentence))
