"""The files of a run, whichever datasets they belong to: as one sees a directory."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from common.errors import Conflict, InvalidInput, RegistryError, Violation
from data_management.models import DataFile
from data_management.records import FileStatus
from workflows.models import WorkflowRunDataset
from workflows.run_file_globs import LONGEST, regex_of


class Gone(RegistryError):
    """The content of a file cannot be had here, and waiting does not help."""

    status = 410
    code = "gone"


def links_of(run_id: UUID, user: Any) -> QuerySet:
    """What the run's datasets are to it, as far as ``user`` may see both."""
    return WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run_id)


def files_of(run_id: UUID, user: Any, data_types: tuple[str, ...] = ()) -> QuerySet:
    """The files of these datasets, each once; ``place`` is the path in the run, or the name where there is none."""
    links = links_of(run_id, user)
    links = links.filter(data_type__in=data_types) if data_types else links
    files = DataFile.objects.filter(dataset__in=links.values("dataset")).select_related("dataset")
    return files.annotate(place=Coalesce(NullIf("path", Value("")), F("name")))


def matching(files: QuerySet, glob: str) -> QuerySet:
    """Those whose path fits a pattern; InvalidInput for one that is too long."""
    if len(glob) > LONGEST:
        raise InvalidInput([Violation("path", f"must have at most {LONGEST} characters")])
    return files.filter(place__regex=regex_of(glob, atomic=connection.vendor == "sqlite"))


def data_types_of(run_id: UUID, user: Any, files: list[DataFile]) -> dict[UUID, list[str]]:
    """What each dataset of these files is to the run."""
    links = links_of(run_id, user).filter(dataset__in={file.dataset_id for file in files})
    told: dict[UUID, list[str]] = {}
    for dataset, data_type in links.order_by("data_type").values_list("dataset_id", "data_type"):
        told.setdefault(dataset, []).append(data_type)
    return told


def is_held(file: DataFile) -> bool:
    """Whether the registry says that it has the content."""
    return file.status == FileStatus.ONLINE and bool(file.storage_key)


def why_not(file: DataFile) -> str:
    """Why a file cannot be downloaded, in a sentence; empty where it can."""
    if is_held(file):
        return ""
    if file.status == FileStatus.NEW:
        return "The file is on its way: try again when its transfer is done."
    if file.status == FileStatus.ERROR:
        return f"The file could not be taken in: {file.error or 'its content is damaged.'}"
    if file.status == FileStatus.ONLINE:
        return "The registry keeps a reference only: the content lies where it was registered from."
    return f"The registry never took the content in. {file.error}".rstrip()


def must_be_held(file: DataFile, *, is_stored: bool) -> None:
    """Gone, with the reason, where the content cannot be had; Conflict where it is still on its way."""
    if file.status == FileStatus.NEW:
        raise Conflict(why_not(file))
    if not is_held(file):
        raise Gone(why_not(file))
    if not is_stored:
        raise Gone("The registry took the content in, but its storage has lost it.")
