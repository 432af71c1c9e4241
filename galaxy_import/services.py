"""Asking for imports from Galaxy, calling them off, and trying them again."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.bulk import portions
from common.errors import Conflict, InvalidInput, Violation
from galaxy_import.addresses import Address, read_address
from galaxy_import.asking import Asked, ImportOptions, Wish
from galaxy_import.models import GalaxyImport, GalaxyServer
from galaxy_import.servers import server_for
from run_sources.errors import AddressRefused

__all__ = ["ImportOptions", "cancel_import", "request_children", "request_import", "retry_import"]

LONGEST_ID, LONGEST_PAGE = 64, 1000  # characters
MOST_ADDRESSES = 1000  # in one request


def request_import(
    *,
    addresses: Sequence[str],
    user: Any,
    group: Any = None,
    public: bool = False,
    options: ImportOptions | None = None,
    many: bool = False,
) -> list[GalaxyImport]:
    """Have the runs of these addresses imported for a group; returns the work for each address, in their order.

    All are checked first: InvalidInput names each address that is wrong, as ``urls.3`` where ``many`` were given and
    as ``url`` else. What is under way for the same group already is returned as it is, with the options that are
    asked for now added to its own; Conflict where it is somebody else's who alone may do so.
    """
    options = options or ImportOptions()
    if options.download and not options.create_datasets:
        raise InvalidInput([Violation("download", "needs create_datasets: contents belong to datasets")])
    wishes = _understood(addresses, many)
    with transaction.atomic():
        asked = Asked(user, group, public, options)
        found = asked.work_for(wishes)
        asked.send()
    return found


def request_children(parent: GalaxyImport, ids: Iterable[str]) -> list[GalaxyImport]:
    """Make one import for each invocation of a history or a workflow, with the parent's options.

    Doing it again makes none twice. One that was asked for by itself and is under way becomes a child. Returns those
    that are new here. Nothing is made for a parent that was cancelled meanwhile.
    """
    page = f"{parent.server.url}/workflows/invocations/"
    wishes = [
        Wish(parent.server, GalaxyImport.Kind.INVOCATION, one, f"{page}{one}") for one in dict.fromkeys(ids)
    ]
    made: list[GalaxyImport] = []
    for portion in portions(wishes):
        with transaction.atomic():
            asked = Asked(parent.owner, parent.owned_by, parent.makes_public, ImportOptions.of(parent))
            made += asked.children(parent, portion)
            asked.send()
    return made


def cancel_import(*, wanted: GalaxyImport) -> None:
    """Stop the work, and that which came of a history or a workflow; what is recorded stays. Conflict if it ended."""
    now = timezone.now()
    with transaction.atomic():
        stopped = wanted.cancel()
        children = GalaxyImport.objects.filter(parent=wanted).under_way()
        stopped |= bool(children.update(state=GalaxyImport.State.CANCELLED, finished_at=now, modified=now))
    if not stopped:
        raise Conflict("This import has ended: there is nothing to cancel.")


def retry_import(*, wanted: GalaxyImport) -> None:
    """Begin again what failed, was cancelled, or could not fetch some files; with it, such children.

    Conflict where there is nothing to try again, or not yet.
    """
    with transaction.atomic():
        begun = _begin_again(wanted)
        for child in GalaxyImport.objects.filter(parent=wanted).select_for_update(of=("self",)):
            begun |= _begin_again(child)
        if not begun:
            raise Conflict(
                "An import can be tried again when it has failed, was cancelled or left files behind, and has stopped."
            )


def _understood(addresses: Sequence[str], many: bool) -> list[Wish]:
    """Every address read and its server found; InvalidInput with all that are wrong."""
    wrong: list[Violation] = []
    wishes: list[Wish] = []
    servers: dict[str, GalaxyServer] = {}
    for place, text in enumerate(addresses):
        field = f"urls.{place}" if many else "url"
        try:
            address = read_address(text)
            if address.base not in servers:
                servers[address.base] = server_for(address.base, field=field)
            wishes.append(_wish(servers[address.base], address, field))
        except AddressRefused as problem:
            wrong.append(Violation(field, str(problem)))
        except InvalidInput as problem:
            wrong += problem.violations
    if wrong:
        raise InvalidInput(wrong)
    return wishes


def _wish(server: GalaxyServer, address: Address, field: str) -> Wish:
    """The page as the server itself has it, where it was pasted with another scheme or a path below."""
    page = f"{server.url}{address.page.removeprefix(address.base)}"
    if len(address.id) > LONGEST_ID or len(page) > LONGEST_PAGE:
        raise InvalidInput([Violation(field, "is longer than any address of Galaxy: look what was copied")])
    return Wish(server, address.kind, address.id, page)


def _begin_again(wanted: GalaxyImport) -> bool:
    """PENDING anew; what is recorded stays so, and only what is left is done."""
    facts = {"error_code": "", "files_failed": 0}
    if wanted.begin_again(**facts):
        return True
    left = GalaxyImport.objects.filter(pk=wanted.pk, state=GalaxyImport.State.DONE, files_failed__gt=0)
    begun = left.update(
        state=GalaxyImport.State.PENDING, attempts=0, error="", phase="", due_at=timezone.now(), started_at=None,
        finished_at=None, lease_until=None, **facts,
    )  # fmt: skip
    if begun:
        wanted.send_on_commit()
    return bool(begun)
