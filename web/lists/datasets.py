"""Datasets among which somebody chooses what shall belong to something."""

from typing import Any

from django.db.models import Q, QuerySet

from common.identifiers import uuid_of
from data_management.models import DataFile, Dataset
from web.lists.paging import Excerpt, first_of
from web.requests import SignedInRequest

OFFERED = 25


def offered_datasets(request: SignedInRequest, search: str, there: QuerySet[Any]) -> Excerpt:
    """The newest ones that the user may see and that are not ``there``.

    What is searched for is the id of a dataset, a part of its name, or of the name of one of its files.
    """
    rows = Dataset.objects.visible_to(request.user).defer("description").select_related("owner")
    if key := uuid_of(search):
        rows = rows.filter(pk=key)
    elif search:
        files = DataFile.objects.filter(name__icontains=search)
        rows = rows.filter(Q(name__icontains=search) | Q(pk__in=files.values("dataset")))
    return first_of(rows.exclude(pk__in=there).order_by("-id"), OFFERED)
