"""The list of workflows."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.lists.query import sound_query_of
from web.lists.shown import listed
from web.requests import SignedInRequest
from web.workflows.figures import add_figures_of_workflows
from web.workflows.filters import WORKFLOWS, WorkflowFilterForm
from workflows.models import Workflow, WorkflowRun, WorkflowVersion


@require_safe
@login_required
def workflow_list(request: SignedInRequest) -> HttpResponse:
    """The workflows that the user may see, narrowed and sorted as the address says, and how their runs went."""
    form = WorkflowFilterForm(request.GET, user=request.user)
    workflows = Workflow.objects.visible_to(request.user).select_related("owner", "owned_by")
    context = listed(sound_query_of(request, WORKFLOWS), workflows.defer("description"), form)
    _add_versions(context["page"].rows)
    add_figures_of_workflows(context["page"].rows, WorkflowRun.objects.visible_to(request.user))
    return render(request, "web/workflows/workflow_list.html", context)


def _add_versions(workflows: list[Any]) -> None:
    """Give each workflow the number of its versions and the name of the newest."""
    newest = WorkflowVersion.objects.filter(workflow=OuterRef("pk"), deleted=False).order_by("-index")
    told = Workflow.objects.filter(pk__in=[one.pk for one in workflows]).annotate(
        version_count=Count("versions", filter=Q(versions__deleted=False)),
        newest_version=Subquery(newest.values("name")[:1]),
    )
    known = {pk: rest for pk, *rest in told.values_list("pk", "version_count", "newest_version")}
    for one in workflows:
        one.version_count, one.newest_version = known.get(one.pk, (0, None))
