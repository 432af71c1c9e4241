"""The pages on which crates come in: the form, and how far an import is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from common.errors import InvalidInput, RegistryError
from rocrate_import.models import CrateImport
from rocrate_import.services import (
    cancel_import,
    request_dropbox_import,
    request_upload_import,
    retry_import,
)
from rocrate_import.uploads import refuse_too_large, taking_uploads
from web.imports.crate_forms import CrateImportForm
from web.imports.deeds import do_as_asked
from web.imports.page import crate_page_for
from web.requests import SignedInRequest
from web.seen import seen_by

DEEDS = {"cancel": cancel_import, "retry": retry_import}


# The token of the form stands in its body, which must not be read before it is said where uploads go: so the
# inner view asks for the token, and nobody gets there who is not signed in.
@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: SignedInRequest) -> HttpResponse:
    """The form; a POST begins an import and leads to its page."""
    try:
        refuse_too_large(request)
        with taking_uploads(request):
            return _import_page(request)
    except RegistryError as problem:
        messages.error(request, problem.message)
        return redirect("web:import-crate")


@csrf_protect
def _import_page(request: SignedInRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CrateImportForm(*sent, user=request.user)
    if form.is_valid():
        wanted = _requested(form, request)
        if wanted is not None:
            return redirect("web:crate-import", import_id=wanted.pk)
    return crate_page_for(request, form if request.method == "POST" else None)


def _requested(form: CrateImportForm, request: SignedInRequest) -> CrateImport | None:
    given = form.cleaned_data
    common: dict[str, Any] = {"user": request.user, "public": given["public"]}
    try:
        if given["file"]:
            group = given["owned_by"] or request.user.default_group()
            return request_upload_import(upload=given["file"], group=group, **common)[0]
        return request_dropbox_import(path=given["path"], group=given["owned_by"], **common)
    except InvalidInput as problem:
        for one in problem.violations:
            form.add_error(one.field if one.field in form.fields else None, one.message)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def crate_import_page(request: SignedInRequest, import_id: UUID) -> HttpResponse:
    """How far an import is; the page asks again by itself while it is under way. POST cancels or tries again."""
    rows = CrateImport.objects.visible_to(request.user)
    wanted = get_object_or_404(rows.select_related("owner", "owned_by"), pk=import_id)
    may_edit = CrateImport.objects.editable_by(request.user).filter(pk=wanted.pk).exists()
    if request.method == "POST":
        do_as_asked(request, wanted, DEEDS, may_edit=may_edit)
        return redirect("web:crate-import", import_id=wanted.pk)
    context = {
        "import": wanted,
        "may_edit": may_edit,
        "run": seen_by(request.user, wanted.workflowrun),
        "version": seen_by(request.user, wanted.workflowversion),
    }
    return render(request, "web/imports/crate_import.html", context)
