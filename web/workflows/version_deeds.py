"""Versions are added, changed and released."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from web.deeds import do
from web.edited import about_form, patched
from web.lists.paging import first_of
from web.records.kinds import rights_on
from web.requests import SignedInRequest
from web.workflows.forms import VersionForm
from web.workflows.versions import version_of
from web.workflows.views import workflow_of
from workflows.models import WorkflowVersion


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_version(request: SignedInRequest, workflow_id: UUID) -> HttpResponse:
    """Add a version; it starts with the files of the latest."""
    workflow = workflow_of(request, workflow_id)
    form = VersionForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        body = {**form.body(), "workflow": str(workflow_id)}
        answer = do(request, "POST", reverse("workflowversion-list"), body)
        name = answer.data["name"] if answer.is_done else ""
        if answer.told(request, f"Version {name} is open: add its files, then release it.", form):
            return redirect("web:version", answer.data["id"])
    versions = WorkflowVersion.objects.filter(workflow=workflow, deleted=False).order_by("-index")
    return _form_page(request, form, {"workflow": workflow, "latest": versions.first()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_version(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    """Change what is said about a version."""
    version = version_of(request, version_id)
    if not rights_on(version, request.user).edit:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = VersionForm(data, initial=VersionForm.said_of(version), label_suffix="")
    form.fields["name"].help_text = "For example 1.4.0."
    address, answer = reverse("workflowversion-detail", args=[version_id]), None
    if form.is_valid():
        answer = patched(request, address, form, form.changes())
        if answer is None or answer.is_done:
            messages.success(request, "The version is saved." if answer else "Nothing was changed.")
            return redirect("web:version", version_id)
    about = about_form(request, address, form, answer)
    return _form_page(request, form, {"workflow": version.workflow, "version": version, **about})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def release_version(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    """Ask, and then release: it cannot be undone."""
    version = version_of(request, version_id)
    if request.method != "POST":
        context = {
            "version": version,
            "workflow": version.workflow,
            "files": first_of(version.files.order_by("path")),
        }
        return render(request, "web/workflows/release.html", context)
    answer = do(request, "POST", reverse("workflowversion-release", args=[version_id]))
    answer.told(request, f"Version {version.name} is released: its files cannot change any more.")
    return redirect("web:version", version_id)


@require_POST
@login_required
def change_state(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    """Say whether the version is to be used; what the API has against it is said."""
    version = version_of(request, version_id)
    state = request.POST.get("state", "")
    answer = do(request, "PATCH", reverse("workflowversion-detail", args=[version_id]), {"state": state})
    answer.told(request, f"Version {version.name} is {state} now.")
    return redirect("web:version", version_id)


def _form_page(request: HttpRequest, form: VersionForm, context: dict[str, Any]) -> HttpResponse:
    status = 400 if form.errors else 200
    return render(request, "web/workflows/version_form.html", {"form": form, **context}, status=status)
