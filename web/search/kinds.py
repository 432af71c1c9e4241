"""The kinds of records that are searched: each as its list is, by the API's own filters."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from data_management.views import DataFileViewSet, DatasetCollectionViewSet, DatasetViewSet
from web.lists.files import checksum_column
from web.lists.found import newest
from web.lists.in_time import Patience, TookTooLong
from web.lists.paging import bounded_count
from web.lists.query import ApiList, sound_query_of
from web.requests import SignedInRequest
from web.search.hits import Hit, hit_of
from workflows.run_views import WorkflowRunViewSet
from workflows.views import WorkflowVersionViewSet, WorkflowViewSet

LONGEST = 110  # milliseconds for one kind
OWN_COLUMN = "sha256 or md5sum"
COUNTING = 50  # of them to count how many there are


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its list in the API, the ``page`` that lists it, and the filter that takes a text or a checksum.

    ``fields`` are what a line shows, of the row and of what is ``related`` to it.
    """

    key: str
    title: str
    one: str
    of: ApiList
    page: str = ""
    by_text: str = "search"
    by_checksum: str = ""
    fields: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    def asked(self, text: str) -> dict[str, str]:
        """The filter of the API for a text; empty where this kind is not found by such a text."""
        if not (column := checksum_column(text)):
            return {self.by_text: text}
        if not self.by_checksum:
            return {}
        return {column if self.by_checksum == OWN_COLUMN else self.by_checksum: text.lower()}

    def address(self, text: str) -> str:
        """The list with everything that is found; empty for what has no list."""
        asked = self.asked(text)
        return f"{reverse(self.page)}?{urlencode(asked)}" if self.page and asked else ""

    def rows(self, request: SignedInRequest, text: str) -> QuerySet[Any]:
        """What is found among what the user may see."""
        visible = self.of.viewset.queryset.model.objects.visible_to(request.user)
        if not (asked := self.asked(text)):
            return visible.none()
        data = QueryDict(mutable=True)
        data.update(asked)
        return sound_query_of(request, self.of, data).of_these(visible)

    def read(self, ids: list[Any]) -> list[Hit]:
        """The lines of the rows with these ids, in their order."""
        model = self.of.viewset.queryset.model
        found = model.objects.select_related(*self.related).only(*self.fields).in_bulk(ids)
        return [hit_of(found[key]) for key in ids if key in found]


@dataclass(frozen=True, slots=True)
class Group:
    """The first hits of one kind. ``count`` is None where it was not counted; ``is_late``: time ran out."""

    kind: Kind
    hits: list[Hit]
    has_more: bool = False
    count: int | None = None
    is_counted: bool = True
    address: str = ""
    is_late: bool = False


KINDS = (
    Kind(
        "runs", "Runs", "run", ApiList(WorkflowRunViewSet, "workflowrun-list"), "web:run-list", by_checksum="checksum",
        fields=(
            "name", "status", "started_at", "created", "workflowversion__name", "workflowversion__workflow__name",
            "workflowversion__workflow__workflow_manager",
        ),
        related=("workflowversion__workflow",),
    ),
    Kind(
        "workflows", "Workflows", "workflow", ApiList(WorkflowViewSet, "workflow-list"), "web:workflow-list",
        fields=("name", "workflow_manager", "created"),
    ),
    Kind(
        "versions", "Versions", "version", ApiList(WorkflowVersionViewSet, "workflowversion-list"), by_text="name",
        fields=("name", "created", "workflow__name", "workflow__workflow_manager"), related=("workflow",),
    ),
    Kind(
        "datasets", "Datasets", "dataset", ApiList(DatasetViewSet, "dataset-list"), "web:dataset-list",
        by_checksum="checksum", fields=("name", "status", "file_count", "size", "created"),
    ),
    Kind(
        "collections", "Collections", "collection", ApiList(DatasetCollectionViewSet, "datasetcollection-list"),
        "web:collection-list", fields=("name", "created"),
    ),
    Kind(
        "files", "Files", "file", ApiList(DataFileViewSet, "datafile-list"), "web:file-list", by_checksum=OWN_COLUMN,
        fields=("name", "status", "size", "created", "dataset__name"), related=("dataset",),
    ),
)  # fmt: skip


def groups_for(
    request: SignedInRequest, text: str, most: int, patience: Patience, *, counted: bool = False
) -> list[Group]:
    """The newest ``most`` of each kind that is found; kinds of which there is none are left out."""
    found = (_group(kind, request, text, most, patience, counted=counted) for kind in KINDS)
    return [one for one in found if one.hits or one.is_late]


def _group(
    kind: Kind, request: SignedInRequest, text: str, most: int, patience: Patience, *, counted: bool
) -> Group:
    rows, address = kind.rows(request, text), kind.address(text)
    share = patience.at_most(LONGEST)
    try:
        ids = newest(rows, most + 1, share)
        hits = share.ask(lambda: kind.read(ids[:most]))
    except TookTooLong:
        return Group(kind, [], address=address, is_late=True)
    if len(ids) <= most:
        return Group(kind, hits, count=len(hits), address=address)
    count, is_counted = _count(rows, patience) if counted else (None, True)
    return Group(kind, hits, True, count, is_counted, address)


def _count(rows: QuerySet[Any], patience: Patience) -> tuple[int | None, bool]:
    try:
        return patience.ask(lambda: bounded_count(rows), COUNTING)
    except TookTooLong:
        return None, False
