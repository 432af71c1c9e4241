"""What the registry knows already: contents, wherever they are; a run; and the files of that run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from run_directories.registering.registry import Registry

AT_ONCE = 5000  # the registry takes 10,000
PAGE = 500
# Every empty file has this content: it says nothing about where one comes from.
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of the registry. ``file_count`` says how many files its dataset has."""

    id: str
    sha256: str
    dataset: str
    dataset_name: str = ""
    file_count: int = 0
    path: str = ""
    uri: str = ""
    status: str = ""


def known_files(
    api: Registry, contents: Iterable[str], tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, KnownFile]:
    """For each SHA-256 that the registry knows, the best file that has it; ``tell`` hears how far the asking is."""
    wanted = sorted(set(contents) - {"", EMPTY})
    found: dict[str, KnownFile] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = api.post("data-management/datafiles/known/", {"sha256": wanted[start : start + AT_ONCE]})
        found.update((row["sha256"], _known(row)) for row in rows)
        tell(min(start + AT_ONCE, len(wanted)), len(wanted))
    return found


def run_of_origin(api: Registry, source: str, external_id: str, group: str) -> dict[str, Any] | None:
    """The group's run that came from there, whole; None if it is not known or has no identity there."""
    if not external_id:
        return None
    asked = {"source": source, "external_id": external_id, **({"owned_by": group} if group else {})}
    rows = list(api.pages("workflows/workflowruns/", fields="id", **asked))
    return api.get(f"workflows/workflowruns/{rows[0]['id']}/") if rows else None


def files_of_run(api: Registry, run: str) -> list[KnownFile]:
    """All files of the datasets of a run."""
    columns = "id,sha256,dataset,path,uri,status"
    rows = api.pages("data-management/datafiles/", workflowrun=run, fields=columns, page_size=PAGE)
    return [_known(row) for row in rows]


def links_of_run(api: Registry, run: str) -> list[dict[str, Any]]:
    """What is associated with a run: ``{"id", "dataset", "data_type"}`` each."""
    columns = "id,dataset,data_type"
    return list(api.pages("workflows/workflowrundatasets/", workflowrun=run, fields=columns, page_size=PAGE))


def parts_of_run(api: Registry, run: str, part: str) -> list[dict[str, Any]]:
    """The run's ``parameters``, ``steps`` or ``jobs``, in their order."""
    return list(api.pages(f"workflows/workflowruns/{run}/{part}/", page_size=PAGE))


def collection_of_run(api: Registry, run: str, name: str) -> str:
    """The id of the collection of this name that holds datasets of the run; empty if there is none."""
    for row in api.pages("data-management/datasetcollections/", name=name, fields="id,name"):
        held = {"collection": row["id"], "workflowrun": run, "fields": "id", "page_size": 1}
        if row["name"] == name and api.get("data-management/datasets/", **held)["results"]:
            return str(row["id"])
    return ""


def _known(row: dict[str, Any]) -> KnownFile:
    names = ("dataset", "dataset_name", "path", "uri", "status")
    told = {name: str(row.get(name) or "") for name in names}
    return KnownFile(str(row["id"]), str(row["sha256"]), file_count=int(row.get("file_count") or 0), **told)
