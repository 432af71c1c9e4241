"""Which datasets lie in a collection: they are put in and taken out, and stay themselves."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from data_management.models import Dataset, DatasetCollection
from web.counting import counted
from web.deeds import do
from web.lists.datasets import offered_datasets
from web.records.kinds import rights_on
from web.requests import SignedInRequest, text_asked


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def collect(request: SignedInRequest, collection_id: UUID) -> HttpResponse:
    """Choose datasets that shall lie in the collection."""
    collection = _seen(request, collection_id)
    if not rights_on(collection, request.user).edit:
        raise PermissionDenied
    if request.method == "POST" and _put_in(request, collection_id):
        return redirect("web:collection", collection_id)
    search = text_asked(request, "search")
    there = collection.datasets.order_by().values("pk")
    offered = offered_datasets(request, search, there)
    context = {"collection": collection, "search": search, "offered": offered}
    return render(request, "web/data/collect.html", context)


def _put_in(request: SignedInRequest, collection_id: UUID) -> bool:
    """Whether what was chosen lies in the collection now; the page says it, or why not."""
    wanted = [{"id": one} for one in request.POST.getlist("dataset")]
    if not wanted:
        messages.error(request, "Choose the datasets first.")
        return False
    answer = do(
        request, "PUT", reverse("datasetcollection-datasets", args=[collection_id]), {"datasets": wanted}
    )
    return answer.told(request, f"{counted(len(wanted), 'dataset', 'was', 'were')} added to this collection.")


@require_POST
@login_required
def take_out(request: SignedInRequest, collection_id: UUID, dataset_id: UUID) -> HttpResponse:
    """Take a dataset out of the collection; the dataset stays."""
    dataset = get_object_or_404(Dataset.objects.visible_to(request.user), pk=dataset_id)
    address = reverse("datasetcollection-dataset-detail", args=[collection_id, dataset_id])
    answer = do(request, "DELETE", address)
    answer.told(request, f"{dataset} was removed from this collection. The dataset itself stays.")
    return redirect("web:collection", collection_id)


def _seen(request: SignedInRequest, collection_id: UUID) -> DatasetCollection:
    seen = DatasetCollection.objects.visible_to(request.user)
    found: DatasetCollection = get_object_or_404(seen, pk=collection_id)
    return found
