"""The page of a workflow."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from web.lists.paging import first_of
from web.records.history import history_of
from web.records.kinds import rights_on
from web.records.remarks import remarks_of
from web.requests import SignedInRequest
from web.workflows.figures import NOT_IN_A_LIST, add_figures, add_figures_of_workflows
from web.workflows.sparkline import sparkline_of
from workflows.models import Workflow, WorkflowRun, WorkflowVersion

NEWEST_RUNS = 10


@require_safe
@login_required
def workflow_page(request: SignedInRequest, workflow_id: UUID) -> HttpResponse:
    """A workflow with its versions, how the runs of each went, and the newest of them."""
    workflow: Any = workflow_of(request, workflow_id)
    runs = WorkflowRun.objects.visible_to(request.user)
    versions = first_of(WorkflowVersion.objects.filter(workflow=workflow, deleted=False).order_by("-index"))
    add_figures_of_workflows([workflow], runs)
    add_figures(versions.rows, runs)
    newest = runs.filter(workflowversion__workflow=workflow).with_details().defer(*NOT_IN_A_LIST)
    rights = rights_on(workflow, request.user)
    context = {
        "workflow": workflow,
        "figures": workflow.figures,
        "sparkline": sparkline_of(workflow.figures),
        "versions": versions,
        "open_version": next((one for one in versions.rows if not one.is_committed), None),
        "runs": list(newest.order_by("-id")[:NEWEST_RUNS]),
        "rights": rights,
        "remarks": remarks_of(request, workflow, may_edit=rights.edit),
        "history": history_of(request, workflow),
    }
    return render(request, "web/workflows/workflow.html", context)


def workflow_of(request: SignedInRequest, workflow_id: UUID) -> Workflow:
    """The workflow of an address, 404 if the user may not see it."""
    visible = Workflow.objects.visible_to(request.user).select_related("owner", "owned_by")
    found: Workflow = get_object_or_404(visible, pk=workflow_id)
    return found
