"""Datasets: listed, shown, downloaded."""

from pathlib import Path
from typing import Any

import click

from runstead_cli.bringing import bring_all
from runstead_cli.errors import Failure
from runstead_cli.filters import OF_DATASETS
from runstead_cli.listing import list_options, show_list
from runstead_cli.naming import DATASETS, RUNS, find
from runstead_cli.output import Output, minute, moment, size
from runstead_cli.session import Session, pass_session

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
    bring_all(session, held, output, lambda file: f"{FILES}{file['id']}/download/")
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
