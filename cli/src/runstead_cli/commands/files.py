"""The files of a run, as one sees a directory: listed, and downloaded one by one or as a zip archive."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from runstead_cli.bringing import bring_all
from runstead_cli.downloads import check_archive, fetch
from runstead_cli.errors import Failure, NotFound
from runstead_cli.filters import OF_FILES, as_params
from runstead_cli.listing import list_options, show_list
from runstead_cli.naming import RUNS, find_id
from runstead_cli.output import size
from runstead_cli.session import Session, pass_session

COLUMNS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "PATH": lambda file: file["path"],
    "TYPE": lambda file: ", ".join(file["data_types"]),
    "SIZE": lambda file: size(file["size"]),
    "STATUS": lambda file: file["status"],
    "SHA-256": lambda file: file["sha256"][:12],
    "DATASET": lambda file: file["dataset"]["name"],
}


@click.command()
@click.argument("run")
@click.argument("glob", required=False)
@click.option("--download", "directory", type=click.Path(file_okay=False, path_type=Path),
              help="Fetch them below this directory, which is made if it is not there.")  # fmt: skip
@click.option("--zip", "archive", type=click.Path(dir_okay=False, path_type=Path),
              help="Fetch them as this zip archive.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace an archive that is there.")
@list_options(OF_FILES)
@pass_session
def command(
    session: Session,
    run: str,
    glob: str | None,
    directory: Path | None,
    archive: Path | None,
    force: bool,
    **given: Any,
) -> None:
    """List the files of a RUN, all or those whose path fits GLOB, and download them.

    GLOB is results/*.bam, **/*.log, or *.bam for any folder; quote it. What is there already is not fetched again,
    what broke off goes on, and every SHA-256 is compared. An archive is checked whole.
    """
    path = f"{RUNS}{find_id(session.api, RUNS, run)}/files/"
    if directory and archive:
        raise click.UsageError("Say --download or --zip, not both.")
    also = {"path": glob} if glob else {}
    if directory is None and archive is None:
        return show_list(session, path, OF_FILES, given, COLUMNS, also)
    params = as_params(session.api, OF_FILES, given) | also
    files = _newest(list(session.api.pages(path, **params)))
    if not files:
        raise NotFound("No file of the run fits.")
    if directory:
        return _download(session, path, files, directory)
    return _zip(session, path, files, Path(archive or ""), force=force)


def _newest(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of several files of one path the one that came last, as the API gives it for a path."""
    newest: dict[str, dict[str, Any]] = {}
    for file in files:
        if file["path"] not in newest or newest[file["path"]]["id"] < file["id"]:
            newest[file["path"]] = file
    return list(newest.values())


def _download(session: Session, path: str, files: list[dict[str, Any]], directory: Path) -> None:
    held = [file for file in files if file["is_downloadable"]]
    bring_all(session, held, directory, lambda file: f"{path}{file['id']}/content/")
    lost = [file for file in files if not file["is_downloadable"]]
    if lost:
        lines = "\n".join(f"  {file['path']}: {file['why_not']}" for file in lost)
        raise Failure(f"The registry does not hold {len(lost)} of {len(files)} files:\n{lines}")


def _zip(session: Session, path: str, files: list[dict[str, Any]], archive: Path, *, force: bool) -> None:
    if archive.exists() and not force:
        raise Failure(f"{archive} is there already; --force replaces it.")
    wanted = {"ids": [file["id"] for file in files]}
    asked = partial(session.api.request, "POST", f"{path}zip/", json=wanted, stream=True)
    with session.output.progress(archive.name) as bar:
        fetch(session, lambda headers: asked(headers=headers), archive, bar, check_archive)
    lost = [file for file in files if not file["is_downloadable"]]
    told = {"path": str(archive), "size": archive.stat().st_size, "files": len(files) - len(lost)}
    session.output.result(told, lambda: session.output.line(f"{archive}  {size(archive.stat().st_size)}"))
    if lost:
        raise Failure(
            f"The registry does not hold {len(lost)} of {len(files)} files; LEFT-OUT.txt in the archive names them."
        )
