"""The page of a version."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from web.lists.paging import first_of
from web.records.history import history_of
from web.records.kinds import rights_on
from web.records.remarks import remarks_of
from web.requests import SignedInRequest
from web.workflows.figures import NOT_IN_A_LIST, add_figures
from web.workflows.file_types import TYPE_NAMES
from web.workflows.needs import needs_of
from web.workflows.sparkline import sparkline_of
from web.workflows.told import told_of
from workflows.models import WorkflowRun, WorkflowVersion

NEWEST_RUNS = 10
MOST_FILES = 500


@require_safe
@login_required
def version_page(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    """A version with its files, and how its runs went; while it is open, what can be done about it."""
    version: Any = version_of(request, version_id)
    runs = WorkflowRun.objects.visible_to(request.user)
    add_figures([version], runs)
    newest = runs.filter(workflowversion=version).with_details().defer(*NOT_IN_A_LIST)
    rights = rights_on(version, request.user)
    files = first_of(version.files.order_by("path"), MOST_FILES)
    context = {
        "version": version,
        "workflow": version.workflow,
        "figures": version.figures,
        "sparkline": sparkline_of(version.figures),
        "needs": needs_of(version, request.user),
        "runs": list(newest.order_by("-id")[:NEWEST_RUNS]),
        "files": files,
        **told_of(version, files.rows),
        "types": TYPE_NAMES.items(),
        "rights": rights,
        "may_change_files": rights.edit and not version.is_committed,
        "largest": settings.WORKFLOW_FILE_MAX_BYTES,
        "remarks": remarks_of(request, version, may_edit=rights.edit),
        "history": history_of(request, version),
    }
    return render(request, "web/workflows/version.html", context)


def version_of(request: SignedInRequest, version_id: UUID) -> WorkflowVersion:
    """The version of an address, 404 if the user may not see it."""
    visible = WorkflowVersion.objects.visible_to(request.user)
    related = visible.select_related("workflow__owner", "workflow__owned_by", "created_by", "modified_by")
    found: WorkflowVersion = get_object_or_404(related, pk=version_id)
    return found
