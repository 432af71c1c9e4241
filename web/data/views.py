"""The list of datasets, and the page of one."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from data_management.models import Dataset, DatasetCollection
from data_management.views import DatasetViewSet
from web.data.files import files_shown
from web.data.forms import DatasetFilterForm
from web.data.in_trash import in_trash
from web.lists.paging import first_of
from web.lists.query import ApiList, sound_query_of
from web.lists.shown import listed
from web.records.history import history_of
from web.records.kinds import KINDS, rights_on
from web.records.remarks import remarks_of
from web.requests import SignedInRequest
from web.zipped import downloads_of
from workflows.models import WorkflowRunDataset

MADE_BY_RUN = ("OUTPUT", "REPORT", "LOG")
DATASETS = ApiList(DatasetViewSet, "dataset-list", "datasets list", ("status",))


@require_safe
@login_required
def dataset_list(request: SignedInRequest) -> HttpResponse:
    """The datasets that the user may see, newest first, narrowed and sorted as the address says."""
    visible = Dataset.objects.visible_to(request.user).select_related("owner", "owned_by")
    form = DatasetFilterForm(request.GET, user=request.user)
    context = listed(sound_query_of(request, DATASETS), visible.defer("description"), form)
    return render(request, "web/data/dataset_list.html", context)


@require_safe
@login_required
def dataset_page(request: SignedInRequest, dataset_id: UUID) -> HttpResponse:
    """A dataset with its files, and the runs that used or made it; of one in the trash, the way back."""
    visible = Dataset.objects.visible_to(request.user).select_related("owner", "owned_by")
    dataset = visible.filter(pk=dataset_id).first()
    if dataset is None:
        return in_trash(request, KINDS["dataset"], dataset_id)
    links, rights = links_of(request, dataset), rights_on(dataset, request.user)
    collections = DatasetCollection.objects.visible_to(request.user).filter(datasets=dataset)
    context = {
        "dataset": dataset,
        "key": str(dataset.pk),
        "rights": rights,
        **files_shown(request, dataset.datafiles.all()),
        "downloads": downloads_of(dataset.datafiles.all()),
        "makers": first_of(links.filter(data_type__in=MADE_BY_RUN)),
        "users": first_of(links.exclude(data_type__in=MADE_BY_RUN)),
        "collections": first_of(collections.order_by("id")),
        "remarks": remarks_of(request, dataset, may_edit=rights.edit),
        "history": history_of(request, dataset, turned_by="history"),
    }
    return render(request, "web/data/dataset.html", context)


def links_of(request: SignedInRequest, dataset: Dataset) -> QuerySet:
    """What the dataset was to the runs that the user may see, the newest first."""
    links = WorkflowRunDataset.objects.visible_to(request.user).filter(dataset=dataset)
    return links.select_related("workflowrun__workflowversion__workflow").order_by("-workflowrun_id")
