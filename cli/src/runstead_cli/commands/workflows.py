"""Workflows: listed, shown, added with their files, released."""

from pathlib import Path
from typing import Any

import click

from runstead_cli.errors import Failure
from runstead_cli.filters import ENGINES, OF_WORKFLOWS
from runstead_cli.listing import list_options, show_list
from runstead_cli.naming import VERSIONS, WORKFLOWS, find, find_group
from runstead_cli.output import Output, minute, moment, size
from runstead_cli.session import Session, pass_session
from runstead_cli.workflow_files import TYPES, WorkflowFile, collect

FILES = "workflows/workflowfiles/"
COLUMNS = {
    "ID": lambda workflow: workflow["id"],
    "NAME": lambda workflow: workflow["name"],
    "ENGINE": lambda workflow: workflow["workflow_manager"],
    "REPOSITORY": lambda workflow: workflow["repository_url"],
    "CREATED (UTC)": lambda workflow: minute(workflow["created"]),
}


@click.group()
def command() -> None:
    """List workflows, add and release versions.

    A WORKFLOW is named by its id, at least the first eight characters of it, its name, or the address of its page.
    """


@command.command("list")
@list_options(OF_WORKFLOWS)
@pass_session
def list_workflows(session: Session, **given: Any) -> None:
    """List the workflows that you may see, the newest first."""
    show_list(session, WORKFLOWS, OF_WORKFLOWS, given, COLUMNS)


@command.command()
@click.argument("workflow")
@pass_session
def show(session: Session, workflow: str) -> None:
    """Show a workflow with its versions and their files."""
    found = dict(session.api.get(f"{WORKFLOWS}{find(session.api, WORKFLOWS, workflow)['id']}/"))
    found["page"] = session.api.page(f"workflows/{found['id']}/")
    found["versions"] = list(session.api.pages(VERSIONS, workflow=found["id"]))
    for version in found["versions"]:
        version["files"] = list(session.api.pages(FILES, workflowversion=version["id"]))
    session.output.result(found, lambda: _show(session.output, found))


@command.command()
@click.argument("paths", metavar="FILE_OR_DIRECTORY...", nargs=-1, required=True,
                type=click.Path(exists=True, path_type=Path))  # fmt: skip
@click.option("--name", help="The name of a new workflow.")
@click.option(
    "--engine", type=click.Choice(ENGINES, case_sensitive=False), help="Its engine; guessed if not said."
)
@click.option("--workflow", help="Add a version to this workflow instead of making a new one.")
@click.option("--version", "version_name", help="The name of the version.")
@click.option("--main", type=click.Path(path_type=Path), help="The main file; guessed if not said.")
@click.option(
    "--type", "types", metavar="PATH=TYPE", multiple=True, help=f"What a file is: {', '.join(TYPES)}."
)
@click.option("--description", help="What it does.")
@click.option("--license", "license_", help="An SPDX identifier: Apache-2.0.")
@click.option("--repository", help="The address of its repository.")
@click.option("--commit", help="The commit in it.")
@click.option("--engine-version", help="The version of the engine.")
@click.option("--group", help="The group that is to own it, by name or id.")
@click.option("--public", is_flag=True, help="Show it to everyone who is signed in.")
@click.option(
    "--release", "releases", is_flag=True, help="Release the version: its files cannot change any more."
)
@pass_session
def add(
    session: Session, paths: tuple[Path, ...], types: tuple[str, ...], main: Path | None, **given: Any
) -> None:
    """Add a workflow, or a version of one, with its files.

    Of directories all files are taken, but hidden ones. If a file cannot be sent, nothing stays of it all.
    """
    files = collect(paths, main, _types(types))
    if bool(given["name"]) == bool(given["workflow"]):
        raise click.UsageError("Say either --name for a new workflow, or --workflow for a version of one.")
    workflow, is_new = _workflow(session, given, files)
    version = None
    try:
        version = session.api.post(VERSIONS, _version_body(workflow["id"], given))
        _send_files(session, version["id"], files)
        if given["releases"]:
            version = session.api.post(f"{VERSIONS}{version['id']}/release/")
    except BaseException:
        _take_back(session, workflow if is_new else None, version)
        raise
    _tell(session, workflow, version, files)


