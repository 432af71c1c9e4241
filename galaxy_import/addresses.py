"""The addresses that a person can copy from a Galaxy server, and what each of them names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

import idna

LONGEST = 1000  # characters
DEFAULT_PORTS = {"http": 80, "https": 443}
FORMS = (
    "The addresses understood are those of an invocation (…/workflows/invocations/ID, its report, or "
    "…/api/invocations/ID), of a history (…/histories/view?id=ID, …/histories/ID/invocations) and of a workflow "
    "(…/workflows/ID/invocations, …/workflows/run?id=ID, …/published/workflow?id=ID)."
)
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*|\[[0-9a-f:.]+\]")
BASE_PATH = re.compile(r"(/[\w~!$&'()*+,=:@.-]+)*")
ID = r"(?P<id>[0-9a-f]{16,128})"  # encoded ids come in pieces of 16 hexadecimal digits

INVOCATION, HISTORY, WORKFLOW = "INVOCATION", "HISTORY", "WORKFLOW"


class AddressRefused(ValueError):
    """The text is no address that can be used; ``str()`` is a sentence that says why, and which can."""


@dataclass(frozen=True, slots=True)
class Address:
    """A thing on a Galaxy server: the server's ``base`` address, what it is, its encoded id and its ``page``."""

    base: str
    kind: str
    id: str
    page: str


def read_address(text: str) -> Address:
    """What a copied address names: an INVOCATION, a HISTORY or a WORKFLOW. AddressRefused."""
    parts = _read(text)
    for form in FORMS_OF_PATHS:
        if found := form.match(parts):
            prefix, kind, id = found
            base = _base(parts, prefix)
            return Address(base, kind, id, PAGES[kind].format(base=base, id=id))
    raise AddressRefused(f"This is not the address of an invocation, a history or a workflow. {FORMS}")


def read_base(text: str) -> str:
    """A server's base address in its one spelling: no final slash, no query, no usual port, host in lower case."""
    parts = _read(text)
    return _base(parts, parts.path.rstrip("/"))


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to name a thing: by its path alone, or by a path and an id in the query."""

    kind: str
    path: re.Pattern[str]
    parameter: str = ""

    def match(self, parts: SplitResult) -> tuple[str, str, str] | None:
        """The path before Galaxy's own, the kind and the id."""
        found = self.path.fullmatch(parts.path.rstrip("/"))
        id = _parameter(parts, self.parameter) if found and self.parameter else ""
        if not found or (self.parameter and not id):
            return None
        return found["prefix"], self.kind, id or found["id"]


def _by_path(kind: str, path: str) -> _Form:
    return _Form(kind, re.compile(f"(?P<prefix>.*?){path}"))


def _by_parameter(kind: str, path: str, parameter: str = "id") -> _Form:
    return _Form(kind, re.compile(f"(?P<prefix>.*?){path}"), parameter)


# The first that fits. A tab is a word behind the id, as in /workflows/invocations/ID/report.
FORMS_OF_PATHS = (
    _by_parameter(INVOCATION, "/workflows/invocations/report"),
    _by_parameter(INVOCATION, "/workflows/invocation_report"),
    _by_path(INVOCATION, rf"/workflows/invocations/{ID}(/[\w-]+)*"),
    _by_path(INVOCATION, rf"/api/invocations/{ID}(/.*)?"),
    _by_path(INVOCATION, rf"/api/workflows/[0-9a-f]+/(invocations|usage)/{ID}(/.*)?"),
    _by_parameter(HISTORY, "/api/invocations", "history_id"),
    _by_parameter(WORKFLOW, "/api/invocations", "workflow_id"),
    _by_path(HISTORY, rf"/api/histories/{ID}(/.*)?"),
    _by_path(WORKFLOW, rf"/api/workflows/{ID}(/.*)?"),
    _by_path(HISTORY, rf"/histories/{ID}(/[\w-]+)*"),
    _by_parameter(HISTORY, "/histories/[a-z_]+"),
    _by_parameter(HISTORY, "/published/history"),
    _by_path(WORKFLOW, rf"/workflows/{ID}(/[\w-]+)*"),
    _by_parameter(WORKFLOW, "/workflows/[a-z_]+"),
    _by_parameter(WORKFLOW, "/workflow/[a-z_]+"),
    _by_parameter(WORKFLOW, "/published/workflow"),
)
PAGES = {
    INVOCATION: "{base}/workflows/invocations/{id}",
    HISTORY: "{base}/histories/view?id={id}",
    WORKFLOW: "{base}/published/workflow?id={id}",
}


# --- the parts of an address -------------------------------------------------------------------------------


def _read(text: str) -> SplitResult:
    """The parts of an address that is safe to take apart."""
    text = text.strip()
    for refused, sentence in CHECKS_OF_TEXT:
        if refused(text):
            raise AddressRefused(sentence)
    parts = _split(text)
    for refuses, sentence in CHECKS_OF_PARTS:
        if refuses(parts):
            raise AddressRefused(sentence)
    return parts


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  # raises for one that is no port
    except ValueError:
        raise AddressRefused(f"The address has a host or a port that cannot be read. {FORMS}") from None
    return parts


def _has_no_scheme(text: str) -> bool:
    return "://" not in text.partition("?")[0]


def _hides_something(text: str) -> bool:
    return not text.isprintable() or " " in text or "\\" in text


CHECKS_OF_TEXT: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: not text, f"The address is empty. {FORMS}"),
    (lambda text: len(text) > LONGEST, f"The address is longer than {LONGEST} characters. {FORMS}"),
    (
        _hides_something,
        "The address has blanks, backslashes or characters that cannot be seen: copy it again.",
    ),
    (_has_no_scheme, f"The address does not begin with https:// (or http://): copy all of it. {FORMS}"),
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


def _base(parts: SplitResult, prefix: str) -> str:
    if not BASE_PATH.fullmatch(prefix) or any(part in (".", "..") for part in prefix.split("/")):
        raise AddressRefused(f"The path before Galaxy's own has parts that no server has. {FORMS}")
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{_host(parts)}{port}{prefix}"


def _parameter(parts: SplitResult, name: str) -> str:
    found = parse_qs(parts.query).get(name, [""])[0].strip()
    return found if re.fullmatch(ID, found) else ""
