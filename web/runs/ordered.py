"""Runs in the order of a name that stands in another table, without sorting all of them for one page.

The names are few and their runs are indexed by their ids: the runs of the first names are taken one by one, then
those of twice as many, until the page is full. That is a handful of statements, however many runs there are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Group, User
from common.api.paging import Ordering
from workflows.models import Workflow, WorkflowVersion

MOST_NAMES = 2000
SINGLE = 3  # names are looked at one by one at first: their runs need no sorting
DEEPEST = 2000  # further down, one sort of everything costs less than the way there


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where the names are, and which ids in the column of the runs a set of them stands for."""

    names: Callable[[], QuerySet]
    ids: Callable[[list[Any]], QuerySet]
    column: str


def _versions(field: str) -> Elsewhere:
    return Elsewhere(
        lambda: Workflow.objects.order_by(field).values_list(field, flat=True),
        lambda names: WorkflowVersion.objects.filter(**{f"workflow__{field}__in": names}),
        "workflowversion",
    )


ELSEWHERE = {
    "workflowversion__workflow__name": _versions("name"),
    "workflowversion__workflow__workflow_manager": _versions("workflow_manager"),
    "owner__username": Elsewhere(
        lambda: User.objects.order_by("username").values_list("username", flat=True),
        lambda names: User.objects.filter(username__in=names),
        "owner",
    ),
    "owned_by__name": Elsewhere(
        lambda: Group.objects.order_by("name").values_list("name", flat=True),
        lambda names: Group.objects.filter(name__in=names),
        "owned_by",
    ),
}


def ids_in_order(ordering: Ordering, runs: QuerySet, start: int, end: int) -> list[Any]:
    """The ids of the runs from place ``start`` to before ``end``."""
    elsewhere = ELSEWHERE.get(ordering.column)
    names = _names(elsewhere, ordering) if elsewhere and end <= DEEPEST else None
    if elsewhere is None or names is None:
        return list(ordering.apply(runs).values_list("pk", flat=True)[start:end])
    found: list[Any] = []
    by_id = Ordering("id", ordering.descending)
    for part, is_one_name in _parts(elsewhere, names, ordering):
        order = by_id if is_one_name else ordering
        found += order.apply(runs.filter(part)).values_list("pk", flat=True)[: end - len(found)]
        if len(found) >= end:
            break
    return found[start:]


def _names(elsewhere: Elsewhere, ordering: Ordering) -> list[Any] | None:
    """Each name once, in the database's own order; None where they are too many."""
    found = list(dict.fromkeys(elsewhere.names().distinct()[: MOST_NAMES + 1]))
    if len(found) > MOST_NAMES:
        return None
    return found[::-1] if ordering.descending else found


def _parts(elsewhere: Elsewhere, names: list[Any], ordering: Ordering) -> Iterator[tuple[Q, bool]]:
    """Conditions that divide the runs, in the order of the list, and whether all that fit have the same name.

    Runs without the value stand below all others.
    """
    without = Q(**{f"{elsewhere.column}__isnull": True})
    if not ordering.descending:
        yield without, True
    place, size = 0, 1
    while place < len(names):
        ids = list(elsewhere.ids(names[place : place + size]).values_list("pk", flat=True))
        if ids:
            yield Q(**{f"{elsewhere.column}__in": ids}), size == 1
        place, size = place + size, size if place < SINGLE else size * 2
    if ordering.descending:
        yield without, True
