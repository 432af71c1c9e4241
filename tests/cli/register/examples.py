"""A directory that no engine left, and what the registry has of it."""

from pathlib import Path
from typing import Any

from common.models import HistoryEvent
from data_management.models import CollectionItem, DataFile, Dataset, DatasetCollection, FileTransfer
from workflows.models import (
    JobFileLink,
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowVersion,
)

YAML = """\
name: Counted samples
status: SUCCESS
started_at: 2026-03-04T10:00:00Z
completed_at: 2026-03-04T10:05:00Z
run_command: sh count.sh
workflow:
  name: Count
  engine: OTHER
parameters:
  k: 31
patterns:
  input: data/*.txt
  output: results/*
  log: logs/
  workflow: count.sh
ignore: ["*.tmp"]
"""


def a_directory(place: Path) -> Path:
    """What a pipeline of no known engine left, with a runstead.yaml beside it."""
    files = {
        "runstead.yaml": YAML,
        "count.sh": "sort data/*.txt | uniq -c\n",
        "data/a.txt": "a\nb\n",
        "data/b.txt": "c\n",
        "results/counts.tsv": "a\t2\nb\t1\n",
        "results/half.tmp": "no",
        "logs/count.log": "counted\n",
    }
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content)
    return place


def rows_of_registry() -> dict[str, int]:
    """How many rows there are of all that a registration could make."""
    kinds: tuple[Any, ...] = (
        Workflow, WorkflowVersion, WorkflowFile, WorkflowRun, WorkflowRunDataset, WorkflowRunJob, JobFileLink, Dataset,
        DatasetCollection, CollectionItem, DataFile, FileTransfer, HistoryEvent,
    )  # fmt: skip
    return {kind.__name__: kind._base_manager.count() for kind in kinds}


def only_run() -> WorkflowRun:
    """The one run that there is."""
    return WorkflowRun.objects.get()


def paths_of(run: WorkflowRun, data_type: str) -> list[str]:
    """The paths of the files that a run has under a data type."""
    links = run.dataset_links.filter(data_type=data_type)
    return sorted(links.values_list("dataset__datafiles__path", flat=True))
