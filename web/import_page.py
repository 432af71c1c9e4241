"""The page on which imports begin: a form for Galaxy, a form for crates, and the newest imports."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from galaxy_import.models import GalaxyKey, GalaxyServer
from galaxy_import.servers import may_be_asked, servers_seen_by
from web.forms import CrateImportForm
from web.galaxy_forms import GalaxyImportForm
from web.import_list import imports_for, rows_of
from web.requests import SignedInRequest

SHOWN = 20


def import_page_for(
    request: SignedInRequest,
    *,
    crate_form: CrateImportForm | None = None,
    galaxy_form: GalaxyImportForm | None = None,
) -> HttpResponse:
    """The page, with the forms as they were sent; 400 where one of them has errors."""
    crate_form = crate_form or CrateImportForm(None, None, user=request.user)
    galaxy_form = galaxy_form or GalaxyImportForm(user=request.user)
    newest = list(imports_for(request.user, {})[: SHOWN + 1])
    context = {
        "form": crate_form,
        "galaxy_form": galaxy_form,
        "servers": servers_for(request.user),
        "any_public": settings.GALAXY_ANY_PUBLIC,
        "imports": rows_of(newest[:SHOWN], request.user),
        "has_more": len(newest) > SHOWN,
        "most": settings.CRATE_MAX_BYTES,
    }
    status = 400 if crate_form.errors or galaxy_form.errors else 200
    return render(request, "web/import.html", context, status=status)


def servers_for(user: Any) -> list[GalaxyServer]:
    """The servers that may be asked, each with ``own_key``: the user's, None where there is none."""
    servers = [one for one in servers_seen_by(user).order_by("name", "id") if may_be_asked(one)]
    keys = {key.server_id: key for key in GalaxyKey.objects.filter(user=user).defer("sealed")}
    for server in servers:
        server.own_key = keys.get(server.pk)
    return servers