@command.command()
@click.argument("workflow", metavar="WORKFLOW_OR_VERSION")
@pass_session
def release(session: Session, workflow: str) -> None:
    """Release the open version of a workflow: its files cannot change any more. This cannot be undone."""
    version = session.api.post(f"{VERSIONS}{_open_version(session, workflow)}/release/")
    session.output.result(
        version, lambda: session.output.line(f"Version {version['name'] or version['index']} is released.")
    )


def _types(given: tuple[str, ...]) -> dict[str, str]:
    types = {}
    for one in given:
        path, equals, word = one.rpartition("=")
        if not equals or word.upper() not in TYPES:
            raise click.BadParameter(f"{one}: expected PATH=TYPE, with one of {', '.join(TYPES)}.")
        types[path] = word.upper()
    return types


def _workflow(
    session: Session, given: dict[str, Any], files: list[WorkflowFile]
) -> tuple[dict[str, Any], bool]:
    """The one that is named, or a new one."""
    if given["workflow"]:
        return find(session.api, WORKFLOWS, given["workflow"]), False
    engine = given["engine"] or next(
        (file.engine for file in files if file.type == "MAIN" and file.engine), None
    )
    if not engine:
        raise click.UsageError("Which engine runs it cannot be seen from its files: say --engine.")
    body = {
        "name": given["name"], "workflow_manager": engine, "description": given["description"],
        "license": given["license_"], "repository_url": given["repository"], "public": given["public"],
        "owned_by": find_group(session.api, given["group"]) if given["group"] else None,
    }  # fmt: skip
    return session.api.post(WORKFLOWS, _known(body)), True


def _version_body(workflow: str, given: dict[str, Any]) -> dict[str, Any]:
    return _known({
        "workflow": workflow, "name": given["version_name"], "commit_hash": given["commit"],
        "engine_version": given["engine_version"],
    })  # fmt: skip


def _known(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _send_files(session: Session, version: str, files: list[WorkflowFile]) -> None:
    with session.output.progress("Files", len(files), "files") as bar:
        for number, file in enumerate(files, 1):
            fields = {"workflowversion": version, "path": file.path, "data_type": file.type}
            session.api.upload(FILES, file.place, fields)
            bar.update(number)


def _take_back(session: Session, workflow: dict[str, Any] | None, version: dict[str, Any] | None) -> None:
    """What was made halfway goes into the trash."""
    made = f"{WORKFLOWS}{workflow['id']}/" if workflow else f"{VERSIONS}{version['id']}/" if version else ""
    if not made:
        return
    try:
        session.api.delete(made)
    except Failure as error:
        session.output.warn(f"A version was made halfway and stays there ({error.message})")


def _open_version(session: Session, text: str) -> str:
    """The id of the version that is meant."""
    try:
        workflow = find(session.api, WORKFLOWS, text)
    except Failure:
        return str(find(session.api, VERSIONS, text)["id"])
    for version in session.api.pages(VERSIONS, workflow=workflow["id"], is_committed=False):
        return str(version["id"])
    raise Failure(f"{workflow['name']} has no open version; all are released.")


def _tell(
    session: Session, workflow: dict[str, Any], version: dict[str, Any], files: list[WorkflowFile]
) -> None:
    page = session.api.page(f"workflows/{workflow['id']}/")
    state = "released" if version["is_committed"] else "open"
    line = f"{workflow['name']}, version {version['name'] or version['index']} ({state}), {len(files)} files: {page}"
    value = {"workflow": workflow, "version": version, "files": [file.path for file in files], "page": page}
    session.output.result(value, lambda: session.output.line(line))


def _show(output: Output, found: dict[str, Any]) -> None:
    output.facts([
        ("Workflow", found["name"]), ("Id", found["id"]), ("Page", found["page"]),
        ("Engine", found["workflow_manager"]), ("Description", found["description"]), ("License", found["license"]),
        ("Repository", found["repository_url"]), ("Owner", found["owner"] and found["owner"]["username"]),
        ("Group", found["group"] and found["group"]["name"]),
    ])  # fmt: skip
    for version in found["versions"]:
        state = f"released {moment(version['released_at'])}" if version["is_committed"] else "open"
        output.line(f"\nVersion {version['name'] or version['index']}  {version['id']}  {state}")
        rows = [[file["path"], file["data_type"], size(file["size"])] for file in version["files"]]
        output.table(["PATH", "TYPE", "SIZE"], rows)
