"""The servers that runs come from, and one's credentials for them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe
from rest_framework.throttling import UserRateThrottle

from common.errors import InvalidInput, RegistryError
from run_import.credential_checks import store_credentials
from run_import.credentials import forget_credentials
from run_import.sources import source_named
from web.people.forms import CredentialsForm
from web.people.frame import account_tab
from web.requests import SignedInRequest
from web.sources import servers_for, why_not


class CredentialsThrottle(UserRateThrottle):
    """As many in a minute as the API lets somebody try: each is tried at another server."""

    scope = "run-credentials"


@require_safe
@login_required
@never_cache
def servers_page(request: SignedInRequest) -> HttpResponse:
    """The servers that may be asked, and as whom one is signed in there."""
    return _page(request, servers_for(request.user))


@require_POST
@sensitive_post_parameters()
@login_required
@never_cache
def credentials(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    """Store one's credentials for a server, after they were tested there, or remove them."""
    servers = servers_for(request.user)
    server: Any = next((one for one in servers if one.pk == server_id), None)
    if server is None:
        raise Http404
    what = source_named(server.source).what_is_stored
    if request.POST.get("deed") == "remove":
        forget_credentials(server=server, user=request.user)
        stays = "it stays" if what == "key" else "they stay"
        messages.success(request, f"Your {what} for {server.name} {_is(what)} removed. There {stays} valid.")
        return redirect("web:servers")
    form = CredentialsForm(request.POST, server=server)
    if form.is_valid() and _may_try(request, form) and _stored(request, server, form):
        return redirect("web:servers")
    return _page(request, servers, {server_id: form})


def _may_try(request: SignedInRequest, form: CredentialsForm) -> bool:
    throttle = CredentialsThrottle()
    if throttle.allow_request(request, None):  # type: ignore[arg-type]
        return True
    seconds = round(throttle.wait() or 60)
    form.add_error(None, f"Too many were tried. Try again in {seconds} seconds.")
    return False


@sensitive_variables()
def _stored(request: SignedInRequest, server: Any, form: CredentialsForm) -> bool:
    try:
        kept = store_credentials(server=server, user=request.user, fields=form.values())
    except InvalidInput as problem:
        for one in problem.violations:
            form.add_error(one.field if one.field in form.fields else None, one.message)
    except RegistryError as problem:
        form.add_error(None, problem.message)
    else:
        said = f": you are signed in as {kept.account}" if kept.account else ""
        what = source_named(server.source).what_is_stored
        messages.success(request, f"Your {what} for {server.name} {_is(what)} stored{said}.")
        return True
    return False


def _is(what: str) -> str:
    return "is" if what == "key" else "are"


def _page(
    request: SignedInRequest, servers: list[Any], forms: dict[UUID, CredentialsForm] | None = None
) -> HttpResponse:
    sent = forms or {}
    rows = [_row(server, sent.get(server.pk) or CredentialsForm(server=server)) for server in servers]
    return account_tab(request, "servers", {"rows": rows}, 400 if sent else 200)


def _row(server: Any, form: CredentialsForm) -> dict[str, Any]:
    source = source_named(server.source)
    return {"server": server, "form": form, "source": source, "problem": why_not(source)}
