"""What a run's page shows of Galaxy: the invocation, and the run's inputs and outputs as Galaxy has them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from common.models import UserLike
from data_management.models import Dataset
from galaxy_import.models import GalaxyDataset
from galaxy_import.source import GalaxySource
from run_import.models import ImportedRun, RunImport
from web.lists.paging import SHOWN, Excerpt, first_of
from web.sources import may_edit, may_import_again, newest_import, page_of_invocation
from web.templatetags.runs import DATA_TYPE_NAMES
from workflows.models import WorkflowRun

ELEMENTS_SHOWN = 20  # of each collection


@dataclass(frozen=True, slots=True)
class DataRow:
    """A dataset or a collection of Galaxy, with its first elements."""

    data: Any  # a GalaxyDataset that tells whether its dataset may be seen
    elements: list[Any]

    @property
    def role(self) -> str:
        """What it is to the run, in a word."""
        return DATA_TYPE_NAMES.get(self.data.data_type, self.data.data_type)

    @property
    def total(self) -> int:
        """How many elements there are, as far as that is known."""
        return max(self.data.element_count or 0, len(self.elements))

    @property
    def more(self) -> int:
        """How many elements are not shown."""
        return self.total - len(self.elements)


@dataclass(frozen=True, slots=True)
class GalaxyPart:
    """What the page shows of a run that came from Galaxy."""

    invocation: ImportedRun
    history_name: str
    may_edit: bool
    may_import_again: bool
    newest_import: RunImport | None
    data: Excerpt

    @property
    def server(self) -> Any:
        """Where it ran."""
        return self.invocation.server

    @property
    def url(self) -> str:
        """The page of the invocation there."""
        return page_of_invocation(self.invocation)

    @property
    def history_url(self) -> str:
        """The page of its history there, empty where the history is not known."""
        history = quote(self.invocation.container_id, safe="")
        return f"{self.server.url}/histories/view?id={history}" if history else ""


def galaxy_part(run: WorkflowRun, user: UserLike) -> GalaxyPart | None:
    """What is known of ``run`` as an invocation; None, without a query, where it was read and is none."""
    invocation = getattr(run, "imported", None)
    if invocation is None or invocation.server.source != GalaxySource.name:
        return None
    rows = GalaxyDataset.objects.visible_to(user).filter(workflowrun=run).select_related("dataset")
    rows = rows.annotate(is_seen=Exists(Dataset.objects.visible_to(user).filter(pk=OuterRef("dataset"))))
    is_editor = may_edit(run, user)
    return GalaxyPart(
        invocation=invocation,
        history_name=_name_of_history(run),
        may_edit=is_editor,
        may_import_again=may_import_again(run, user, is_editor=is_editor),
        newest_import=newest_import(run, user),
        data=_with_elements(rows),
    )


def _name_of_history(run: WorkflowRun) -> str:
    """As the run's environment tells it; people may have written anything there."""
    said = run.run_environment
    history = said.get("history") if isinstance(said, dict) else None
    name = history.get("name") if isinstance(history, dict) else None
    return name if isinstance(name, str) else ""


def _with_elements(rows: QuerySet) -> Excerpt:
    """The first datasets and collections, inputs before outputs, each with its first elements."""
    found = first_of(rows.filter(collection=None).order_by("data_type", "position", "id"))
    of_collection: dict[UUID, list[Any]] = {}
    for element in _elements(rows, [row.pk for row in found.rows if row.collection_type]):
        of_collection.setdefault(element.collection_id, []).append(element)
    return Excerpt([DataRow(row, of_collection.get(row.pk, [])) for row in found.rows], found.more)


def _elements(rows: QuerySet, collections: list[UUID]) -> QuerySet:
    """The first elements of each of these collections; no query where there is none."""
    place = Window(RowNumber(), partition_by=F("collection_id"), order_by=["position", "id"])
    inside = rows.filter(collection__in=collections).annotate(place=place)
    return inside.filter(place__lte=ELEMENTS_SHOWN).order_by("collection_id", "position", "id")[: SHOWN * 5]
