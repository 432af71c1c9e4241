"""The list of imports of every kind."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.import_list import ImportFilterForm, imports_for, rows_of
from web.listing import page_of
from web.requests import SignedInRequest


@require_safe
@login_required
def import_list(request: SignedInRequest) -> HttpResponse:
    """The imports that the user may see, newest first, narrowed as the address says."""
    form = ImportFilterForm(request.GET, label_suffix="")
    asked = form.asked_for()
    page = page_of(imports_for(request.user, asked), request.GET.get("page", ""))
    context = {
        "form": form,
        "is_narrowed": bool(asked),
        "page": page,
        "imports": rows_of(page.rows, request.user),
    }
    return render(request, "web/import_list.html", context)
