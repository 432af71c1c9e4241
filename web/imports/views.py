"""The list of imports of every kind, and single rows of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import RegistryError
from rocrate_import.services import cancel_import as cancel_crate
from rocrate_import.services import retry_import as retry_crate
from run_import.services import cancel_import as cancel_run
from run_import.services import retry_import as retry_run
from run_registration.services import ask_for
from run_registration.services import cancel as cancel_registration
from web.deeds import do
from web.imports.listed import (
    CRATE,
    DROPBOX,
    GOING,
    KINDS,
    RUN,
    TRANSFER,
    ImportFilterForm,
    ImportRow,
    imports_for,
    row_of,
    rows_of,
)
from web.lists.paging import page_for
from web.requests import SignedInRequest


@require_safe
@login_required
def import_list(request: SignedInRequest) -> HttpResponse:
    """The imports that the user may see, newest first, narrowed as the address says."""
    form = ImportFilterForm(request.GET, user=request.user)
    asked = form.asked_for()
    page = page_for(request, imports_for(request.user, asked))
    rows = rows_of(page.rows, request.user)
    context = {
        "form": form,
        "is_narrowed": bool(asked.keys() - {"order"}),
        "page": page,
        "imports": rows,
        "is_going": any(row.is_going for row in rows),
    }
    return render(request, "web/imports/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_row(request: SignedInRequest, import_id: UUID) -> HttpResponse:
    """One row, for a page that looks again while it is going. POST cancels or tries again, and leads to the list."""
    row = row_of(import_id, request.user)
    if row is None:
        raise Http404
    if request.method == "POST":
        _do(request, row)
        return redirect("web:import-list")
    return render(request, "web/imports/_import_row.html", {"one": row})


def _do(request: SignedInRequest, row: ImportRow) -> None:
    """Whoever may edit the work may stop it and try it again."""
    deed, work = request.POST.get("deed", ""), row.work
    if not KINDS[row.kind].objects.editable_by(request.user).filter(pk=work.pk).exists():
        messages.error(request, "Only the person who requested it or a manager of the group can do this.")
        return
    try:
        if deed == "cancel" and work.state in GOING:
            _cancel(row)
        elif deed == "retry":
            _retry(request, row)
    except RegistryError as problem:
        messages.error(request, problem.message)


def _cancel(row: ImportRow) -> None:
    if row.kind == RUN:
        cancel_run(wanted=row.work)
    elif row.kind == CRATE:
        cancel_crate(wanted=row.work)
    elif row.kind == DROPBOX:
        cancel_registration(work=row.work)


def _retry(request: SignedInRequest, row: ImportRow) -> None:
    if row.kind == RUN:
        retry_run(wanted=row.work)
    elif row.kind == CRATE:
        retry_crate(wanted=row.work)
    elif row.kind == DROPBOX:
        ask_for(work=row.work, goal=row.work.goal)
    elif row.kind == TRANSFER:
        answer = do(request, "POST", reverse("filetransfer-retry", args=[row.work.pk]))
        if not answer.is_done:
            messages.error(request, answer.why)
