"""The list of collections, and the page of one."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from data_management.models import CollectionItem, DataFile, Dataset, DatasetCollection
from data_management.views import DatasetCollectionViewSet, DatasetViewSet
from web.data.in_trash import in_trash
from web.lists.forms import OwnedFilterForm
from web.lists.ordering import in_order, ordering_asked
from web.lists.paging import page_for
from web.lists.query import ApiList, sound_query_of
from web.lists.shown import listed
from web.records.history import history_of
from web.records.kinds import KINDS, rights_on
from web.records.remarks import remarks_of
from web.requests import SignedInRequest, text_asked
from web.zipped import downloads_of

ORDERINGS = DatasetViewSet.orderings
IN_THEIR_ORDER = ("collection_items__position", "id")
COLLECTIONS = ApiList(DatasetCollectionViewSet, "datasetcollection-list")


@require_safe
@login_required
def collection_list(request: SignedInRequest) -> HttpResponse:
    """The collections that the user may see, newest first, each with what of it the user may see."""
    visible = DatasetCollection.objects.visible_to(request.user).select_related("owner", "owned_by")
    form = OwnedFilterForm(request.GET, user=request.user)
    context = listed(sound_query_of(request, COLLECTIONS), visible.defer("description"), form)
    _count(request, context["page"].rows)
    return render(request, "web/data/collection_list.html", context)


@require_safe
@login_required
def collection_page(request: SignedInRequest, collection_id: UUID) -> HttpResponse:
    """A collection with its datasets, in their order unless the address says another; also in the trash."""
    visible = DatasetCollection.objects.visible_to(request.user).select_related("owner", "owned_by")
    collection = visible.filter(pk=collection_id).first()
    if collection is None:
        return in_trash(request, KINDS["collection"], collection_id)
    rights = rights_on(collection, request.user)
    datasets = Dataset.objects.visible_to(request.user).filter(collection_items__collection=collection)
    search, ordering = text_asked(request, "search"), ordering_asked(request, ORDERINGS)
    wanted = datasets.select_related("owner", "owned_by").defer("description")
    if search:
        wanted = wanted.filter(Q(name__icontains=search) | Q(description__icontains=search))
    context: dict[str, Any] = {
        "collection": collection,
        "key": str(collection.pk),
        "rights": rights,
        "totals": datasets.aggregate(datasets=Count("pk"), files=Sum("file_count"), size=Sum("size")),
        "downloads": downloads_of(DataFile.objects.filter(dataset__in=datasets)),
        "search": search,
        "ordering": ordering,
        "is_narrowed": bool(search),
        "page": page_for(request, in_order(wanted, ordering, ORDERINGS, IN_THEIR_ORDER)),
        "remarks": remarks_of(request, collection, may_edit=rights.edit),
        "history": history_of(request, collection, turned_by="history"),
    }
    return render(request, "web/data/collection.html", context)


def _count(request: SignedInRequest, collections: Iterable[DatasetCollection]) -> None:
    """Give each its ``totals``: how many datasets and bytes the user may see of it, in one query."""
    collections = list(collections)
    seen = Dataset.objects.visible_to(request.user)
    items = CollectionItem.objects.filter(collection__in=collections, dataset__in=seen).order_by()
    sums = items.values("collection").annotate(
        datasets=Count("pk"), files=Sum("dataset__file_count"), size=Sum("dataset__size")
    )
    known = {row["collection"]: row for row in sums} if collections else {}
    for one in collections:
        one.totals = known.get(one.pk, {"datasets": 0, "files": 0, "size": None})  # type: ignore[attr-defined]
