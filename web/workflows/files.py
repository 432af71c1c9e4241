"""The page of a file of a version: its text."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from web.requests import SignedInRequest
from web.workflows.file_types import TYPE_NAMES
from web.workflows.text import MOST_COMPARED, differences, text_of
from workflows.models import WorkflowFile

MARKDOWN_ENDINGS = (".md", ".markdown")


@require_safe
@login_required
def file_page(request: SignedInRequest, workflowfile_id: UUID) -> HttpResponse:
    """A file as numbered lines, as formatted Markdown, or as what changed since the version before."""
    file = file_of(request, workflowfile_id)
    before, after = _neighbours(file)
    is_markdown = file.path.lower().endswith(MARKDOWN_ENDINGS)
    context = {
        "file": file,
        "version": file.workflowversion,
        "workflow": file.workflowversion.workflow,
        "type_name": TYPE_NAMES.get(file.data_type, file.data_type),
        "before": before,
        "after": after,
        "is_markdown": is_markdown,
        **_shown(request, file, before, is_markdown),
    }
    return render(request, "web/workflows/file.html", context)


def _shown(
    request: SignedInRequest, file: WorkflowFile, before: WorkflowFile | None, is_markdown: bool
) -> dict[str, Any]:
    """``view`` is lines, formatted or diff; what it shows stands beside it."""
    text = text_of(file)
    if before is not None and request.GET.get("diff") == "previous":
        old = text_of(before)
        comparable = text.is_text and old.is_text
        changes = differences(old, text) if comparable else None
        return {
            "view": "diff",
            "text": text,
            "changes": changes,
            "most": MOST_COMPARED,
            "comparable": comparable,
        }
    is_formatted = is_markdown and text.is_text and request.GET.get("as") != "text"
    return {"view": "formatted" if is_formatted else "lines", "text": text}


def file_of(request: SignedInRequest, workflowfile_id: UUID) -> WorkflowFile:
    """The file of an address, 404 if the user may not see its workflow."""
    visible = WorkflowFile.objects.visible_to(request.user).select_related("workflowversion__workflow")
    found: WorkflowFile = get_object_or_404(visible, pk=workflowfile_id)
    return found


def _neighbours(file: WorkflowFile) -> tuple[WorkflowFile | None, WorkflowFile | None]:
    """The file of the same path in the version before and in the one after that have it."""
    version = file.workflowversion
    same = WorkflowFile.objects.filter(
        path=file.path, workflowversion__workflow=version.workflow_id, workflowversion__deleted=False
    ).select_related("workflowversion")
    older = same.filter(workflowversion__index__lt=version.index).order_by("-workflowversion__index")
    newer = same.filter(workflowversion__index__gt=version.index).order_by("workflowversion__index")
    return older.first(), newer.first()
