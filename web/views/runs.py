"""The list of runs and the page of one."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from web.forms import RunFilterForm, in_order
from web.listing import page_of
from web.requests import SignedInRequest
from web.run_page import everything_about
from workflows.models import WorkflowRun

NOT_IN_A_LIST = ("description", "run_command", "run_environment")


@require_safe
@login_required
def run_list(request: SignedInRequest) -> HttpResponse:
    """The runs that the user may see, newest first, narrowed and sorted as the address says."""
    form, sort = RunFilterForm(request.GET, label_suffix=""), request.GET.get("sort", "")
    runs = WorkflowRun.objects.visible_to(request.user).with_details().defer(*NOT_IN_A_LIST)
    context: dict[str, Any] = {
        "form": form,
        "is_narrowed": bool(form.asked_for()),
        "sort": sort,
        "page": page_of(in_order(form.narrowed(runs), sort), request.GET.get("page", "")),
    }
    return render(request, "web/run_list.html", context)


@require_safe
@login_required
def run_page(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """All that is known about one run; 404 for strangers."""
    runs = WorkflowRun.objects.visible_to(request.user).with_details().select_related("galaxy__server")
    run = get_object_or_404(runs, pk=run_id)
    return render(request, "web/run.html", {"run": run, **everything_about(run, request.user)})
