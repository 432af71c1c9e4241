"""How the conditions of a list of runs read on its chips."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import Group, User
from common.api.filters import TRUTH
from data_management.models import DataFile, Dataset
from web.runs.query import RunQuery
from web.templatetags.runs import STATUS_NAMES, duration, engine_name, exact_time
from workflows.models import Workflow, WorkflowRun, WorkflowVersion

LABELS = {
    "name": "Name",
    "status": "Status",
    "engine": "Engine",
    "workflow": "Workflow",
    "workflowversion": "Version",
    "owner": "Owner",
    "owned_by": "Group",
    "public": "Public",
    "is_imported": "Imported",
    "deleted": "In the trash",
    "started_after": "Started from",
    "started_before": "Started before",
    "completed_after": "Ended from",
    "completed_before": "Ended before",
    "created_after": "Registered from",
    "created_before": "Registered before",
    "modified_after": "Changed from",
    "modified_before": "Changed before",
    "duration_min": "Took at least",
    "duration_max": "Took at most",
    "parameter": "Parameter",
    "tag": "Tag",
    "annotation": "Annotation",
    "checksum": "Checksum",
    "source": "Source",
    "source_status": "Status at the source",
    "rerun_of": "Repeats the run",
    "external_id": "ID at the source",
    "dataset": "Dataset",
    "used": "Used the dataset",
    "produced": "Made the dataset",
    "datafile": "File",
    "search": "Search",
    "ordering": "Order",
}
SEEN: dict[str, Any] = {
    "workflow": Workflow,
    "workflowversion": WorkflowVersion,
    "rerun_of": WorkflowRun,
    "dataset": Dataset,
    "used": Dataset,
    "produced": Dataset,
    "datafile": DataFile,
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, the address of the list without it, and that of the field in which it is changed."""

    name: str
    label: str
    value: str
    without: str
    editor: str

    @property
    def text(self) -> str:
        """All of it: ``Status: Failed or Running``."""
        return self.label if self.name == "deleted" else f"{self.label}: {self.value}"

    @property
    def is_editable(self) -> bool:
        """Whether there is a field for it."""
        return self.name in LABELS and self.name not in ("deleted", "ordering")


def chips_of(query: RunQuery) -> list[Chip]:
    """One for each condition, whichever of its values a run has; the search has a field of its own."""
    values: dict[str, list[str]] = {}
    for name, value in query.conditions:
        if name != "search":
            values.setdefault(name, []).append(said(query, name, value))
    return [
        Chip(
            name, LABELS.get(name, name), " or ".join(said_values), query.without(name), _editor(query, name)
        )
        for name, said_values in values.items()
    ]


def _editor(query: RunQuery, name: str) -> str:
    return f"{reverse('web:run-filters')}{query.having(field=name)}"


def said(query: RunQuery, name: str, value: str) -> str:
    """The value of a condition as people say it; as it stands where it is not understood."""
    if name in query.errors:
        return value
    try:  # what is wrong elsewhere may keep the filters from ever looking at this one
        return _in_words(query, name, value)
    except (ValidationError, ValueError, OverflowError):
        return value


def _in_words(query: RunQuery, name: str, value: str) -> str:
    user: Any = query.request.user
    if name == "owner":
        return _person(user, value)
    if name == "owned_by":
        group = Group.objects.visible_to(user).filter(pk=value).first()
        return group.name if group else value
    if name in SEEN:
        return _name_of(query, name, value)
    if name == "status":
        return STATUS_NAMES.get(value, value)
    if name == "engine":
        return engine_name(value)
    if name.endswith(("_after", "_before")):
        return _moment(value)
    if name.startswith("duration_"):
        return duration(float(value))
    if name in ("public", "is_imported", "deleted"):
        return "yes" if TRUTH.get(value.lower()) else "no"
    return value


def _moment(value: str) -> str:
    moment = parse_datetime(value)
    return exact_time(moment).replace(":00 ", " ") if moment else value


def _person(user: Any, value: str) -> str:
    if UUID(value) == user.pk:
        return "me"
    found = User.objects.filter(pk=value).first()
    return found.full_name if found else value


def _name_of(query: RunQuery, name: str, value: str) -> str:
    """Of a record that the user may see; of any other no more than its id, which the user knows."""
    user: Any = query.request.user
    rows = SEEN[name].objects.visible_to(user)
    if name == "workflowversion":
        rows = rows.select_related("workflow")
    found = rows.filter(pk=value).first()
    if found is None:
        return value
    return f"{found.workflow.name} {found.name}" if name == "workflowversion" else found.name or value
