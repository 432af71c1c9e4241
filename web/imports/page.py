"""The three ways in, each on a page of its own, with the newest imports below."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from web.galaxy import servers_for
from web.imports.crate_forms import CrateImportForm
from web.imports.galaxy_forms import GalaxyImportForm
from web.imports.listed import imports_for, rows_of
from web.requests import SignedInRequest

SHOWN = 10


def galaxy_page_for(request: SignedInRequest, form: GalaxyImportForm | None = None) -> HttpResponse:
    """The page of imports from Galaxy, with the form as it was sent; 400 where that has errors."""
    form = form or GalaxyImportForm(user=request.user)
    context = {
        "way": "galaxy",
        "galaxy_form": form,
        "servers": servers_for(request.user),
        "any_public": settings.GALAXY_ANY_PUBLIC,
        **newest_imports(request.user),
    }
    return render(request, "web/imports/galaxy_form.html", context, status=400 if form.errors else 200)


def crate_page_for(request: SignedInRequest, form: CrateImportForm | None = None) -> HttpResponse:
    """The page of imports of crates, as above."""
    initial = {"path": request.GET.get("path", "")}
    form = form or CrateImportForm(None, None, user=request.user, initial=initial)
    context = {
        "way": "crate",
        "form": form,
        "most": settings.CRATE_MAX_BYTES,
        **newest_imports(request.user),
    }
    return render(request, "web/imports/crate_form.html", context, status=400 if form.errors else 200)


def newest_imports(user: Any) -> dict[str, Any]:
    """The last few imports of every kind, and whether there are more."""
    newest = list(imports_for(user, {})[: SHOWN + 1])
    return {"imports": rows_of(newest[:SHOWN], user), "has_more": len(newest) > SHOWN}
