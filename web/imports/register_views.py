"""Registering from a dropbox: browsing it, having a directory looked at, correcting what was found, sending it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from common.errors import Conflict, InvalidInput, RegistryError
from run_registration.models import DirectoryRegistration
from run_registration.services import ask_for, cancel, request_look
from web.imports.browsing import NotThere, boxes_of, folder_at
from web.imports.page import newest_imports
from web.imports.register_forms import CorrectionsForm
from web.imports.taking_in import failed_files, transfer_of, try_files_again
from web.lists.paging import page_number
from web.requests import SignedInRequest
from web.seen import seen_by
from workflows.models import WorkflowRun

Goal = DirectoryRegistration.Goal
GOALS = {"look": Goal.LOOK, "send": Goal.SEND}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def register_page(request: SignedInRequest) -> HttpResponse:
    """A person's dropboxes, or a folder of one; a POST has a directory looked at and leads to its page."""
    if request.method == "POST":
        return _look(request)
    boxes = boxes_of(request.user)
    path = request.GET.get("path", "") or (boxes[0].path if len(boxes) == 1 else "")
    context: dict[str, Any] = {"way": "register", "boxes": boxes, **newest_imports(request.user)}
    status = 200
    if path:
        try:
            context["folder"] = folder_at(request, path, page_number(request.GET.get("page", "")))
        except NotThere as problem:
            context["problem"], status = str(problem), 400
    return render(request, "web/imports/register.html", context, status=status)


def _look(request: SignedInRequest) -> HttpResponse:
    path = request.POST.get("path", "")
    try:
        work = request_look(path=path, user=request.user)
    except InvalidInput as problem:
        messages.error(request, problem.violations[0].message)
        return redirect("web:register")
    except Conflict as problem:
        messages.error(request, problem.message)
        return redirect(f"{reverse('web:register')}?{urlencode({'path': path.rpartition('/')[0]})}")
    return redirect("web:registration", import_id=work.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def registration_page(request: SignedInRequest, import_id: UUID) -> HttpResponse:
    """What was found in a directory, or how far that is. POST looks again, registers it, or cancels."""
    rows = DirectoryRegistration.objects.visible_to(request.user)
    work = get_object_or_404(rows.select_related("owner", "owned_by", "workflowrun"), pk=import_id)
    may_edit = work.owner_id == request.user.pk  # the dropbox is the owner's alone
    if request.method == "POST":
        return _do(request, work, may_edit)
    form = CorrectionsForm(work=work, user=request.user) if _is_correctable(work, may_edit) else None
    return _shown(request, work, form, may_edit)


def _is_correctable(work: DirectoryRegistration, may_edit: bool) -> bool:
    return may_edit and work.has_ended and not work.is_registered and not work.findings.get("is_crate")


def _shown(
    request: SignedInRequest,
    work: DirectoryRegistration,
    form: CorrectionsForm | None,
    may_edit: bool,
    status: int = 200,
) -> HttpResponse:
    run = seen_by(request.user, work.workflowrun)
    transfer = transfer_of(request.user, run) if work.is_registered else None
    context = {
        "work": work,
        "found": work.findings,
        "form": form,
        "may_edit": may_edit,
        "run": run,
        "known": _known_run(request.user, work),
        "transfer": transfer,
        "failed_files": failed_files(request.user, run, transfer),
        "browse": f"{reverse('web:register')}?{urlencode({'path': work.path.rpartition('/')[0]})}",
    }
    return render(request, "web/imports/registration.html", context, status=status)


def _known_run(user: Any, work: DirectoryRegistration) -> Any:
    """The run that the registry has of this directory already."""
    key = work.findings.get("known_run")
    return WorkflowRun.objects.visible_to(user).filter(pk=key).first() if key else None


def _do(request: SignedInRequest, work: DirectoryRegistration, may_edit: bool) -> HttpResponse:
    here = redirect("web:registration", import_id=work.pk)
    deed = request.POST.get("deed", "")
    if not may_edit:
        messages.error(request, "Only the owner of the dropbox can do this.")
        return here
    try:
        if deed == "cancel":
            cancel(work=work)
        elif deed == "retry-files":
            try_files_again(request, seen_by(request.user, work.workflowrun))
        elif deed in GOALS:
            return _corrected(request, work, GOALS[deed])
    except RegistryError as problem:
        messages.error(request, problem.message)
    return here


def _corrected(request: SignedInRequest, work: DirectoryRegistration, goal: str) -> HttpResponse:
    """Look again, or register, with what the form says; 400 with the form where that cannot be."""
    form = CorrectionsForm(request.POST, work=work, user=request.user)
    if form.is_valid():
        try:
            given = form.cleaned_data
            ask_for(
                work=work,
                goal=goal,
                corrections=form.corrections(),
                wanted_run=given.get("run", ""),
                public=given["public"],
                group_id=form.group_id,
            )
            return redirect("web:registration", import_id=work.pk)
        except InvalidInput as problem:
            for one in problem.violations:
                form.add_error(one.field if one.field in form.fields else None, one.message)
    return _shown(request, work, form, True, status=400)
