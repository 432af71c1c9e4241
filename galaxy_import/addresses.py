"""The addresses that a person can copy from a Galaxy server, and what each of them names."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult

from run_sources.errors import AddressRefused
from run_sources.http.addresses import base_of, parameter, read_parts

FORMS = (
    "The addresses understood are those of an invocation (…/workflows/invocations/ID, its report, or "
    "…/api/invocations/ID), of a history (…/histories/view?id=ID, …/histories/ID/invocations) and of a workflow "
    "(…/workflows/ID/invocations, …/workflows/run?id=ID, …/published/workflow?id=ID)."
)
ID = r"(?P<id>[0-9a-f]{16,128})"  # encoded ids come in pieces of 16 hexadecimal digits

INVOCATION, HISTORY, WORKFLOW = "INVOCATION", "HISTORY", "WORKFLOW"


@dataclass(frozen=True, slots=True)
class Address:
    """A thing on a Galaxy server: the server's ``base`` address, what it is, its encoded id and its ``page``."""

    base: str
    kind: str
    id: str
    page: str


def read_address(text: str) -> Address:
    """What a copied address names: an INVOCATION, a HISTORY or a WORKFLOW. AddressRefused."""
    try:
        parts = read_parts(text)
        found = next(filter(None, (form.match(parts) for form in FORMS_OF_PATHS)), None)
        base = base_of(parts, found[0]) if found else ""
    except AddressRefused as problem:
        raise AddressRefused(f"{problem} {FORMS}") from None
    if found:
        _, kind, id = found
        return Address(base, kind, id, PAGES[kind].format(base=base, id=id))
    raise AddressRefused(f"This is not the address of an invocation, a history or a workflow. {FORMS}")


def is_id(text: str) -> bool:
    """Whether this can be an encoded id."""
    return re.fullmatch(ID, text) is not None


def page_of_invocation(base: str, id: str) -> str:
    """Where a person looks at it."""
    return PAGES[INVOCATION].format(base=base, id=id)


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


def _parameter(parts: SplitResult, name: str) -> str:
    found = parameter(parts, name)
    return found if re.fullmatch(ID, found) else ""
