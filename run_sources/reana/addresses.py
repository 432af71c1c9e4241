"""The addresses that a person can copy from a REANA server, and what each of them names."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote

from run_sources.errors import AddressRefused
from run_sources.http.addresses import base_of, parameter, read_parts
from run_sources.seam import RUN, Address

WORKFLOW = "workflow"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
LONGEST_NAME = 255  # characters
FORMS = (
    "The addresses understood are those of a run's page (https://HOST/details/UUID) and of the API "
    "(https://HOST/api/workflows/UUID-OR-NAME.NUMBER/status, https://HOST/api/workflows?workflow_id_or_name=NAME)."
)
EXAMPLES = (
    "https://reana.example.org/details/335037af-2b11-4d83-ae47-803b1d436cd9",
    "https://reana.example.org/api/workflows/335037af-2b11-4d83-ae47-803b1d436cd9/status",
    "https://reana.example.org/api/workflows/hello.1/logs",
    "https://reana.example.org/api/workflows?workflow_id_or_name=hello",
)
_ID = r"(?P<id>[^/]+)"
_CALLS = (
    "status|logs|specification|parameters|workspace|disk_usage|retention_rules|share-status|share|unshare|start|prune"
    "|open|close|diff"
)


@dataclass(frozen=True, slots=True)
class _Form:
    """A path that names a run, and which ids may stand in it: others' servers have some of the same paths."""

    path: re.Pattern[str]
    ids: re.Pattern[str]


_PAGE = re.compile(rf"(?P<prefix>.*?)/details/{_ID}")
_NUMBERED = re.compile(rf"{UUID.pattern}|.+\.\d+(\.\d+)?", re.IGNORECASE)
_NAMES = re.compile(r"(?![0-9a-f]{16,128}$).+")  # what is excluded is an id of Galaxy's
_RUNS = (
    _Form(_PAGE, _NUMBERED),
    _Form(re.compile(rf"(?P<prefix>.*?)/api/workflows/{_ID}/({_CALLS})(/.*)?"), _NAMES),
    _Form(re.compile(rf"(?P<prefix>.*?)/api/workflows/{_ID}"), UUID),
)
_LIST = re.compile(r"(?P<prefix>.*?)/api/workflows")
_OURS = re.compile(rf"/details/[0-9a-f]{{8}}-|/api/workflows/[^/?#]+/({_CALLS})\b", re.IGNORECASE)


def read_address(text: str) -> Address | None:
    """The run, or the runs of one name, that an address names; None where it is no address of REANA's.

    Nothing of the query is kept but the name of a run, so that no token that stood in it is.
    """
    try:
        parts = read_parts(text)
        return _listed(parts) or _run(parts)
    except AddressRefused as problem:
        if _OURS.search(text):
            raise AddressRefused(f"{problem} {FORMS}") from None
        return None


def is_uuid(text: str) -> bool:
    """Whether this is a run's UUID, and not its name."""
    return UUID.fullmatch(text) is not None


def page_of(base: str, run_id: str) -> str:
    """Where a person looks at a run."""
    return f"{base}/details/{run_id}"


def address_of(base: str, id: str) -> Address:
    """A run by its UUID or its name. A name has no page: its UUID is known only after it was asked for."""
    if not is_uuid(id):
        return Address(base, id, RUN)
    return Address(base, id.lower(), RUN, page_of(base, id.lower()))


def _run(parts: SplitResult) -> Address | None:
    path = parts.path.rstrip("/")
    for form in _RUNS:
        found = form.path.fullmatch(path)
        id = _readable(found["id"]) if found else ""
        if found and form.ids.fullmatch(id):
            return address_of(base_of(parts, found["prefix"]), id)
    _refuse_broken(path)
    return None


def _listed(parts: SplitResult) -> Address | None:
    found = _LIST.fullmatch(parts.path.rstrip("/"))
    name = parameter(parts, "workflow_id_or_name") if found else ""
    if not found or not _readable(name):
        return None
    base = base_of(parts, found["prefix"])
    return address_of(base, name) if is_uuid(name) else Address(base, name, WORKFLOW)


def _refuse_broken(path: str) -> None:
    """AddressRefused where a page's UUID lost a part on the way."""
    found = _PAGE.fullmatch(path)
    if found and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]*){1,4}", found["id"], re.IGNORECASE):
        raise AddressRefused("The UUID after /details/ is not whole: copy the address again.")


def _readable(quoted: str) -> str:
    """The id as it is meant; empty for one that no run has."""
    id = unquote(quoted)
    is_safe = id.isprintable() and "/" not in id and "\\" not in id and id not in (".", "..")
    return id if is_safe and len(id) <= LONGEST_NAME else ""
