"""Addresses that people copy: taken apart only when that is safe, a sentence for each reason why not. No Django."""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

import idna

from run_sources.errors import AddressRefused

LONGEST = 1000  # characters
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*|\[[0-9a-f:.]+\]")
BASE_PATH = re.compile(r"(/[\w~!$&'()*+,=:@.-]+)*")


def read_parts(text: str) -> SplitResult:
    """The parts of an address of HTTP that is safe to take apart; AddressRefused."""
    text = text.strip()
    for refused, sentence in CHECKS_OF_TEXT:
        if refused(text):
            raise AddressRefused(sentence)
    parts = _split(text)
    for refuses, sentence in CHECKS_OF_PARTS:
        if refuses(parts):
            raise AddressRefused(sentence)
    return parts


def base_of(parts: SplitResult, prefix: str) -> str:
    """A server's base address in its one spelling, with the path ``prefix``: no final slash, no query, no usual port,
    host in lower case. AddressRefused for a prefix that no server has."""
    if not BASE_PATH.fullmatch(prefix) or any(part in (".", "..") for part in prefix.split("/")):
        raise AddressRefused("The path before the server's own has parts that no server has.")
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{_host(parts)}{port}{prefix}"


def read_base(text: str) -> str:
    """The base address that a text is; AddressRefused."""
    parts = read_parts(text)
    return base_of(parts, parts.path.rstrip("/"))


def parameter(parts: SplitResult, name: str) -> str:
    """The first value of a parameter of the query, empty where it has none."""
    return parse_qs(parts.query).get(name, [""])[0].strip()


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  # raises for one that is no port
    except ValueError:
        raise AddressRefused("The address has a host or a port that cannot be read.") from None
    return parts


def _has_no_scheme(text: str) -> bool:
    return "://" not in text.partition("?")[0]


def _hides_something(text: str) -> bool:
    return not text.isprintable() or " " in text or "\\" in text


CHECKS_OF_TEXT: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: not text, "The address is empty."),
    (lambda text: len(text) > LONGEST, f"The address is longer than {LONGEST} characters."),
    (
        _hides_something,
        "The address has blanks, backslashes or characters that cannot be seen: copy it again.",
    ),
    (_has_no_scheme, "The address does not begin with https:// (or http://): copy all of it."),
)
CHECKS_OF_PARTS: tuple[tuple[Callable[[SplitResult], bool], str], ...] = (
    (
        lambda parts: parts.scheme not in DEFAULT_PORTS,
        "Only addresses with http:// and https:// can be asked.",
    ),
    (
        lambda parts: "@" in parts.netloc,
        "The address has a name or a password in it. Leave those out, and store your API key for the server instead.",
    ),
    (lambda parts: not HOST.fullmatch(_host(parts)), "The address has no host that can be asked."),
)


def _host(parts: SplitResult) -> str:
    """The host in its one spelling, as it is written in the addresses of requests; empty if it has none."""
    host = (parts.hostname or "").lower().rstrip(".")
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""
