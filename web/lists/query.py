"""What the address of a list asks for: the API's own filters and orderings, under the API's names.

A room declares its list once, as an ``ApiList``. A list may say what it does not understand (``query_of``), or leave
it out (``sound_query_of``).
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from rest_framework.exceptions import ValidationError

from common.api.filters import TRUTH, BooleanFilter
from common.api.paging import Ordering
from web.lists.moments import with_zone

OF_THE_PAGE = ("page", "page_size", "wait")  # say which part is shown, not which rows are meant


@dataclass(frozen=True, slots=True)
class ApiList:
    """A list of the API that a page shows, too: by its ``viewset``, and by the ``command`` that prints it.

    ``several`` are the filters that take more than one value.
    """

    viewset: Any
    route: str
    command: str = ""
    several: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, Any]:
        """The filters of the API by their names."""
        found: dict[str, Any] = self.viewset.filterset_class.base_filters
        return found

    @property
    def address(self) -> str:
        """Where the API has it."""
        return reverse(self.route)

    def narrowed(self, data: QueryDict, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Those of ``rows`` that pass; ValidationError names what is not understood."""
        found: QuerySet[Any] = self.viewset.filterset_class(data, rows, request=request).narrowed
        return found


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which rows somebody asks for, and in which order; ``errors`` says what of it is not understood, by name.

    ``data`` holds what the API would be sent: nothing empty, and every time with its zone.
    """

    of: ApiList
    data: QueryDict
    request: HttpRequest
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ordering(self) -> str:
        """As the address spells it."""
        return self.data.get("ordering") or self.of.viewset.default_ordering

    @property
    def is_trash(self) -> bool:
        """Whether the rows in the trash are meant."""
        return TRUTH.get(self.data.get("deleted", "false").lower(), False)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of everything that the address says."""
        return [(name, value) for name, values in self.data.lists() for value in values]

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """Name and value of everything that narrows the list."""
        return [
            (name, value)
            for name, value in self.pairs
            if name != "ordering" and not (name == "deleted" and not self.is_trash)
        ]

    @property
    def encoded(self) -> str:
        """As it stands behind the question mark, in one notation for all ways to write the same."""
        return self.data.urlencode()

    def of_these(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of ``rows`` that fit; none while there are errors."""
        if self.errors:
            return rows.none()
        try:
            return self.of.narrowed(self.data, rows, self.request)
        except ValidationError as problem:
            self.errors.update(_words(problem))
            return rows.none()

    def order(self) -> Ordering:
        """The order; the usual one in place of one that is not known."""
        viewset, name = self.of.viewset, self.ordering.removeprefix("-")
        if name not in viewset.orderings:
            return Ordering("id", True)
        return Ordering(viewset.orderings[name], self.ordering.startswith("-"), name in viewset.nullable)

    def beyond(self, shown: Iterable[str]) -> list[tuple[str, str]]:
        """The conditions that none of the fields ``shown`` holds."""
        known = set(shown)
        return [(name, value) for name, value in self.conditions if name not in known]

    def without(self, name: str, value: str | None = None) -> str:
        """The address without a condition, or without one of its values."""
        left = self.data.copy()
        kept = [one for one in left.getlist(name) if value is not None and one != value]
        left.setlist(name, kept) if kept else left.pop(name, None)
        return f"?{left.urlencode()}"

    def having(self, **changed: str) -> str:
        """The address with other values."""
        other = self.data.copy()
        for name, value in changed.items():
            other[name] = value
        return f"?{other.urlencode()}"

    @property
    def csv(self) -> str:
        """Where the API has all of these rows as CSV."""
        return self._call(format="csv")

    @property
    def call(self) -> str:
        """The call of the API that answers the same list."""
        return self._call()

    def api(self, page: int = 1, size: int = 50) -> str:
        """The call of the API that answers the same rows."""
        return self._call(page_size=str(size), **({"page": str(page)} if page > 1 else {}))

    def command(self, page: int = 1, size: int = 50) -> str:
        """The command that lists the same rows."""
        return f"{self.cli} --limit {size}{f' --page {page}' if page > 1 else ''}"

    @property
    def cli(self) -> str:
        """The command that prints the same list; empty where there is none."""
        words = self.of.command.split()
        if not words:
            return ""
        for name, value in self.pairs:
            words += self._option(name, value)
        return shlex.join(words)

    def _call(self, **more: str) -> str:
        asked = self.data.copy()
        for name, value in more.items():
            asked[name] = value
        return f"{self.of.address}{'?' if asked else ''}{asked.urlencode()}"

    def _option(self, name: str, value: str) -> list[str]:
        spelled = name.replace("_", "-")
        if name == "deleted" or isinstance(self.of.filters.get(name), BooleanFilter):
            is_true = TRUTH.get(value.lower(), False)
            return [f"--{spelled}"] if is_true else [f"--no-{spelled.removeprefix('is-')}"]
        return [f"--{spelled}={value}"] if value.startswith("-") else [f"--{spelled}", value]


def query_of(request: HttpRequest, of: ApiList, given: QueryDict | None = None) -> ListQuery:
    """What the address of a request asks a list for, or what ``given`` does, with what is not understood of it."""
    data = _read(request.GET if given is None else given, of)
    return ListQuery(of, data, request, _problems(of, data, request))


def sound_query_of(request: HttpRequest, of: ApiList, given: QueryDict | None = None) -> ListQuery:
    """The same; what makes no sense asks for nothing."""
    data = _read(request.GET if given is None else given, of)
    for name in set(data) - {*of.filters, "ordering"}:
        del data[name]
    for name in _problems(of, data, request):
        del data[name]
    return ListQuery(of, data, request)


def _read(asked: QueryDict, of: ApiList) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in asked.lists():
        said = [value for value in values if value.strip() and "\0" not in value]
        if said and name not in OF_THE_PAGE:
            kept = list(dict.fromkeys(said)) if name in of.several else said[-1:]
            data.setlist(name, [with_zone(of.filters.get(name), value) for value in kept])
    return data


def _problems(of: ApiList, data: QueryDict, request: HttpRequest) -> dict[str, list[str]]:
    problems, orderings = {}, of.viewset.orderings
    if data.get("deleted", "false").lower() not in TRUTH:
        problems["deleted"] = ["must be true or false"]
    if data.get("ordering", of.viewset.default_ordering).removeprefix("-") not in orderings:
        known = ", ".join(sorted(orderings))
        problems["ordering"] = [f"must be one of {known}, with a leading - for descending"]
    try:
        of.narrowed(data, of.viewset.queryset.none(), request)
    except ValidationError as problem:
        problems.update(_words(problem))
    return problems


def _words(problem: ValidationError) -> dict[str, list[str]]:
    said: Any = problem.detail
    return {name: [str(one) for one in sentences] for name, sentences in said.items()}
