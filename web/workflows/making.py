"""Workflows are made and changed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from web.deeds import do
from web.edited import about_form, patched
from web.records.kinds import rights_on
from web.requests import SignedInRequest
from web.workflows.forms import WorkflowForm
from web.workflows.views import workflow_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_workflow(request: SignedInRequest) -> HttpResponse:
    """Make a workflow; its page leads on to its first version."""
    form = WorkflowForm(request.POST or None, user=request.user)
    if form.is_valid():
        answer = do(request, "POST", reverse("workflow-list"), form.body())
        if answer.told(request, "The workflow is registered. Its first version comes next.", form):
            return redirect("web:new-version", answer.data["id"])
    return _form_page(request, form, {})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_workflow(request: SignedInRequest, workflow_id: UUID) -> HttpResponse:
    """Change what is said about a workflow."""
    workflow = workflow_of(request, workflow_id)
    if not rights_on(workflow, request.user).edit:
        raise PermissionDenied
    said = WorkflowForm.said_of(workflow)
    form = WorkflowForm(request.POST or None, initial=said, user=request.user, workflow=workflow)
    address, answer = reverse("workflow-detail", args=[workflow_id]), None
    if form.is_valid():
        answer = patched(request, address, form, form.changes())
        if answer is None or answer.is_done:
            messages.success(request, "The workflow is saved." if answer else "Nothing was changed.")
            return redirect("web:workflow", workflow_id)
    return _form_page(request, form, {"workflow": workflow, **about_form(request, address, form, answer)})


def _form_page(request: HttpRequest, form: WorkflowForm, context: dict[str, Any]) -> HttpResponse:
    status = 400 if form.errors else 200
    return render(request, "web/workflows/workflow_form.html", {"form": form, **context}, status=status)
