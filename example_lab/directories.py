"""Runs that come in as directories: copied into a dropbox, then registered as anybody would."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from data_management.register.services import register
from example_lab.definitions import RUNS
from example_lab.people import Member, dropbox_of
from workflows.models import WorkflowRun, WorkflowVersion

OWNERS = {
    "cwl-sort-count": "ada",
    "cwl-failed-step": "ada",
    "snakemake-ok": "ada",
    "sapporo-cwl-ok": "ada",
    "cwl-exception": "bob",
    "snakemake-failed": "bob",
    "sapporo-cwl-failed": "bob",
    "cwl-one-tool": "eve",
    "sapporo-snakemake-ok": "eve",
    "sapporo-cwl-cancelled": "eve",
}
PUBLIC = {"snakemake-ok"}
FORMATS = {
    ".cwl": ("cwl", "application/x-cwl"),
    ".dot": ("dot", "text/vnd.graphviz"),
    ".fasta": ("fasta", "text/x-fasta"),
    ".json": ("json", "application/json"),
    ".tsv": ("tsv", "text/tab-separated-values"),
    ".yaml": ("yaml", "application/yaml"),
    ".yml": ("yaml", "application/yaml"),
}
PLAIN_TEXT = ("txt", "text/plain")


def copy_directories() -> None:
    """Put every directory into its owner's dropbox; doing so again replaces what is there."""
    for name, owner in OWNERS.items():
        shutil.copytree(RUNS / name, dropbox_of(owner) / name, dirs_exist_ok=True)


def register_directories(
    members: Mapping[str, Member], versions: Mapping[str, WorkflowVersion]
) -> dict[str, WorkflowRun]:
    """Register each directory for its owner; returns the runs by the names of their directories."""
    runs = {}
    for name, owner in OWNERS.items():
        described = json.loads((RUNS / f"{name}.json").read_text())
        body = _body(name, described, members[owner], versions[described["workflow"]])
        done = register(body, members[owner].user)
        assert done.run is not None  # the body names one
        runs[name] = done.run
    return runs


def _body(name: str, described: dict[str, Any], owner: Member, version: WorkflowVersion) -> dict[str, Any]:
    """What a program would send to ``datasetcollections/register/``."""
    directory = dropbox_of(owner.user.username) / name
    return {
        "input_dir": str(directory),
        "owned_by": str(owner.group.pk) if owner.group else "",
        "public": name in PUBLIC,
        "workflowrun": {**described["workflowrun"], "new": True, "workflowversion": str(version.pk)},
        "collections": described["collections"],
        "datasets": [_dataset(one, directory) for one in described["datasets"]],
    }


def _dataset(described: dict[str, Any], directory: Path) -> dict[str, Any]:
    rest = {key: value for key, value in described.items() if key != "files"}
    return {**rest, "new": True, "datafiles": [_file(one, directory) for one in described["files"]]}


def _file(described: str | dict[str, str], directory: Path) -> dict[str, str]:
    """A file is described by its path, or by path and name where the engine kept it under its checksum."""
    path = described if isinstance(described, str) else described["path"]
    name = PurePosixPath(path).name if isinstance(described, str) else described["name"]
    kind, mime_type = _format_of(name)
    return {"name": name, "uri": str(directory / path), "type": kind, "mime_type": mime_type}


def _format_of(name: str) -> tuple[str, str]:
    return FORMATS.get(PurePosixPath(name).suffix, PLAIN_TEXT)
