"""Long chains and wide fans of runs, made in bulk."""

from typing import Any

from data_management.models import DataFile, Dataset
from workflows.models import WorkflowRun, WorkflowRunDataset, WorkflowVersion


def a_chain(user: Any, length: int, version: WorkflowVersion | None = None) -> list[Dataset]:
    """Datasets of which each was made from the one before by a run of its own."""
    datasets = datasets_of(user, "link", length + 1)
    runs = runs_of(user, "chained run", length, version)
    link(user, runs, datasets[:-1], "INPUT")
    link(user, runs, datasets[1:], "OUTPUT")
    return datasets


def a_fan(user: Any, root: Dataset, width: int) -> list[WorkflowRun]:
    """Runs that all use one dataset, each making a dataset of its own."""
    runs = runs_of(user, "fanned run", width)
    link(user, runs, [root] * width, "INPUT")
    link(user, runs, datasets_of(user, "fanned", width), "OUTPUT")
    return runs


def datasets_of(user: Any, name: str, many: int) -> list[Dataset]:
    """Datasets with one file each, all of different content."""
    facts = {"owner": user, "owned_by": user.default_group(), "status": "ONLINE", "file_count": 1}
    made = Dataset.objects.bulk_create(Dataset(name=f"{name} {number}", **facts) for number in range(many))
    DataFile.objects.bulk_create(
        DataFile(
            dataset=one, name=f"{one.name}.txt", position=0, size=1, sha256=one.pk.hex * 2, status="ONLINE"
        )
        for one in made
    )
    return made


def runs_of(user: Any, name: str, many: int, version: WorkflowVersion | None = None) -> list[WorkflowRun]:
    """Runs that went well."""
    facts = {"owner": user, "owned_by": user.default_group(), "status": "SUCCESS", "workflowversion": version}
    return WorkflowRun.objects.bulk_create(
        WorkflowRun(name=f"{name} {number}", **facts) for number in range(many)
    )


def link(user: Any, runs: list[WorkflowRun], datasets: list[Dataset], data_type: str) -> None:
    """Say of each run what the dataset at its place was to it."""
    WorkflowRunDataset.objects.bulk_create(
        WorkflowRunDataset(workflowrun=run, dataset=dataset, data_type=data_type, owner=user)
        for run, dataset in zip(runs, datasets, strict=True)
    )
