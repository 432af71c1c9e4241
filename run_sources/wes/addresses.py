"""Which addresses name runs of a WES server, and how its runs are told apart here."""

import re
from urllib.parse import SplitResult, unquote
from uuid import UUID

from run_sources.errors import AddressRefused
from run_sources.http.addresses import base_of, read_parts
from run_sources.seam import Address

SERVICE = "service"  # what an address names that has all the runs of a server
LONGEST_BASE = 150  # characters; with a run's identifier it has to fit into 255
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,99}")
_STANDARD = re.compile(r"(?P<prefix>.*?/ga4gh/wes/v1)(?:/(?P<rest>.*))?")
_BARE = re.compile(r"(?P<prefix>.*?)/(?P<rest>runs/[^/]+(?:/.*)?)")


def read_address(text: str) -> Address | None:
    """What an address names that is of WES by its path ``/ga4gh/wes/v1``; None for any other.

    The identifier may stand in the path (``…/runs/<id>``, with or without what lies below it), after ``#``, or, as
    people copy it, after a blank. AddressRefused where it is of WES and names nothing.
    """
    url, _, named = text.strip().partition(" ")
    if "/ga4gh/wes/v1" not in url:
        return None
    parts = read_parts(url)
    found = _STANDARD.fullmatch(parts.path.rstrip("/"))
    return _address(parts, found, named.strip() or unquote(parts.fragment)) if found else None


def read_told_address(text: str) -> Address | None:
    """As ``read_address``, for who says that the server is one of WES: it may then lie at any path.

    Servers like sapporo have no prefix. Their ``/runs/<uuid>`` are also addresses of this registry's own pages, so
    that they are not taken for WES by themselves.
    """
    if standard := read_address(text):
        return standard
    url, _, named = text.strip().partition(" ")
    parts = read_parts(url)
    found = _BARE.fullmatch(parts.path.rstrip("/"))
    if found is None and (named or parts.fragment):
        found = re.fullmatch(r"(?P<prefix>.*?)(?P<rest>)(?:/runs)?", parts.path.rstrip("/"))
    return _address(parts, found, named.strip() or unquote(parts.fragment)) if found else None


def external_id(base: str, run_id: str) -> str:
    """What tells a run apart from all other runs of all servers.

    A UUID does so by itself, and stays when the server moves or is reached by another name; any other identifier is
    the server's own, which therefore stands before it.
    """
    return run_id if _is_uuid(run_id) else f"{base}#{run_id}"


def run_id_of(base: str, identifier: str) -> str:
    """The identifier that the server at ``base`` knows, of one by ``external_id`` or of its own; AddressRefused."""
    run_id = identifier.removeprefix(f"{base}#")
    if not RUN_ID.fullmatch(run_id):
        raise AddressRefused(f"“{run_id[:100]}” is no identifier of a run of {base}.")
    return run_id


def _address(parts: SplitResult, found: re.Match[str], named: str) -> Address:
    base = base_of(parts, found["prefix"].rstrip("/"))
    if len(base) > LONGEST_BASE:
        raise AddressRefused(f"The server's address is longer than {LONGEST_BASE} characters.")
    pieces = (found["rest"] or "").split("/")
    run_id = unquote(pieces[1]) if pieces[0] == "runs" and len(pieces) > 1 else named
    if not run_id and pieces[0] in ("", "runs", "service-info"):
        return Address(base, SERVICE, SERVICE, f"{base}/runs")
    if not RUN_ID.fullmatch(run_id):
        raise AddressRefused(f"This address of a WES server names no run. One looks like {base}/runs/<id>.")
    return Address(base, run_id, page=f"{base}/runs/{run_id}")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
