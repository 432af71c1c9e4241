"""Asking for imports, calling them off, and trying them again."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.bulk import portions
from common.errors import Conflict, InvalidInput, Violation
from run_import.asking import Asked, ImportOptions, Wish
from run_import.models import RunImport, RunServer
from run_import.servers import server_for
from run_import.sources import LONGEST_PAGE, source_named
from run_sources.errors import AddressRefused
from run_sources.seam import RUN, Address

__all__ = ["ImportOptions", "cancel_import", "request_children", "request_import", "retry_import"]

LONGEST_ID = 500  # characters
MOST_ADDRESSES = 1000  # in one request
Reads = Callable[[str], tuple[str, Address]]  # the name of the source, and what the address names there


def request_import(
    *,
    addresses: Sequence[str],
    read: Reads,
    user: Any,
    group: Any = None,
    public: bool = False,
    options: ImportOptions | None = None,
    many: bool = False,
) -> list[RunImport]:
    """Have the runs of these addresses imported for a group; returns the work for each address, in their order.

    ``read`` says which source an address is of, and what it names there; AddressRefused where it cannot be used.

    All are checked first: InvalidInput names each address that is wrong, as ``urls.3`` where ``many`` were given and
    as ``url`` else. What is under way for the same group already is returned as it is, with the options that are
    asked for now added to its own; Conflict where it is somebody else's who alone may do so.
    """
    options = options or ImportOptions()
    if options.download and not options.create_datasets:
        raise InvalidInput([Violation("download", "needs create_datasets: contents belong to datasets")])
    wishes = _understood(addresses, read, many)
    with transaction.atomic():
        asked = Asked(user, group, public, options)
        found = asked.work_for(wishes)
        asked.send()
    return found


def request_children(parent: RunImport, ids: Iterable[str]) -> list[RunImport]:
    """Make one import for each run of what holds several, with the parent's options.

    Doing it again makes none twice. One that was asked for by itself and is under way becomes a child. Returns those
    that are new here. Nothing is made for a parent that was cancelled meanwhile.
    """
    server, source = parent.server, source_named(parent.server.source)
    wishes = [Wish(server, RunImport.RUN, one, source.page_of(server.url, one)) for one in dict.fromkeys(ids)]
    made: list[RunImport] = []
    for portion in portions(wishes):
        with transaction.atomic():
            asked = Asked(parent.owner, parent.owned_by, parent.makes_public, ImportOptions.of(parent))
            made += asked.children(parent, portion)
            asked.send()
    return made


def cancel_import(*, wanted: RunImport) -> None:
    """Stop the work, and with it what was made of a list of runs; what is recorded stays. Conflict if it ended."""
    now = timezone.now()
    with transaction.atomic():
        stopped = wanted.cancel()
        children = RunImport.objects.filter(parent=wanted).under_way()
        stopped |= bool(children.update(state=RunImport.State.CANCELLED, finished_at=now, modified=now))
    if not stopped:
        raise Conflict("This import has ended: there is nothing to cancel.")


def retry_import(*, wanted: RunImport) -> None:
    """Begin again what failed, was cancelled, or could not fetch some files; with it, such children.

    Conflict where there is nothing to try again, or not yet.
    """
    with transaction.atomic():
        begun = _begin_again(wanted)
        for child in RunImport.objects.filter(parent=wanted).select_for_update(of=("self",)):
            begun |= _begin_again(child)
        if not begun:
            raise Conflict(
                "An import can be tried again when it has failed, was cancelled or left files behind, and has stopped."
            )


def _understood(addresses: Sequence[str], read: Reads, many: bool) -> list[Wish]:
    """Every address read and its server found; InvalidInput with all that are wrong."""
    wrong: list[Violation] = []
    wishes: list[Wish] = []
    servers: dict[tuple[str, str], RunServer] = {}
    for number, text in enumerate(addresses):
        field = f"urls.{number}" if many else "url"
        try:
            source, address = read(text)
            place = (source, address.base)
            if place not in servers:
                servers[place] = server_for(*place, field=field)
            wishes.append(_wish(servers[place], address, field))
        except AddressRefused as problem:
            wrong.append(Violation(field, str(problem)))
        except InvalidInput as problem:
            wrong += problem.violations
    if wrong:
        raise InvalidInput(wrong)
    return wishes


def _wish(server: RunServer, address: Address, field: str) -> Wish:
    """The page as the server itself has it, where it was pasted with another scheme or a path below."""
    page = address.page or address.external_id
    if page.startswith(address.base):
        page = f"{server.url}{page.removeprefix(address.base)}"
    if len(address.external_id) > LONGEST_ID or len(page) > LONGEST_PAGE:
        title = source_named(server.source).title
        raise InvalidInput([Violation(field, f"is longer than any address of {title}: look what was copied")])
    kind = RunImport.RUN if address.kind == RUN else address.kind.upper()
    return Wish(server, kind, address.external_id, page)


def _begin_again(wanted: RunImport) -> bool:
    """PENDING anew; what is recorded stays so, and only what is left is done."""
    facts = {"error_code": "", "files_failed": 0, "file_problems": []}
    if wanted.begin_again(**facts):
        return True
    left = RunImport.objects.filter(pk=wanted.pk, state=RunImport.State.DONE, files_failed__gt=0)
    begun = left.update(
        state=RunImport.State.PENDING, attempts=0, error="", phase="", due_at=timezone.now(), started_at=None,
        finished_at=None, lease_until=None, **facts,
    )  # fmt: skip
    if begun:
        wanted.send_on_commit()
    return bool(begun)
