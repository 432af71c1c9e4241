"""Deeds on several datasets at once: each goes through the API, and one summary tells what came of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.identifiers import uuid_of
from data_management.models import DataFile, Dataset, DatasetCollection
from web.counting import counted
from web.data.downloads import folder_of
from web.data.views import DATASETS
from web.deeds import do
from web.lists.query import sound_query_of
from web.requests import SignedInRequest
from web.zipped import MOST_FILES, Wanted, must_not_be_too_many, zipped_or_sent_back

MOST = 500
MOST_COLLECTIONS = 500
REASONS_SHOWN = 5


@require_POST
@login_required
def batch(request: SignedInRequest) -> HttpResponse:
    """Download, collect or delete the datasets that are selected; the last two ask before."""
    name, ids = request.POST.get("deed", ""), _ids(request.POST.getlist("dataset"))
    if problem := _problem(name, ids):
        messages.error(request, problem)
        return redirect(_back_to(request))
    if name == "download":
        return _download(request, ids)
    if "sure" not in request.POST or (name == "collect" and not request.POST.get("collection")):
        return _ask(request, name, ids)
    if name == "delete":
        _delete(request, ids)
        return redirect(_back_to(request))
    return _collect(request, ids)


def _ids(given: list[str]) -> list[UUID]:
    """Those that are ids, each once, one more than may be at the most."""
    found = dict.fromkeys(key for text in given[: 2 * MOST] if (key := uuid_of(text)))
    return list(found)[: MOST + 1]


def _problem(name: str, ids: list[UUID]) -> str:
    if name not in ("delete", "collect", "download"):
        return "Choose what to do with the datasets."
    if not ids:
        return "Select datasets first, with the boxes at the left."
    return f"At most {MOST} datasets at once." if len(ids) > MOST else ""


def _back_to(request: SignedInRequest) -> str:
    """The list as it was when the form was sent; never another address."""
    query = sound_query_of(request, DATASETS, QueryDict(request.POST.get("query", "")[:4000]))
    return f"{reverse('web:dataset-list')}{'?' if query.data else ''}{query.encoded}"


def _seen(request: SignedInRequest, ids: list[UUID]) -> QuerySet:
    return Dataset.objects.visible_to(request.user).filter(pk__in=ids)


def _ask(request: SignedInRequest, name: str, ids: list[UUID]) -> HttpResponse:
    collections = DatasetCollection.objects.editable_by(request.user).only("id", "name", "created")
    context: dict[str, Any] = {
        "deed": name,
        "datasets": list(_seen(request, ids).only("id", "name").order_by("-id")),
        "collections": list(collections.order_by("name", "-id")[:MOST_COLLECTIONS])
        if name == "collect"
        else [],
        "query": request.POST.get("query", ""),
        "back": _back_to(request),
    }
    return render(request, "web/data/batch.html", context)


def _delete(request: SignedInRequest, ids: list[UUID]) -> None:
    names = dict(_seen(request, ids).values_list("pk", "name"))
    refused = [(key, why) for key in ids if (why := _why_not_deleted(request, key))]
    if done := len(ids) - len(refused):
        datasets = counted(done, "dataset", "is", "are")
        messages.success(request, f"{datasets} in the trash now and can be restored from there.")
    if refused:
        reasons = [f"{names.get(key, key)}: {why}" for key, why in refused[:REASONS_SHOWN]]
        more = [f"and {len(refused) - REASONS_SHOWN} more"] if len(refused) > REASONS_SHOWN else []
        datasets = counted(len(refused), "dataset", "was", "were")
        messages.error(request, f"{datasets} not deleted. {' '.join([*reasons, *more])}")


def _why_not_deleted(request: SignedInRequest, key: UUID) -> str:
    """Empty where it was."""
    try:
        answer = do(request, "DELETE", reverse("dataset-detail", args=[key]))
    except Http404:
        return "there is no such dataset that you can see"
    return "" if answer.is_done else answer.why


def _collect(request: SignedInRequest, ids: list[UUID]) -> HttpResponse:
    collection = uuid_of(request.POST["collection"])
    if collection is None:
        raise Http404("This is no collection.")
    body = {"datasets": [{"id": str(key)} for key in ids]}
    answer = do(request, "PUT", reverse("datasetcollection-datasets", args=[collection]), body)
    if answer.told(request, f"{counted(len(ids), 'dataset', 'is', 'are')} in this collection now."):
        return redirect("web:collection", collection)
    return redirect(_back_to(request))


def _download(request: SignedInRequest, ids: list[UUID]) -> HttpResponse:
    """One archive with a folder for each dataset."""

    def wanted() -> list[Wanted]:
        files = DataFile.objects.filter(dataset__in=_seen(request, ids)).select_related("dataset")
        found = list(files.order_by("dataset_id", "position", "id")[: MOST_FILES + 1])
        must_not_be_too_many(found)
        return [Wanted(f"datasets/{folder_of(one.dataset.name)}", one) for one in found]

    return zipped_or_sent_back(request, wanted, "datasets", ("web:dataset-list",))
