"""What pasted addresses name, said before anything is asked of any server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from run_import.models import RunServer
from run_import.recognising import Found, reader
from run_import.sources import asks_any_public, source_named
from run_sources.errors import AddressRefused
from run_sources.seam import Address
from web.imports.run_forms import EXAMPLES
from web.requests import SignedInRequest
from web.sources import servers_for, why_not

MOST_SHOWN = 50
LONGEST = 200_000  # letters that are looked at
NOT_ASKED = "this server is not set up for imports: an administrator has to add it"
DO_ASK = "this may be from several systems: choose one under “More options”"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A pasted line: what it names on which server of which source, or the ``problem`` with it."""

    text: str
    source: str = ""
    title: str = ""
    kind: str = ""
    id: str = ""
    host: str = ""
    server: RunServer | None = None
    problem: str = ""


@require_POST
@login_required
def check_addresses(request: SignedInRequest) -> HttpResponse:
    """A part of the page: each pasted line with what it names. Nothing is asked of any server, nothing is kept."""
    text = request.POST.get("import-urls", "")[:LONGEST]
    lines = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
    servers = servers_for(request.user) if lines else []
    source, server = (request.POST.get(f"import-{name}", "").strip()[:500] for name in ("source", "server"))
    read = _reader(source, server)
    shown = [_recognised(line, read, servers) for line in lines[:MOST_SHOWN]]
    context = {"recognised": shown, "more": len(lines) - len(shown)}
    return render(request, "web/imports/_recognised.html", context)


def _recognised(line: str, read: Callable[[str], Found], servers: list[Any]) -> Recognised:
    try:
        return _with_server(line, read(line), servers)
    except AddressRefused as problem:
        said, several = str(problem).partition(EXAMPLES)[0], "several sources" in str(problem)
        return Recognised(line, problem=DO_ASK if several else said)


def _reader(source: str, server: str) -> Callable[[str], Found]:
    return reader(source if source in settings.RUN_SOURCES else "", server)


def _with_server(line: str, found: Found, servers: list[Any]) -> Recognised:
    name, address = found
    source, server = source_named(name), _server_of(name, address, servers)
    problem = why_not(source)
    if not problem and server is None and not asks_any_public(name):
        problem = NOT_ASKED
    host = urlsplit(address.base).netloc or address.base
    return Recognised(
        line, name, source.title, address.kind.upper(), address.external_id, host, server, problem
    )


def _server_of(source: str, address: Address, servers: list[Any]) -> Any:
    """The listed server that would be asked: the longest that fits, whatever the scheme."""
    base = _without_scheme(address.base) + "/"
    fitting = [
        one
        for one in servers
        if one.source == source and base.startswith(_without_scheme(one.url).rstrip("/") + "/")
    ]
    return max(fitting, key=lambda one: len(one.url), default=None)


def _without_scheme(url: str) -> str:
    return url.partition("://")[2] or url
