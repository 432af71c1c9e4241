"""The tab of a run's data, and what people change of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from data_management.models import DataFile
from web.counting import counted
from web.deeds import do
from web.lists.datasets import offered_datasets
from web.records.kinds import rights_on
from web.requests import SignedInRequest, text_asked
from web.run.datasets import KINDS, datasets_of, kind_asked, links_of, narrowed_files
from web.run.frame import framed
from web.templatetags.runs import DATA_TYPE_NAMES
from web.zipped import MOST_FILES, Wanted, must_not_be_too_many, zipped_or_sent_back
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.records import DataType


@require_safe
@login_required
def run_datasets(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What the run used and made."""
    context = framed(request, run_id, "datasets")
    shown = datasets_of(request, context["run"])
    context |= {**shown, "call": _call(run_id, shown["kind"], shown["search"]), "key": str(run_id)}
    return render(request, "web/run/datasets.html", context)


def _call(run_id: UUID, kind: str, search: str) -> str:
    """What gives a program the same: the API lists the files of a run, and its datasets by what they are to it."""
    if kind:
        types = [("data_type", str(one)) for one in KINDS[kind][1]]
        return f"/api/v2/workflows/workflowrundatasets/?{urlencode([('workflowrun', str(run_id)), *types])}"
    asked = {"workflowrun": str(run_id), **({"search": search} if search else {})}
    return f"/api/v2/data-management/datafiles/?{urlencode(asked)}"


@require_safe
@login_required
def run_files(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The files that the tab shows, all pages of them, as a zip archive with a folder for each kind."""
    run = _seen(request, run_id)
    links = narrowed_files(links_of(request, run, kind_asked(request)), text_asked(request, "search"))

    def wanted() -> list[Wanted]:
        rows = links.filter(file_id__isnull=False).order_by("data_type", "id", "file_id")
        pairs = list(rows.values_list("data_type", "file_id")[: MOST_FILES + 1])
        must_not_be_too_many(pairs)
        files = _by_id([file for _, file in pairs])
        return [Wanted(_folder(kind), files[file]) for kind, file in pairs]

    return zipped_or_sent_back(request, wanted, run.name or "run", ("web:run-datasets", run_id))


def _by_id(ids: list[UUID]) -> dict[UUID, DataFile]:
    found: dict[UUID, DataFile] = {}
    for start in range(0, len(ids), 500):
        found |= DataFile.objects.in_bulk(ids[start : start + 500])
    return found


def _folder(kind: str) -> str:
    return DATA_TYPE_NAMES[kind].lower().replace(" ", "-")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_datasets(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Choose datasets that the run used or made, and say what they are to it."""
    run = _seen(request, run_id)
    if not rights_on(run, request.user).edit:
        raise PermissionDenied
    kind = request.POST.get("data_type") or request.GET.get("data_type", "")
    kind = kind if kind in DATA_TYPE_NAMES else DataType.INPUT.value
    if request.method == "POST" and _added(request, run_id, kind):
        return redirect("web:run-datasets", run_id)
    search = text_asked(request, "search")
    there = WorkflowRunDataset.objects.filter(workflowrun=run, data_type=kind).values("dataset")
    context = {
        "run": run,
        "types": DATA_TYPE_NAMES.items(),
        "data_type": kind,
        "search": search,
        "offered": offered_datasets(request, search, there),
    }
    return render(request, "web/run/add_datasets.html", context)


def _added(request: SignedInRequest, run_id: UUID, kind: str) -> bool:
    """Whether what was chosen belongs to the run now; the page says it, or why not."""
    wanted = [{"id": one} for one in request.POST.getlist("dataset")]
    if not wanted:
        messages.error(request, "Choose the datasets first.")
        return False
    body = {"datasets": wanted, "data_type": kind}
    answer = do(request, "PUT", reverse("workflowrun-manage-datasets", args=[run_id]), body)
    added = counted(len(wanted), "dataset", "was", "were")
    return answer.told(request, f"{added} added to the {DATA_TYPE_NAMES[kind].lower()}.")


@require_POST
@login_required
def remove_dataset(request: SignedInRequest, run_id: UUID, link_id: UUID) -> HttpResponse:
    """Take an association away; the dataset stays."""
    links = WorkflowRunDataset.objects.visible_to(request.user).filter(workflowrun_id=run_id)
    link = get_object_or_404(links.select_related("dataset"), pk=link_id)
    answer = do(request, "DELETE", reverse("workflowrundataset-detail", args=[link_id]))
    said = f"{link.dataset} is no longer among the {DATA_TYPE_NAMES[link.data_type].lower()} of this run."
    answer.told(request, f"{said} The dataset itself stays.")
    back = {"view": "datasets", **({"type": request.POST["type"]} if request.POST.get("type") else {})}
    return redirect(f"{reverse('web:run-datasets', args=[run_id])}?{urlencode(back)}")


def _seen(request: SignedInRequest, run_id: UUID) -> WorkflowRun:
    run: WorkflowRun = get_object_or_404(WorkflowRun.objects.visible_to(request.user), pk=run_id)
    return run
