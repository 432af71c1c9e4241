"""One's keys for Galaxy servers."""

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
from web.galaxy import servers_for
from web.people.forms import GalaxyKeyForm
from web.people.frame import account_tab
from web.requests import SignedInRequest


class KeyThrottle(UserRateThrottle):
    """As many keys in a minute as the API lets somebody try: each is tried at another server."""

    scope = "galaxy-key"


@require_safe
@login_required
@never_cache
def galaxy_keys(request: SignedInRequest) -> HttpResponse:
    """The servers that may be asked, and as whom one is signed in there."""
    return _page(request, servers_for(request.user))


@require_POST
@sensitive_post_parameters()
@login_required
@never_cache
def galaxy_key(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    """Store one's key for a server, after it was tested there, or remove it."""
    servers = servers_for(request.user)
    server = next((one for one in servers if one.pk == server_id), None)
    if server is None:
        raise Http404
    if request.POST.get("deed") == "remove":
        forget_credentials(server=server, user=request.user)
        messages.success(request, f"Your key for {server.name} is removed. In Galaxy it stays valid.")
        return redirect("web:galaxy-keys")
    form = GalaxyKeyForm(request.POST, server=server)
    if form.is_valid() and _may_try(request, form) and _stored(request, server, form):
        return redirect("web:galaxy-keys")
    return _page(request, servers, {server_id: form})


def _may_try(request: SignedInRequest, form: GalaxyKeyForm) -> bool:
    throttle = KeyThrottle()
    if throttle.allow_request(request, None):  # type: ignore[arg-type]
        return True
    form.add_error("key", f"Too many keys were tried. Try again in {round(throttle.wait() or 60)} seconds.")
    return False


@sensitive_variables()
def _stored(request: SignedInRequest, server: Any, form: GalaxyKeyForm) -> bool:
    try:
        kept = store_credentials(server=server, user=request.user, fields={"key": form.cleaned_data["key"]})
    except InvalidInput as problem:
        for one in problem.violations:
            form.add_error("key", one.message)
    except RegistryError as problem:
        form.add_error("key", problem.message)
    else:
        messages.success(
            request, f"Your key for {server.name} is stored: you are signed in as {kept.account}."
        )
        return True
    return False


def _page(
    request: SignedInRequest, servers: list[Any], forms: dict[UUID, GalaxyKeyForm] | None = None
) -> HttpResponse:
    sent = forms or {}
    rows = [
        {"server": server, "form": sent.get(server.pk) or GalaxyKeyForm(server=server)} for server in servers
    ]
    return account_tab(request, "galaxy", {"rows": rows}, 400 if sent else 200)
