"""The columns of the list of runs, and which of them a person sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from common.models.access import view_q
from data_management.models import Dataset
from web.lists.query import ListQuery
from web.preferences import preferences_of
from web.requests import SignedInRequest
from workflows.models import WorkflowRun, WorkflowRunDataset


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``ordering`` is the API's name of its order, empty where it cannot be sorted by."""

    key: str
    label: str
    ordering: str = ""
    from_greatest: bool = False
    is_number: bool = False
    is_usual: bool = True

    @property
    def descending(self) -> str:
        """The API's name of the order from the greatest."""
        return f"-{self.ordering}"


# Shown are those inputs and outputs that the person may see; sorted is by the numbers that the database keeps of all.
COLUMNS = (
    Column("status", "Status", "status"),
    Column("name", "Run", "name"),
    Column("workflow", "Workflow", "workflow"),
    Column("engine", "Engine", "engine"),
    Column("started_at", "Started", "started_at", from_greatest=True),
    Column("duration", "Duration", "duration", from_greatest=True, is_number=True),
    Column("inputs", "Inputs", "inputs", from_greatest=True, is_number=True),
    Column("outputs", "Outputs", "outputs", from_greatest=True, is_number=True),
    Column("owner", "Owner", "owner"),
    Column("group", "Group", "group"),
    Column("created", "Registered", "created", from_greatest=True, is_usual=False),
    Column("completed_at", "Ended", "completed_at", from_greatest=True, is_usual=False),
    Column("modified", "Changed", "modified", from_greatest=True, is_usual=False),
    Column("source", "Source", "source", is_usual=False),
    Column("message", "Message", is_usual=False),
    Column("public", "Public", is_usual=False),
    Column("id", "ID", is_usual=False),
)
ALWAYS = "name"
USUAL = [column.key for column in COLUMNS if column.is_usual]
READ = (
    *("name", "status", "started_at", "completed_at", "created", "modified", "source", "public"),
    *(
        "workflowversion__name",
        "workflowversion__workflow__name",
        "workflowversion__workflow__workflow_manager",
    ),
    *("owner__username", "owner__first_name", "owner__last_name", "owned_by__name"),
)


def columns_of(request: SignedInRequest) -> list[Column]:
    """The columns that the user has chosen, else the usual ones; the name is always there."""
    chosen = preferences_of(request).run_columns or USUAL
    return [column for column in COLUMNS if column.key in chosen or column.key == ALWAYS]


def choose_columns(request: SignedInRequest, keys: Iterable[str]) -> None:
    """Remember a choice; what is no column is left out, and the usual ones are remembered as no choice."""
    wanted, preferences = set(keys), preferences_of(request)
    chosen = [column.key for column in COLUMNS if column.key in wanted or column.key == ALWAYS]
    preferences.run_columns = [] if chosen == USUAL or not wanted else chosen
    preferences.save()


def order_said(query: ListQuery) -> str:
    """The order in words: ``newest registered first``, ``by name, Z to A``."""
    name, is_down = query.ordering.removeprefix("-"), query.ordering.startswith("-")
    column = next((one for one in COLUMNS if one.ordering == name), None)
    if column is None:
        return ""
    label = "name" if name == "name" else column.label.lower()
    if name == "duration":
        return "longest first" if is_down else "shortest first"
    if name in ("inputs", "outputs"):
        return f"{'most' if is_down else 'fewest'} {label} first"
    if column.from_greatest:
        return f"{'newest' if is_down else 'oldest'} {label} first"
    return f"by {label}, {'Z to A' if is_down else 'A to Z'}"


def read_rows(request: SignedInRequest, ids: list[Any], columns: list[Column]) -> list[WorkflowRun]:
    """The runs with these ids, in their order, with what their line shows: two statements, however many."""
    shown = {column.key for column in columns}
    read = (*READ, "message") if "message" in shown else READ
    found = WorkflowRun.objects.with_details().only(*read).in_bulk(ids)
    runs = [found[key] for key in ids if key in found]
    if {"inputs", "outputs"} & shown:
        _count_datasets(request.user, runs)
    return runs


def _count_datasets(user: Any, runs: list[WorkflowRun]) -> None:
    """Give each run its ``inputs`` and ``outputs``: how many such datasets the user may see."""
    links = WorkflowRunDataset.objects.filter(
        workflowrun__in=[run.pk for run in runs], data_type__in=("INPUT", "OUTPUT"), dataset__deleted=False
    )
    if not user.is_superuser:
        links = links.filter(view_q(user, Dataset, "dataset__"))
    grouped = links.order_by().values_list("workflowrun", "data_type").annotate(Count("pk")) if runs else ()
    counts = {(run, kind): number for run, kind, number in grouped}
    for run in runs:
        run.inputs, run.outputs = counts.get((run.pk, "INPUT"), 0), counts.get((run.pk, "OUTPUT"), 0)  # type: ignore[attr-defined]
