"""What lies in a collection: datasets are put into it and taken out, and stay what they are."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.remarks import UNPAGED, valid
from common.api.viewsets import RegistryViewSet
from common.errors import UnknownReference, Violation
from common.trail import tell
from data_management.models import CollectionItem, Dataset, DatasetCollection
from data_management.serializers import CollectDatasetsSerializer, DatasetSerializer
from data_management.services import add_to_collections

CHUNK = 5000
TWO = OpenApiExample(
    "Two datasets",
    {
        "datasets": [
            {"id": "019aa3c2-7f10-7c44-9b1e-5d0c2f8e1a77"},
            {"id": "019aa3c2-7f10-7c45-8f00-0b1c2d3e4f50"},
        ]
    },
    request_only=True,
)


class CollectedMixin(RegistryViewSet):
    """Whoever may edit a collection says what lies in it, of the datasets that they may see."""

    @extend_schema(
        summary="Put datasets into a collection",
        request=CollectDatasetsSerializer,
        responses=DatasetSerializer(many=True),
        examples=[TWO],
    )
    @action(detail=True, methods=["put"], **UNPAGED)
    def datasets(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Adds what is named behind what is there: repeating it changes nothing. Answers the datasets named."""
        collection = self.get_object()
        body = valid(CollectDatasetsSerializer(data=request.data))
        wanted = list(dict.fromkeys(one["id"] for one in body["datasets"]))
        must_be_visible(wanted, self.caller)
        collect(collection=collection, dataset_ids=wanted, user=self.caller)
        return Response(DatasetSerializer(_in_order(wanted), many=True, context={"request": request}).data)

    @extend_schema(summary="Take a dataset out of a collection", request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path="datasets/<uuid:dataset_id>")
    def dataset_detail(self, request: Request, pk: UUID, dataset_id: UUID) -> Response:
        """The dataset itself stays."""
        collection = self.get_object_for_edit()
        seen = Dataset.objects.visible_to(self.caller)
        item = get_object_or_404(CollectionItem, collection=collection, dataset__in=seen, dataset=dataset_id)
        item.delete()
        self.note(collection, "datasets", {"datasets": [[str(dataset_id)], None]})
        return Response(status=204)


def must_be_visible(wanted: Sequence[UUID], user: Any) -> None:
    """UnknownReference for the ids that are of no dataset that ``user`` may see, each with its place in the body."""
    seen: set[UUID] = set()
    for start in range(0, len(wanted), CHUNK):
        portion = Dataset.objects.filter(pk__in=wanted[start : start + CHUNK])
        seen.update(portion.visible_to(user).values_list("pk", flat=True))
    sentence = "there is no such dataset that you may see"
    missing = [
        Violation(f"datasets[{place}].id", sentence, missing=True)
        for place, key in enumerate(wanted)
        if key not in seen
    ]
    if missing:
        raise UnknownReference(missing)


@transaction.atomic
def collect(*, collection: DatasetCollection, dataset_ids: Sequence[UUID], user: Any) -> None:
    """Put datasets into a collection, behind what lies in it already; idempotent."""
    list(DatasetCollection.objects.select_for_update().filter(pk=collection.pk).values_list("pk"))
    items = CollectionItem.objects.filter(collection=collection)
    present = set(items.values_list("dataset_id", flat=True))
    new = [key for key in dict.fromkeys(dataset_ids) if key not in present]
    if not new:
        return
    last = items.aggregate(last=Max("position"))["last"]
    add_to_collections(members=[(collection.pk, key) for key in new], first=0 if last is None else last + 1)
    tell(collection, "datasets", by=user, changes={"datasets": [None, [str(key) for key in new]]})


def _in_order(wanted: Sequence[UUID]) -> list[Dataset]:
    found: dict[UUID, Dataset] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = Dataset.objects.select_related("owner", "owned_by")
        found |= rows.in_bulk(wanted[start : start + CHUNK])
    return [found[key] for key in wanted]
