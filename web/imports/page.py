"""The three ways in, each on a page of its own, with the newest imports below."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from run_import.sources import asks_any_public, every_source
from web.imports.crate_forms import CrateImportForm
from web.imports.listed import imports_for, rows_of
from web.imports.run_forms import ImportRunsForm
from web.requests import SignedInRequest, text_asked
from web.sources import servers_for, why_not

SHOWN = 10
LONGEST_ADDRESS = 2000  # characters


def run_page_for(request: SignedInRequest, form: ImportRunsForm | None = None) -> HttpResponse:
    """The page of imports from servers, with the form as it was sent; 400 where that has errors.

    Without one it holds the ``url`` of the address.
    """
    if form is None:
        form = ImportRunsForm(user=request.user)
        form.initial["urls"] = text_asked(request, "url", LONGEST_ADDRESS)
    sources = _sources(request.user)
    context = {
        "way": "runs",
        "form": form,
        "sources": sources,
        "ready": [one for one in sources if one["is_ready"]],
        "missing": [one["source"].title for one in sources if not one["is_ready"]],
        **newest_imports(request.user),
    }
    return render(request, "web/imports/run_form.html", context, status=400 if form.errors else 200)


def _sources(user: Any) -> list[dict[str, Any]]:
    """Each source with its servers that may be asked, or why it is not available, and whether anything can be said."""
    servers = servers_for(user)
    return [
        _source(one, [server for server in servers if server.source == one.name]) for one in every_source()
    ]


def _source(one: Any, servers: list[Any]) -> dict[str, Any]:
    problem, any_public = why_not(one), asks_any_public(one.name)
    return {
        "source": one,
        "problem": problem,
        "wants_credentials": bool(one.kind and one.kind.wants_credentials),
        "any_public": any_public,
        "servers": servers,
        "is_ready": bool(servers or any_public or problem),
    }


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
