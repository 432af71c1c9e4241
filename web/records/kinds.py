"""The kinds of records that can be shared, deleted, remarked on and looked back at, each with its addresses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from common.models import UserLike
from data_management.models import Dataset, DatasetCollection
from workflows.models import Workflow, WorkflowRun, WorkflowVersion

RecordView = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of records: what it is called, where its pages are, and where the API has it.

    ``basename`` begins the names of the API's routes; ``has_shares`` is false for what has another's rights.
    """

    word: str
    model: Any
    basename: str
    page: str
    list_page: str
    room: str
    remarks_page: str = ""
    trash_page: str = ""
    has_shares: bool = True

    def api(self, route: str, record_id: UUID, **ids: UUID) -> str:
        """The address of the API's route of that name, for example ``shares``; of the record itself: ``detail``."""
        return reverse(f"{self.basename}-{route}", kwargs={"pk": record_id, **ids})

    def address(self, record_id: UUID) -> str:
        """The page of a record."""
        return reverse(self.page, args=[record_id])

    def remarks_address(self, record_id: UUID) -> str:
        """The page on which its notes and annotations stand."""
        return reverse(self.remarks_page or self.page, args=[record_id])

    def visible(self, user: UserLike, *, deleted: bool = False) -> QuerySet:
        """The records that ``user`` may see; with ``deleted`` those in the trash instead."""
        found: QuerySet = self.model.objects.visible_to(user, deleted=deleted)
        return found


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user may do with a record, apart from looking at it."""

    edit: bool
    delete: bool
    share: bool


KINDS = {
    kind.word: kind
    for kind in (
        Kind(
            "run", WorkflowRun, "workflowrun", "web:run", "web:run-list", "runs", "web:run-notes", "web:run"
        ),
        Kind(
            "dataset", Dataset, "dataset", "web:dataset", "web:dataset-list", "data", trash_page="web:dataset",
        ),
        Kind(
            "collection", DatasetCollection, "datasetcollection", "web:collection", "web:collection-list", "data",
            trash_page="web:collection",
        ),
        Kind("workflow", Workflow, "workflow", "web:workflow", "web:workflow-list", "workflows"),
        Kind(
            "version", WorkflowVersion, "workflowversion", "web:version", "web:workflow-list", "workflows",
            has_shares=False,
        ),
    )
}  # fmt: skip


def kind_of(record: Any) -> Kind:
    """The kind that a record is of."""
    return next(kind for kind in KINDS.values() if isinstance(record, kind.model))


def rights_on(record: Any, user: UserLike) -> Rights:
    """Asked of the same rules that the API asks, in one query."""
    rows, trash = type(record).objects.all(), {"deleted": bool(getattr(record, "deleted", False))}
    asked = {"edit": rows.editable_by, "delete": rows.deletable_by, "share": rows.shareable_by}
    answers = {name: Exists(may(user, **trash).filter(pk=record.pk)) for name, may in asked.items()}
    found = rows.filter(pk=record.pk).values_list(*answers.values()).first() or (False, False, False)
    return Rights(*map(bool, found))


def doors(
    deed: str, view: RecordView, below: str, kinds: Iterable[Kind] = KINDS.values()
) -> list[URLPattern]:
    """The routes of one view for every kind, named ``<deed>-<word>``: ``{% url "web:share-run" run.id %}``.

    The view is called with the request, the kind, and the record's id.
    """
    return [
        path(
            f"records/{kind.word}/<uuid:{kind.word}_id>/{below}", _for(kind, view), name=f"{deed}-{kind.word}"
        )
        for kind in kinds
    ]


def _for(kind: Kind, view: RecordView) -> RecordView:
    @wraps(view)
    def found(request: HttpRequest, **ids: UUID) -> HttpResponse:
        record_id = ids.pop(f"{kind.word}_id")
        return view(request, kind, record_id, **ids)

    return found
