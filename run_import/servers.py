"""Which servers may be asked, and with what: listing them, finding the one of an address, the access to it."""

import logging
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q

from common.errors import InvalidInput, Violation
from run_import.credentials import credentials_for
from run_import.models import RunCredential, RunImport, RunServer
from run_import.sources import asks_any_public, listed_in_settings, source_named
from run_sources.errors import AddressRefused, KeyRefused, SourceError
from run_sources.http.addresses import read_base
from run_sources.seam import Access

logger = logging.getLogger(__name__)
Place = tuple[str, str]  # source, base address


class ServerNotAsked(SourceError):
    """Administrators do not want this server to be asked, or not any more."""

    code = "not_asked"


def servers_in_settings() -> set[Place]:
    """The servers that settings name, by source and base address; what is no address is logged and left out."""
    found = set()
    for source, entries in listed_in_settings().items():
        for entry in filter(None, map(str.strip, entries)):
            try:
                found.add((source, base_of_server(source, entry)))
            except AddressRefused as problem:
                logger.error("%s_SERVERS, or RUN_SERVERS: %s", source.upper(), problem)
    return found


def base_of_server(source: str, text: str) -> str:
    """The base address of a server in the one spelling of its source, which may have forms of its own."""
    own = getattr(source_named(source).kind, "read_base", None)
    return str(own(text)) if own else read_base(text)


def list_servers_of_settings() -> None:
    """Make the rows of listed servers be what the settings say; those that administrators made stay.

    Doing it again changes nothing, and costs one query.
    """
    wanted = servers_in_settings()
    rows = RunServer.objects.filter(Q(url__in={url for _, url in wanted}) | Q(is_from_settings=True))
    known = {
        (row.source, row.url): row
        for row in rows.only("id", "source", "url", "is_listed", "is_from_settings")
    }
    for source, url in wanted - known.keys():
        facts = {"name": name_of(url), "is_listed": True, "is_from_settings": True}
        RunServer.objects.get_or_create(source=source, url=url, defaults=facts)
    unlisted = [row.pk for place, row in known.items() if place in wanted and not row.is_listed]
    if unlisted:
        RunServer.objects.filter(pk__in=unlisted).update(is_listed=True, is_from_settings=True)
    gone = [row.pk for place, row in known.items() if place not in wanted and row.is_from_settings]
    if gone:
        RunServer.objects.filter(pk__in=gone).update(is_listed=False, is_from_settings=False)


def name_of(base: str) -> str:
    """What a server is called until somebody names it: its host."""
    return (urlsplit(base).netloc or base)[:255]


def server_for(source: str, base: str, *, field: str = "url") -> RunServer:
    """The server that an address with this base is asked of; InvalidInput on ``field`` if there is none.

    A listed server answers for its own base and for all that lies below it: the longest one that fits. It is always
    asked at the address that was listed, whatever scheme was pasted. Another one is taken in, unlisted, where any
    public host is allowed.
    """
    list_servers_of_settings()
    candidates = listed_servers_of(base, source)
    if candidates:
        found = candidates[0]
    elif asks_any_public(source):
        found = _unlisted(source, base)
    else:
        raise InvalidInput([Violation(field, _not_listed(source, base))])
    if not found.is_enabled:
        raise InvalidInput([Violation(field, _switched_off(found))])
    return found


def listed_servers(source: str = "") -> list[RunServer]:
    """The listed servers, of one source or of any: those with the longest paths first."""
    rows = RunServer.objects.filter(is_listed=True, **({"source": source} if source else {}))
    return sorted(rows, key=lambda one: (len(_place(one.url)[2]), one.url), reverse=True)


def listed_servers_of(base: str, source: str = "") -> list[RunServer]:
    """The listed servers that answer for this base, the closest first; of one source, or of any."""
    fitting = [one for one in listed_servers(source) if covers(one.url, base)]
    fitting.sort(key=lambda one: (len(_place(one.url)[2]), one.url == base), reverse=True)
    return fitting


def may_be_asked(server: RunServer) -> bool:
    """Whether this registry takes runs from the server, as things are now."""
    return server.is_enabled and (server.is_listed or asks_any_public(server.source))


def servers_seen_by(user: Any) -> Any:
    """The listed servers, and those others that this user has something to do with."""
    list_servers_of_settings()
    own = RunCredential.objects.filter(user=user).values("server")
    imports = RunImport.objects.filter(owner=user).values("server")
    return RunServer.objects.filter(Q(is_listed=True) | Q(pk__in=own) | Q(pk__in=imports))


def access_to(server: RunServer, user: Any, **options: Any) -> Access:
    """How a server is asked for this user; SourceError where it is not to be asked any more, or nobody may without
    credentials. ``options`` are Access's own.
    """
    list_servers_of_settings()
    server.refresh_from_db(fields=["is_listed", "is_enabled", "shared_key", "shared_account"])
    if not may_be_asked(server):
        sentence = _switched_off(server) if not server.is_enabled else _not_listed(server.source, server.url)
        raise ServerNotAsked(sentence)
    credentials, _ = credentials_for(server, user)
    source = source_named(server.source)
    if source.loaded().wants_credentials and not any(credentials.values()):
        raise KeyRefused(
            f"{server.url} answers nobody without {source.what_is_stored}: store yours, and try again."
        )
    return Access(server.url, credentials=credentials, allow_private=server.is_listed, **options)


def covers(listed: str, base: str) -> bool:
    """Whether a listed base is that of the address, or stands above it; http and https are one server."""
    host, port, path = _place(listed)
    try:
        other_host, other_port, other_path = _place(base.strip().partition(" ")[0])
    except ValueError:
        return False
    return (host, port) == (other_host, other_port) and f"{other_path}/".startswith(f"{path}/")


def _place(base: str) -> tuple[str, int | None, str]:
    """Host, port (None: the usual one of the scheme) and path."""
    parts = urlsplit(base)
    return parts.hostname or "", parts.port, parts.path.rstrip("/")


def _unlisted(source: str, base: str) -> RunServer:
    """Taken in because any public host is allowed; it never may be at a loopback or private address."""
    facts = {"name": name_of(base), "is_listed": False}
    found, _ = RunServer.objects.get_or_create(source=source, url=base, defaults=facts)
    return found


def _not_listed(source: str, base: str) -> str:
    names = ", ".join(
        RunServer.objects.of_source(source)
        .filter(is_listed=True, is_enabled=True)
        .values_list("url", flat=True)
    )
    title = source_named(source).title
    taken = (
        f"this registry takes runs from {names}" if names else f"this registry knows no {title} server yet"
    )
    return f"{base} is not listed: {taken}; ask your administrator to list {base}"


def _switched_off(server: RunServer) -> str:
    return f"{server.url} is switched off here; ask your administrator to enable it"
