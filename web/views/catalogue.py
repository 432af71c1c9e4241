"""Lists and pages of datasets and workflows."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from data_management.models import Dataset, DatasetCollection
from web.forms import NameFilterForm
from web.listing import SHOWN, first_of, page_of
from web.requests import SignedInRequest
from web.views.runs import NOT_IN_A_LIST
from workflows.models import Workflow, WorkflowFile, WorkflowRun, WorkflowRunDataset, WorkflowVersion

NEWEST_RUNS = 20
MADE_BY_RUN = ("OUTPUT", "REPORT", "LOG")


@require_safe
@login_required
def dataset_list(request: SignedInRequest) -> HttpResponse:
    """The datasets that the user may see, newest first."""
    datasets = Dataset.objects.visible_to(request.user).select_related("owner", "owned_by")
    return render(request, "web/dataset_list.html", _named(request, datasets))


@require_safe
@login_required
def dataset_page(request: SignedInRequest, dataset_id: UUID) -> HttpResponse:
    """A dataset with its files, and the runs that used or made it."""
    visible = Dataset.objects.visible_to(request.user).select_related("owner", "owned_by")
    dataset = get_object_or_404(visible, pk=dataset_id)
    links = WorkflowRunDataset.objects.visible_to(request.user).filter(dataset=dataset)
    links = links.select_related("workflowrun__workflowversion__workflow").order_by("-workflowrun_id")
    collections = DatasetCollection.objects.visible_to(request.user).filter(datasets=dataset)
    context = {
        "dataset": dataset,
        "files": first_of(dataset.datafiles.order_by("position", "id")),
        "makers": first_of(links.filter(data_type__in=MADE_BY_RUN)),
        "users": first_of(links.exclude(data_type__in=MADE_BY_RUN)),
        "collections": first_of(collections.order_by("id")),
        "notes": first_of(dataset.notes.select_related("created_by")),
        "annotations": first_of(dataset.annotations),
    }
    return render(request, "web/dataset.html", context)


@require_safe
@login_required
def workflow_list(request: SignedInRequest) -> HttpResponse:
    """The workflows that the user may see, newest first."""
    workflows = Workflow.objects.visible_to(request.user).select_related("owner", "owned_by")
    workflows = workflows.annotate(version_count=Count("versions", filter=Q(versions__deleted=False)))
    return render(request, "web/workflow_list.html", _named(request, workflows))


@require_safe
@login_required
def workflow_page(request: SignedInRequest, workflow_id: UUID) -> HttpResponse:
    """A workflow with its versions, their files, and its newest runs."""
    visible = Workflow.objects.visible_to(request.user).select_related("owner", "owned_by")
    workflow = get_object_or_404(visible, pk=workflow_id)
    runs = WorkflowRun.objects.visible_to(request.user).filter(workflowversion__workflow=workflow)
    files = Prefetch("files", WorkflowFile.objects.order_by("path")[:SHOWN], to_attr="first_files")
    versions = WorkflowVersion.objects.filter(workflow=workflow, deleted=False).prefetch_related(files)
    context = {
        "workflow": workflow,
        "versions": first_of(versions.order_by("-index")),
        "runs": first_of(runs.with_details().defer(*NOT_IN_A_LIST).order_by("-id"), NEWEST_RUNS),
        "notes": first_of(workflow.notes.select_related("created_by")),
        "annotations": first_of(workflow.annotations),
    }
    return render(request, "web/workflow.html", context)


def _named(request: SignedInRequest, rows: QuerySet) -> dict[str, Any]:
    """The context of a list that is narrowed by name."""
    form = NameFilterForm(request.GET, label_suffix="")
    page = page_of(form.narrowed(rows).order_by("-id"), request.GET.get("page", ""))
    return {"form": form, "is_narrowed": bool(form.asked_for()), "page": page}
