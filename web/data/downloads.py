"""Many files in one download."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from data_management.models import DataFile, Dataset, DatasetCollection
from web.requests import SignedInRequest
from web.zipped import MOST_FILES, Wanted, must_not_be_too_many, wanted_of, zipped_or_sent_back


@require_safe
@login_required
def dataset_zip(request: SignedInRequest, dataset_id: UUID) -> HttpResponse:
    """The files of a dataset as a zip archive."""
    dataset = get_object_or_404(Dataset.objects.visible_to(request.user), pk=dataset_id)
    return zipped_or_sent_back(
        request,
        lambda: wanted_of(dataset.datafiles.all(), folder_of(dataset.name)),
        dataset.name,
        ("web:dataset", dataset_id),
    )


@require_safe
@login_required
def collection_zip(request: SignedInRequest, collection_id: UUID) -> HttpResponse:
    """The files of a collection as a zip archive, with a folder for each dataset."""
    collection = get_object_or_404(DatasetCollection.objects.visible_to(request.user), pk=collection_id)

    def wanted() -> list[Wanted]:
        datasets = Dataset.objects.visible_to(request.user).filter(collections=collection)
        files = DataFile.objects.filter(dataset__in=datasets).select_related("dataset")
        found = list(files.order_by("dataset_id", "position", "id")[: MOST_FILES + 1])
        must_not_be_too_many(found)
        return [Wanted(f"{folder_of(collection.name)}/{folder_of(one.dataset.name)}", one) for one in found]

    return zipped_or_sent_back(request, wanted, collection.name, ("web:collection", collection_id))


def folder_of(name: str) -> str:
    """A name as that of a folder."""
    return slugify(name, allow_unicode=True)[:60].strip("-") or "files"
