"""A text of a log, or the address where it lies: WES says that it is an address, and servers tell either."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from common.outgoing import origin
from run_sources.wes.translate.values import clean, without_secrets

LONGEST = 2000  # characters of an address
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|\.{0,2}/)\S+")


@dataclass(frozen=True, slots=True)
class Said:
    """What a server says in the place of a log: ``text`` itself, or a ``path`` on its own host, or an ``address``
    elsewhere, which is kept and never asked. ``raw`` is what was said."""

    raw: str = ""
    text: str = ""
    path: str = ""
    address: str = ""


NOTHING = Said()


def read_said(told: Any, run_url: str) -> Said:
    """What was said about a log of the run at ``run_url``, against which relative addresses are meant."""
    if not isinstance(told, str) or not told.strip():
        return NOTHING
    raw = told.strip()
    if len(raw) > LONGEST or not _ADDRESS.fullmatch(raw) or not raw.isprintable() or "\\" in raw:
        return Said(told, text=clean(told))
    return _lies_at(raw, run_url)


def path_here(address: str, base: str) -> str:
    """Path and query of an address that is of the same scheme, host and port as ``base``; empty for any other."""
    try:
        parts, same = urlsplit(address), origin(address) == origin(base)
        if not same or parts.username is not None or parts.password is not None:
            return ""
    except ValueError:  # a port that is no number, half a bracket
        return ""
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _lies_at(raw: str, run_url: str) -> Said:
    try:
        address = urljoin(run_url, raw)
    except ValueError:
        return Said(raw, text=clean(raw))
    path = path_here(address, run_url)
    if path:
        return Said(raw, path=path)
    return Said(raw, address=without_secrets(clean(address)))
