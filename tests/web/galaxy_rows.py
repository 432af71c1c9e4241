"""Rows for the pages that concern Galaxy: a server, an import, a run with its invocation and what Galaxy has of it."""

from typing import Any

from django.utils import timezone

from galaxy_import.models import GalaxyDataset
from run_import.models import ImportedRun, RunImport, RunServer
from tests.factories import owned
from tests.web.rows import a_run
from workflows.models import WorkflowRun

URL = "https://galaxy.example.org"
INVOCATION = "351a9b2758cde034"
ADDRESS = f"{URL}/workflows/invocations/{INVOCATION}"


def a_server(url: str = URL, **facts: Any) -> RunServer:
    """A listed server."""
    return RunServer.objects.get_or_create(
        source="galaxy", url=url, defaults={"name": "Galaxy Example", **facts}
    )[0]


def a_galaxy_import(user: Any, **facts: Any) -> RunImport:
    """An import of an invocation that waits."""
    given = {"server": facts.pop("server", None) or a_server(), "url": ADDRESS, "external_id": INVOCATION}
    return RunImport.objects.create(**{**given, **owned(user), **facts})


def a_galaxy_run(user: Any, **facts: Any) -> WorkflowRun:
    """A run that was imported from the server."""
    environment = {"engine": "Galaxy", "history": {"name": "Lung samples"}}
    about = {"source": "galaxy", "source_url": ADDRESS, "external_id": "u-1", "run_environment": environment}
    run = a_run(user, **{"is_imported": True, **about, **facts})
    ImportedRun.objects.create(
        workflowrun=run,
        server=a_server(),
        external_id=INVOCATION,
        uuid=run.external_id,
        container_id="f2db41e1fa331b3e",
        state="scheduled",
        asked_at=timezone.now(),
    )
    return run


def galaxy_data(run: WorkflowRun, number: int = 0, **facts: Any) -> GalaxyDataset:
    """An output of the run as Galaxy has it."""
    given = {
        "server": a_server(),
        "src": "hda",
        "galaxy_id": f"{number:016x}",
        "data_type": "OUTPUT",
        "position": number,
        "label": f"output {number}",
        "name": f"Filter on data {number}",
        "state": "ok",
        "condition": "READY",
        "size": 1000,
        "extension": "tabular",
        "hashes": {"MD5": "ab" * 16, "SHA-256": "cd" * 32},
        "url": f"{URL}/datasets/{number:016x}",
    }
    return GalaxyDataset.objects.create(workflowrun=run, **{**given, **facts})


def a_collection_of(run: WorkflowRun, elements: int, number: int = 100) -> GalaxyDataset:
    """A collection with so many elements."""
    about = {"src": "hdca", "collection_type": "list", "element_count": elements, "size": None, "hashes": {}}
    collection = galaxy_data(run, number, label="reads", **about)
    for place in range(elements):
        inside = {"collection": collection, "label": f"sample {place}", "position": place}
        galaxy_data(run, 1000 * number + place, **inside)
    return collection
