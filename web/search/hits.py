"""What a search shows of one record, whatever its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from data_management.models import DataFile, Dataset, DatasetCollection
from web.templatetags.runs import NAMELESS, engine_name, filesize
from workflows.models import Workflow, WorkflowFile, WorkflowRun, WorkflowVersion


@dataclass(frozen=True, slots=True)
class Hit:
    """One line: what it is called, where its page is, and by what it is told from others of that name."""

    title: str
    address: str
    word: str = ""
    status: str = ""
    about: str = ""
    when: datetime | None = None


def hit_of(row: Any) -> Hit:
    """The line of a record."""
    return LINES[type(row)](row)


def _run(row: WorkflowRun) -> Hit:
    version = row.workflowversion
    about = f"{engine_name(version.workflow.workflow_manager)} · {_title(version)}" if version else ""
    when = row.started_at or row.created
    return Hit(row.name or NAMELESS, reverse("web:run", args=[row.pk]), "Run", row.status, about, when)


def _workflow(row: Workflow) -> Hit:
    about = engine_name(row.workflow_manager)
    return Hit(row.name, reverse("web:workflow", args=[row.pk]), "Workflow", about=about, when=row.created)


def _version(row: WorkflowVersion) -> Hit:
    about = engine_name(row.workflow.workflow_manager)
    return Hit(_title(row), reverse("web:version", args=[row.pk]), "Version", about=about, when=row.created)


def _title(version: WorkflowVersion) -> str:
    return f"{version.workflow.name} {version.name}"


def _workflow_file(row: WorkflowFile) -> Hit:
    address = reverse("web:workflow-file", args=[row.pk])
    return Hit(row.path, address, "Workflow file", about=_title(row.workflowversion), when=row.created)


def _dataset(row: Dataset) -> Hit:
    files = f"{row.file_count:,} file{'' if row.file_count == 1 else 's'}"
    about = files if row.size is None else f"{files} · {filesize(row.size)}"
    address = reverse("web:dataset", args=[row.pk])
    return Hit(row.name, address, "Dataset", row.status, about, row.created)


def _collection(row: DatasetCollection) -> Hit:
    address = reverse("web:collection", args=[row.pk])
    return Hit(row.name, address, "Collection", when=row.created)


def _file(row: DataFile) -> Hit:
    size = "" if row.size is None else f" · {filesize(row.size)}"
    address, about = reverse("web:file", args=[row.pk]), f"in {row.dataset.name}{size}"
    return Hit(row.name, address, "File", row.status, about, row.created)


LINES: dict[type[Any], Callable[[Any], Hit]] = {
    WorkflowRun: _run,
    Workflow: _workflow,
    WorkflowVersion: _version,
    WorkflowFile: _workflow_file,
    Dataset: _dataset,
    DatasetCollection: _collection,
    DataFile: _file,
}
