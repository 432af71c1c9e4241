"""A dropbox with files in it, and registrations of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from tests.conftest import Api
from tests.factories import a_dataset, a_version, a_workflow
from workflows.models import WorkflowVersion

REGISTER = "/api/v2/data-management/datasetcollections/register/"


@pytest.fixture
def run_dir(dropbox: Path) -> Path:
    """A run's directory in Ada's dropbox, with two results."""
    results = dropbox / "WorkflowRun" / "results"
    results.mkdir(parents=True)
    (results / "counts.tsv").write_text("gene\tcount\nTP53\t31\n")
    (results / "table.csv").write_text("a,b\n1,2\n")
    return dropbox / "WorkflowRun"


@pytest.fixture
def version(ada: User) -> WorkflowVersion:
    """A version of a workflow of Ada's."""
    return a_version(a_workflow(ada))


@pytest.fixture
def example(run_dir: Path, version: WorkflowVersion, ada: User) -> dict[str, Any]:
    """The example of the specification, with real ids and paths."""
    return {
        "input_dir": str(run_dir),
        "workflowrun": {
            "name": "Analysis Run 2024-01-15",
            "workflowversion": str(version.pk),
            "run_command": "snakemake --cores 8 --use-conda",
            "run_environment": "GNU/Linux 5.4.0-x86_64",
            "status": "SUCCESS",
            "started_at": "2024-01-15T10:00:00Z",
            "completed_at": "2024-01-15T12:30:00Z",
            "new": True,
        },
        "collections": [
            {"id": "input-collection", "name": "Input Files"},
            {"id": "output-collection", "name": "Results"},
        ],
        "datasets": [
            {
                "collection": "input-collection",
                "id": str(a_dataset(ada, "Known reads").pk),
                "new": False,
                "data_type": "INPUT",
            },
            {
                "collection": "output-collection",
                "name": "Final Results",
                "data_type": "OUTPUT",
                "new": True,
                "datafiles": [{"name": "counts.tsv", "uri": "results/counts.tsv", "type": "tsv"}],
            },
        ],
        "owned_by": str(ada.primary_group_id),
    }


@pytest.fixture
def with_files(run_dir: Path) -> Callable[..., dict[str, Any]]:
    """Makes a registration of one dataset with these files; more keys go into the body."""

    def body(*uris: str, **more: Any) -> dict[str, Any]:
        files = [{"uri": uri} if isinstance(uri, str) else uri for uri in uris]
        dataset = {"name": "Results", "new": True, "datafiles": files}
        return {"input_dir": str(run_dir), "datasets": [dataset], **more}

    return body


@pytest.fixture
def register(ada: User) -> Callable[..., Any]:
    """Posts a registration as Ada, or as somebody else."""

    def post(body: Any, user: User | None = None, query: str = "", **headers: str) -> Any:
        return Api(user or ada).post(f"{REGISTER}{query}", body, headers=headers)

    return post
