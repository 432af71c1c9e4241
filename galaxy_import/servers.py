"""Which Galaxy servers may be asked, and with what: listing them, finding the one of an address, its client."""

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from common.errors import InvalidInput, Violation
from galaxy_import.client import GalaxyClient
from galaxy_import.keys import key_for_user
from galaxy_import.models import GalaxyImport, GalaxyKey, GalaxyServer
from run_sources.errors import AddressRefused, SourceError
from run_sources.http.addresses import read_base

logger = logging.getLogger(__name__)


class ServerNotAsked(SourceError):
    """Administrators do not want this server to be asked, or not any more."""

    code = "not_asked"


def bases_in_settings() -> dict[str, str]:
    """The entries of GALAXY_SERVERS by their base addresses; what is no address is logged and left out."""
    found = {}
    for entry in filter(None, map(str.strip, settings.GALAXY_SERVERS)):
        try:
            found[read_base(entry)] = entry
        except AddressRefused as problem:
            logger.error("GALAXY_SERVERS: %s", problem)
    return found


def list_servers_of_settings() -> None:
    """Make the rows of listed servers be what GALAXY_SERVERS says; those that administrators made stay.

    Doing it again changes nothing, and costs one query.
    """
    wanted = set(bases_in_settings())
    rows = GalaxyServer.objects.filter(Q(url__in=wanted) | Q(is_from_settings=True))
    listed = dict(rows.values_list("url", "is_listed"))
    for url in wanted - listed.keys():
        facts = {"name": name_of(url), "is_listed": True, "is_from_settings": True}
        GalaxyServer.objects.get_or_create(url=url, defaults=facts)
    if any(not listed[url] for url in wanted & listed.keys()):
        rows.filter(url__in=wanted, is_listed=False).update(is_listed=True, is_from_settings=True)
    if listed.keys() - wanted:
        rows.exclude(url__in=wanted).update(is_listed=False, is_from_settings=False)


def name_of(base: str) -> str:
    """What a server is called until somebody names it: its host."""
    return (urlsplit(base).netloc or base)[:255]


def server_for(base: str, *, field: str = "url") -> GalaxyServer:
    """The server that an address with this base is asked of; InvalidInput on ``field`` if there is none.

    A listed server answers for its own base and for all that lies below it: the longest one that fits. It is always
    asked at the address that was listed, whatever scheme was pasted. Another one is taken in, unlisted, where any
    public host is allowed.
    """
    list_servers_of_settings()
    candidates = [one for one in GalaxyServer.objects.filter(is_listed=True) if _covers(one.url, base)]
    if candidates:
        found = max(candidates, key=lambda one: (len(_place(one.url)[2]), one.url == base, one.url))
    elif settings.GALAXY_ANY_PUBLIC:
        found = _unlisted(base)
    else:
        raise InvalidInput([Violation(field, _not_listed(base))])
    if not found.is_enabled:
        raise InvalidInput([Violation(field, _switched_off(found))])
    return found


def may_be_asked(server: GalaxyServer) -> bool:
    """Whether this registry takes runs from the server, as things are now."""
    return server.is_enabled and (server.is_listed or settings.GALAXY_ANY_PUBLIC)


def servers_seen_by(user: Any) -> Any:
    """The listed servers, and those others that this user has something to do with."""
    list_servers_of_settings()
    own_keys = GalaxyKey.objects.filter(user=user).values("server")
    imports = GalaxyImport.objects.filter(owner=user).values("server")
    return GalaxyServer.objects.filter(Q(is_listed=True) | Q(pk__in=own_keys) | Q(pk__in=imports))


def client_for(server: GalaxyServer, user: Any, **options: Any) -> GalaxyClient:
    """A client with the key that is used for this user; SourceError where the server is not to be asked any more.

    ``options`` are the client's own.
    """
    list_servers_of_settings()
    server.refresh_from_db(fields=["is_listed", "is_enabled", "shared_key", "shared_account"])
    if not may_be_asked(server):
        raise ServerNotAsked(_switched_off(server) if not server.is_enabled else _not_listed(server.url))
    key, _ = key_for_user(server, user)
    return GalaxyClient(server.url, key, allow_private=server.is_listed, **options)


def _covers(listed: str, base: str) -> bool:
    """Whether a listed base is that of the address, or stands above it; http and https are one server."""
    host, port, path = _place(listed)
    other_host, other_port, other_path = _place(base)
    return (host, port) == (other_host, other_port) and f"{other_path}/".startswith(f"{path}/")


def _place(base: str) -> tuple[str, int | None, str]:
    """Host, port (None: the usual one of the scheme) and path."""
    parts = urlsplit(base)
    return parts.hostname or "", parts.port, parts.path.rstrip("/")


def _unlisted(base: str) -> GalaxyServer:
    """Taken in because any public host is allowed; it never may be at a loopback or private address."""
    facts = {"name": name_of(base), "is_listed": False}
    found, _ = GalaxyServer.objects.get_or_create(url=base, defaults=facts)
    return found


def _not_listed(base: str) -> str:
    names = ", ".join(
        GalaxyServer.objects.filter(is_listed=True, is_enabled=True).values_list("url", flat=True)
    )
    taken = f"this registry takes runs from {names}" if names else "this registry knows no Galaxy server yet"
    return f"{base} is not listed: {taken}; ask your administrator to list {base}"


def _switched_off(server: GalaxyServer) -> str:
    return f"{server.url} is switched off here; ask your administrator to enable it"
