"""The tab of a run's files: looking, downloading a selection, adding a file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from common.errors import RegistryError
from common.identifiers import uuid_of
from rocrate_export.run_file_zips import selected, zip_of_run
from rocrate_export.zips_of_files import MOST_FILES
from web.records.kinds import rights_on
from web.requests import SignedInRequest
from web.run.directory import asked_of, directory_of, narrowed
from web.run.frame import framed, seen_run
from web.templatetags.runs import DATA_TYPE_NAMES
from workflows.models import WorkflowRun
from workflows.run_file_uploads import BoundedUploadHandler, add_file, refuse_too_large
from workflows.run_files import files_of


@require_safe
@login_required
def run_directory(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The files of the run, whichever datasets they belong to."""
    context = framed(request, run_id, "files")
    run = context["run"]
    context["may_add"] = context["rights"].edit and not run.deleted
    return render(request, "web/run/files.html", {**context, **directory_of(request, run)})


@require_POST
@login_required
def selected_files(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The files that are chosen, or all that the list shows, as a zip archive."""
    run = seen_run(request, run_id)
    try:
        if request.POST.get("what") == "all":
            rows = narrowed(request, run, asked_of(request.POST)).order_by("place", "id")
            files = list(rows[: MOST_FILES + 1])
        else:
            chosen = [key for one in request.POST.getlist("file") if (key := uuid_of(one))]
            files = selected(files_of(run.pk, request.user), {"ids": chosen}) if chosen else []
        if not files:
            messages.error(request, "Select at least one file first.")
            return redirect("web:run-directory", run_id)
        answer: HttpResponse = zip_of_run(request, run, files)
    except RegistryError as problem:
        messages.error(request, str(problem))
        return redirect("web:run-directory", run_id)
    return answer


@csrf_exempt  # the token is looked for by ``_added``: looking for it is to read the body
@require_POST
@login_required
def add_to_run(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Take a file in, and say what became of it."""
    run = seen_run(request, run_id)
    if not rights_on(run, request.user).edit:
        raise PermissionDenied
    try:
        refuse_too_large(request)
        request.upload_handlers = [BoundedUploadHandler(request)]
        refused = _added(request, run)
    except RegistryError as problem:
        messages.error(request, str(problem))
        refused = None
    if (
        refused is None and "quietly" in request.GET
    ):  # a script sent it: it loads the page, which says the rest
        return HttpResponse(status=204)
    return refused or redirect("web:run-directory", run_id)


@csrf_protect
def _added(request: SignedInRequest, run: WorkflowRun) -> HttpResponse | None:
    upload: Any = request.FILES.get("file")
    if upload is None:
        messages.error(request, "Choose a file first.")
        return None
    kind = request.POST.get("data_type", "")
    path = request.POST.get("path", "").strip() or upload.name or ""
    if kind not in DATA_TYPE_NAMES:
        messages.error(request, "Choose the role of the file.")
        return None
    made, is_new = add_file(
        run=run, user=request.user, path=path, stream=upload, data_type=kind, mime_type=upload.content_type or "",
        sha256=request.POST.get("sha256", "").strip(),
    )  # fmt: skip
    said = "is added" if is_new else "exists already with the same content"
    messages.success(request, f"{made.path} {said}.")
    return None
