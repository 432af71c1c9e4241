"""What pasted addresses name, said before anything is asked of Galaxy."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from galaxy_import.addresses import Address, read_address
from run_import.models import RunServer
from run_sources.errors import AddressRefused
from web.galaxy import servers_for
from web.requests import SignedInRequest

MOST_SHOWN = 50
LONGEST = 200_000  # letters that are looked at


@dataclass(frozen=True, slots=True)
class Recognised:
    """A pasted line: what it names on which server, or the ``problem`` with it."""

    text: str
    kind: str = ""
    id: str = ""
    host: str = ""
    server: RunServer | None = None
    problem: str = ""


@require_POST
@login_required
def check_addresses(request: SignedInRequest) -> HttpResponse:
    """A part of the page: each pasted line with what it names. Nothing is asked of any server, nothing is kept."""
    text = request.POST.get("galaxy-urls", "")[:LONGEST]
    lines = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
    servers = servers_for(request.user) if lines else []
    shown = [_recognised(line, servers) for line in lines[:MOST_SHOWN]]
    context = {"recognised": shown, "more": len(lines) - len(shown)}
    return render(request, "web/imports/_recognised.html", context)


def _recognised(line: str, servers: list[Any]) -> Recognised:
    try:
        address = read_address(line)
    except AddressRefused:
        return Recognised(line, problem="not the address of an invocation, a history or a workflow")
    host = urlsplit(address.base).netloc
    server = _server_of(address, servers)
    if server is None and not settings.GALAXY_ANY_PUBLIC:
        return Recognised(
            line, address.kind, address.id, host, problem="this server may not be asked: see Servers"
        )
    return Recognised(line, address.kind, address.id, host, server)


def _server_of(address: Address, servers: list[Any]) -> Any:
    """The listed server that would be asked: the longest that fits, whatever the scheme."""
    base = _without_scheme(address.base)
    fitting = [one for one in servers if (base + "/").startswith(_without_scheme(one.url).rstrip("/") + "/")]
    return max(fitting, key=lambda one: len(one.url), default=None)


def _without_scheme(url: str) -> str:
    return url.partition("://")[2]
