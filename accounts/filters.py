"""How people and groups are looked for."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from accounts.models import Group, User
from common.api.filters import RegistryFilterSet


class PersonFilterSet(RegistryFilterSet):
    """By a part of any name."""

    search = filters.CharFilter(method="by_search", label="part of a name")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> Any:
        """User name, first or last name contain the text."""
        parts = ("username", "first_name", "last_name")
        wanted = Q()
        for part in parts:
            wanted |= Q(**{f"{part}__icontains": value})
        return rows.filter(wanted)


class GroupFilterSet(RegistryFilterSet):
    """By a part of the name."""

    search = filters.CharFilter(field_name="name", lookup_expr="icontains", label="part of the name")

    class Meta:
        model = Group
        fields: tuple[str, ...] = ()
