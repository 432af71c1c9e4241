"""Datasets: listed, shown, downloaded."""

from pathlib import Path, PurePosixPath
from typing import Any

import click

from runstead_cli.downloads import fetch, must_have_sha256, sha256_of
from runstead_cli.errors import Failure
from runstead_cli.filters import OF_DATASETS
from runstead_cli.listing import list_options, show_list
from runstead_cli.naming import DATASETS, RUNS, find
from runstead_cli.output import Output, minute, moment, size
from runstead_cli.session import Session, pass_session
from runstead_cli.waiting import goes_on_without_us

FILES = "data-management/datafiles/"
COLUMNS = {
    "ID": lambda dataset: dataset["id"],
    "NAME": lambda dataset: dataset["name"],
    "FILES": lambda dataset: dataset["file_count"],
    "SIZE": lambda dataset: size(dataset["size"]),
    "STATUS": lambda dataset: dataset["status"],
    "CREATED (UTC)": lambda dataset: minute(dataset["created"]),
}


@click.group()
def command() -> None:
    """List, show and download datasets.

    A DATASET is named by its id, at least the first eight characters of it, its name, or the address of its page.
    """


@command.command("list")
@list_options(OF_DATASETS)
@pass_session
def list_datasets(session: Session, **given: Any) -> None:
    """List the datasets that you may see, the newest first."""
    show_list(session, DATASETS, OF_DATASETS, given, COLUMNS)


@command.command()
@click.argument("dataset")
@pass_session
def show(session: Session, dataset: str) -> None:
    """Show a dataset: its files, and the runs that used or produced it."""
    api = session.api
    found = dict(api.get(f"{DATASETS}{find(api, DATASETS, dataset)['id']}/"))
    found["page"] = api.page(f"datasets/{found['id']}/")
    found["datafiles"] = list(api.pages(FILES, dataset=found["id"]))
    found["runs"] = {
        role: [{"id": run["id"], "name": run["name"]} for run in api.pages(RUNS, **{role: found["id"]})]
        for role in ("produced", "used")
    }
    session.output.result(found, lambda: _show(session.output, found))


@command.command()
@click.argument("dataset")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), default=".",
              help="The directory; made if it is not there.")  # fmt: skip
@click.option(
    "--file", "wanted", multiple=True, help="This file alone, by its name or path; more than once for more."
)
@pass_session
def download(session: Session, dataset: str, output: Path, wanted: tuple[str, ...]) -> None:
    """Download the files of a dataset, each below its own path.

    What is there already is not fetched again. What broke off goes on. Every SHA-256 is compared.
    """
    found = find(session.api, DATASETS, dataset)
    files = _chosen(list(session.api.pages(FILES, dataset=found["id"])), wanted, found["name"])
    held = [file for file in files if file["status"] == "ONLINE"]
    places = [(file, output / _place(file)) for file in held]
    told = [_bring(session, file, place) for file, place in places]
    session.output.result(told, lambda: _tell(session.output, told))
    if len(held) < len(files):
        lost = "\n".join(
            f"  {file['name']}: {file['status']} {file['error']}".rstrip()
            for file in files
            if file not in held
        )
        raise Failure(f"The registry does not hold {len(files) - len(held)} of {len(files)} files:\n{lost}")


def _chosen(files: list[dict[str, Any]], wanted: tuple[str, ...], dataset: str) -> list[dict[str, Any]]:
    names = {word for file in files for word in (file["name"], file["path"])}
    for name in wanted:
        if name not in names:
            raise Failure(f"{dataset} has no file {name}; it has: {', '.join(sorted(filter(None, names)))}")
    return [file for file in files if not wanted or {file["name"], file["path"]} & set(wanted)]


def _place(file: dict[str, Any]) -> PurePosixPath:
    """Its path in the run; its name where that would lead out of the directory."""
    path = PurePosixPath(file["path"] or file["name"])
    if path.is_absolute() or ".." in path.parts or not path.name:
        path = PurePosixPath(PurePosixPath(file["name"]).name)
    if path.name in ("", "..") or "\0" in str(path):
        raise Failure(f"A file of this dataset has no name that can be used here: {file['id']}")
    return path


def _bring(session: Session, file: dict[str, Any], place: Path) -> dict[str, Any]:
    told = {
        "id": file["id"],
        "path": str(place),
        "size": file["size"],
        "sha256": file["sha256"],
        "fetched": True,
    }
    if place.is_file() and file["sha256"] and sha256_of(place) == file["sha256"]:
        return told | {"fetched": False}
    if place.exists():
        raise Failure(
            f"{place} is there already and is another file; move it away, or choose another directory."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    address = f"{FILES}{file['id']}/download/"
    kept = goes_on_without_us(session, "What has arrived is kept; the same command goes on from there.")
    with kept, session.output.progress(file["name"], file["size"]) as bar:
        fetch(
            session,
            lambda headers: session.api.stream(address, headers),
            place,
            bar,
            must_have_sha256(file["sha256"]),
        )
    return told


def _tell(output: Output, told: list[dict[str, Any]]) -> None:
    for one in told:
        output.line(f"{one['path']}  {size(one['size'])}" + ("" if one["fetched"] else "  (was there)"))


def _show(output: Output, found: dict[str, Any]) -> None:
    facts = [
        ("Dataset", found["name"]), ("Id", found["id"]), ("Page", found["page"]),
        ("Description", found["description"]), ("Type", found["dataset_type"]), ("Status", found["status"]),
        ("Size", size(found["size"])), ("Owner", found["owner"] and found["owner"]["username"]),
        ("Group", found["group"] and found["group"]["name"]), ("Created", moment(found["created"])),
    ]  # fmt: skip
    output.facts(facts)
    output.line("\nFiles")
    rows = [
        [one["path"] or one["name"], size(one["size"]), one["status"], one["sha256"]]
        for one in found["datafiles"]
    ]
    output.table(["PATH", "SIZE", "STATUS", "SHA-256"], rows)
    for role, runs in found["runs"].items():
        if runs:
            output.line(f"\n{role.capitalize()} by")
            output.table(["RUN", "NAME"], [[run["id"], run["name"]] for run in runs])
