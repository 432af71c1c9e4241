"""Runs that take from each other, in a few words."""

import hashlib
from typing import Any

from data_management.models import DataFile, Dataset
from tests.factories import a_dataset, a_link, a_run, owned
from workflows.models import WorkflowRun, WorkflowRunDataset


def digest(text: str) -> str:
    """The SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def holding(user: Any, *contents: str, name: str = "", **facts: Any) -> Dataset:
    """A dataset with one file for each content, which is the file's name as well."""
    dataset = a_dataset(user, name or "+".join(contents), **facts)
    for content in contents:
        a_named_file(dataset, content, content)
    return dataset


def a_named_file(dataset: Dataset, name: str, content: str, **facts: Any) -> DataFile:
    """A file whose checksum is known and whose content lies nowhere."""
    given = {
        "sha256": digest(content),
        "md5sum": digest(content)[:32],
        "path": name,
        "size": len(content),
        **facts,
    }
    return DataFile.objects.create(dataset=dataset, name=name, **given)


def ran(user: Any, name: str, used: list[Dataset], made: list[Dataset], **facts: Any) -> WorkflowRun:
    """A run with its inputs and outputs."""
    run = a_run(user, name, **facts)
    for dataset in used:
        a_link(run, dataset, "INPUT")
    for dataset in made:
        a_link(run, dataset, "OUTPUT")
    return run


def a_lattice(user: Any, runs: int) -> list[Dataset]:
    """Runs of which each takes the outputs of the two before it: as many paths as Fibonacci counts. Their outputs."""
    columns = owned(user)
    made = WorkflowRun.objects.bulk_create(
        [WorkflowRun(name=f"run {number}", status="SUCCESS", **columns) for number in range(runs)]
    )
    outputs = Dataset.objects.bulk_create(
        [Dataset(name=f"data {number}", **columns) for number in range(runs)]
    )
    DataFile.objects.bulk_create(
        [DataFile(dataset=one, name="f", sha256=digest(str(one.pk))) for one in outputs]
    )
    links = [
        WorkflowRunDataset(
            workflowrun=run, dataset=outputs[number - back], data_type="INPUT" if back else "OUTPUT"
        )
        for number, run in enumerate(made)
        for back in (0, 1, 2)
        if number >= back
    ]
    WorkflowRunDataset.objects.bulk_create(links)
    return outputs
