"""A dataset or a collection that was deleted: what it was, and the way back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property

from data_management.models import Dataset
from web.lists.paging import Excerpt, first_of
from web.records.history import history_of
from web.records.kinds import Kind, rights_on
from web.requests import SignedInRequest


class Content:
    """What is in it: of a dataset its files, of a collection the datasets that the user may see."""

    def __init__(self, record: Any, user: Any) -> None:
        self.record, self.user = record, user

    @cached_property
    def files(self) -> Excerpt | None:
        """The first files of a dataset."""
        if not isinstance(self.record, Dataset):
            return None
        return first_of(self.record.datafiles.order_by("position", "id"))

    @cached_property
    def datasets(self) -> Excerpt | None:
        """The first datasets of a collection."""
        if isinstance(self.record, Dataset):
            return None
        seen = Dataset.objects.visible_to(self.user).filter(collection_items__collection=self.record)
        return first_of(seen.defer("description").order_by("collection_items__position", "id"))


def in_trash(request: SignedInRequest, kind: Kind, record_id: UUID) -> HttpResponse:
    """The page of a record in the trash; 404 for strangers, and for what is not there."""
    rows = kind.visible(request.user, deleted=True).select_related("owner", "owned_by", "deleted_by")
    record = get_object_or_404(rows, pk=record_id)
    context = {
        "kind": kind,
        "record": record,
        "key": str(record.pk),
        "restore": f"web:out-of-trash-{kind.word}",
        "api": f"{kind.api('detail', record.pk)}?deleted=true",
        "rights": rights_on(record, request.user),
        "content": Content(record, request.user),
        "history": history_of(request, record),
    }
    return render(request, "web/data/in_trash.html", context)
