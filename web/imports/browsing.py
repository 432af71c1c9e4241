"""What lies in a person's dropboxes, folder by folder, and which folders look as if an engine had run in them."""

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from data_management.models import Dropbox
from web.deeds import do
from web.requests import SignedInRequest

ON_A_PAGE = 200
MOST_NAMES = 5000  # of a folder, among which a trace is looked for
TRACES = {  # only the names are looked at: what a file holds is read elsewhere, and confined
    ".snakemake": "Snakemake",
    ".nextflow": "Nextflow",
    ".nextflow.log": "Nextflow",
    "pipeline_info": "Nextflow",
    "ro-crate-metadata.json": "RO-Crate",
    "jobs_attrs.txt": "Galaxy",
    "runstead.yaml": "runstead.yaml",
}
RESEARCH_OBJECT = {"bagit.txt", "snapshot", "workflow"}  # what cwltool leaves of a run


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder; ``looks_like`` names the engine whose traces lie in a folder."""

    name: str
    path: str
    is_folder: bool
    size: int | None
    modified: Any
    looks_like: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A part of a folder's entries. ``crumbs`` are the (name, path) of the folders that lead here."""

    path: str
    box: Dropbox
    crumbs: list[tuple[str, str]]
    entries: list[Entry]
    count: int
    number: int
    looks_like: str

    @property
    def name(self) -> str:
        """Its own name."""
        return self.crumbs[-1][0]

    @property
    def quoted(self) -> str:
        """Its path, as it stands in an address."""
        return quote(self.path, safe="")

    @property
    def next_number(self) -> int | None:
        """The next part, None on the last."""
        return self.number + 1 if self.count > self.number * ON_A_PAGE else None

    @property
    def previous_number(self) -> int | None:
        """The part before, None on the first."""
        return self.number - 1 if self.number > 1 else None


class NotThere(Exception):
    """The folder cannot be shown; ``str()`` is a sentence that says why."""


def boxes_of(user: Any) -> list[Dropbox]:
    """The person's dropboxes, one for each group."""
    return list(Dropbox.objects.filter(user=user).select_related("group").order_by("group__name", "pk"))


def folder_at(request: SignedInRequest, path: str, number: int) -> Folder:
    """What lies in a folder, as the API tells it. NotThere."""
    answer = do(request, "GET", f"{reverse('dropbox-browse')}?{urlencode({'path': path})}")
    if not answer.is_done:
        raise NotThere(answer.why)
    real = os.path.realpath(path)
    holding = [box for box in boxes_of(request.user) if _holds(box, real)]
    if not holding:
        raise NotThere("This is in none of your dropboxes.")
    box = max(holding, key=lambda one: len(one.path))
    told = answer.data[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    names = {one["name"] for one in answer.data}
    return Folder(
        real, box, _crumbs(box, real), [_entry(one) for one in told], len(answer.data), number, _like(names)
    )


def _holds(box: Dropbox, real: str) -> bool:
    root = os.path.realpath(box.path)
    return real == root or real.startswith(root.rstrip("/") + "/")


def _crumbs(box: Dropbox, real: str) -> list[tuple[str, str]]:
    root = PurePosixPath(os.path.realpath(box.path))
    found, here = [(f"Dropbox of {box.group.name}", str(root))], root
    for part in PurePosixPath(real).relative_to(root).parts:
        here = here / part
        found.append((part, str(here)))
    return found


def _entry(told: dict[str, Any]) -> Entry:
    modified = parse_datetime(told["modified"]) if told["modified"] else None
    like = _looks_like(told["path"]) if told["is_folder"] else ""
    return Entry(told["name"], told["path"], told["is_folder"], told["size"], modified, like)


def _looks_like(path: str) -> str:
    """By the names in a folder; a folder that was exchanged for a link is not followed."""
    try:
        place = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError):
        return ""
    try:
        with os.scandir(place) as found:
            return _like({one.name for one in islice(found, MOST_NAMES)})
    except OSError:
        return ""
    finally:
        os.close(place)


def _like(names: set[str]) -> str:
    known = next((engine for trace, engine in TRACES.items() if trace in names), "")
    is_cwl = names >= RESEARCH_OBJECT or any(name.endswith(".cwl") for name in names)
    return known or ("CWL" if is_cwl else "")
