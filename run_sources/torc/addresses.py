"""Addresses of Torc's API, which has no pages: of a workflow, of one of its runs, or of what belongs to it."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, quote

from run_sources.errors import AddressRefused
from run_sources.http.addresses import base_of, parameter, read_parts
from run_sources.seam import RUN, Address

WORKFLOW = "workflow"
OURS = "/torc-service"
LONGEST_BASE = 200  # characters; with the ids behind it it is kept as the id of a run
FORMS = (
    "The addresses understood are https://HOST/torc-service/v1/workflows/ID and, of servers before 2025, "
    "https://HOST/_db/DATABASE/torc-service/workflows/KEY. Behind them ?run_id=N means one run, ?all_runs=true every "
    "run; without that it is the latest."
)
_NEW = re.compile(r"(?P<base>.*?/torc-service/v1)(?P<rest>/.*)?")
_OLD = re.compile(r"(?P<base>.*?/_db/[\w.~-]+/torc-service)(?P<rest>/.*)?")
_WORKFLOW = re.compile(r"/workflows/(?P<id>[\w-]{1,40})(/.*)?", re.ASCII)
_MARK = re.compile(r"(?P<id>[\w-]{1,40})(/(?P<run>[1-9]\d{0,8}))?", re.ASCII)


class Wanted(NamedTuple):
    """A workflow's id and a run's, None for the latest."""

    workflow: str
    run_id: int | None


def read_address(text: str) -> Address | None:
    """What an address names; None where it is none of Torc's. AddressRefused where it names no workflow."""
    if OURS not in text:
        return None
    try:
        parts = read_parts(text)
        found = _OLD.fullmatch(parts.path) or _NEW.fullmatch(parts.path)
        if found is None:
            return None
        base = base_of(parts, found["base"])
    except AddressRefused as problem:
        raise AddressRefused(f"{problem} {FORMS}") from None
    if len(base) > LONGEST_BASE:
        raise AddressRefused(f"The server's address is longer than {LONGEST_BASE} characters. {FORMS}")
    wanted = _wanted(parts, found["rest"] or "")
    return _address(base, wanted, is_whole=parameter(parts, "all_runs").lower() == "true")


def external_id(base: str, workflow: str, run_id: int | None) -> str:
    """The id of a run over all servers; without a run's number that of whichever is the latest."""
    return f"{base}#{workflow}/{run_id}" if run_id else f"{base}#{workflow}"


def read_id(text: str) -> Wanted:
    """The workflow and the run that an external id names, with the server's address before them or without."""
    found = _MARK.fullmatch(text.rpartition("#")[2])
    if found is None:
        raise AddressRefused(f"{text[:100]} is not the id of a run of Torc, such as 7/2. {FORMS}")
    return Wanted(found["id"], int(found["run"]) if found["run"] else None)


def page_of(base: str, workflow: str) -> str:
    """Where a workflow is described."""
    return f"{base}/workflows/{quote(workflow, safe='')}"


def is_old(base: str) -> bool:
    """Whether a server is one of those in ArangoDB, by its address."""
    return _OLD.fullmatch(base) is not None


def _wanted(parts: SplitResult, rest: str) -> Wanted:
    run = parameter(parts, "run_id")
    if run and not re.fullmatch(r"[1-9]\d{0,8}", run):
        raise AddressRefused(f"run_id must be a number from 1 on. {FORMS}")
    found = _WORKFLOW.fullmatch(rest.rstrip("/"))
    workflow = found["id"] if found else parameter(parts, "workflow_id")
    if not workflow and _MARK.fullmatch(parts.fragment):
        return read_id(parts.fragment)
    if not _MARK.fullmatch(workflow) or "/" in workflow:
        raise AddressRefused(f"The address names no workflow of Torc. {FORMS}")
    return Wanted(workflow, int(run) if run else None)


def _address(base: str, wanted: Wanted, *, is_whole: bool) -> Address:
    kind = WORKFLOW if is_whole and wanted.run_id is None else RUN
    return Address(base, external_id(base, *wanted), kind, page_of(base, wanted.workflow))
