"""Filters that say no to what they do not understand, and cost only what is asked for."""

from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db import connections
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Exact
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework.exceptions import ValidationError

from common.models import Annotation

ALWAYS_KNOWN = {"page", "page_size", "cursor", "ordering", "fields", "format", "deleted"}
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class StrictBooleanField(forms.Field):
    """``true`` or ``false``; anything else is refused instead of being taken for "no filter"."""

    def to_python(self, value: Any) -> bool | None:
        """The truth of a text, None for an empty one."""
        if value in (None, ""):
            return None
        found = TRUTH.get(str(value).lower())
        if found is None:
            raise forms.ValidationError("must be true or false")
        return found


@extend_schema_field(OpenApiTypes.BOOL)
class BooleanFilter(django_filters.Filter):
    """A filter on a flag."""

    field_class = StrictBooleanField


class ChoicesFilter(django_filters.MultipleChoiceFilter):
    """One or more of the known words, of a column of the row itself.

    The parent asks for DISTINCT rows, which no column of the row itself makes necessary: PostgreSQL would
    sort all rows that match before it gives the first fifty.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"distinct": False, **kwargs})


@extend_schema_field(OpenApiTypes.UUID)
class UUIDFilter(django_filters.Filter):
    """A filter on an id, in the usual notation."""

    class Field(forms.UUIDField):
        """Refuses what Python would take and nobody writes."""

        def to_python(self, value: Any) -> UUID | None:
            """The id of a text of 36 or 32 characters."""
            if value not in (None, "") and len(str(value)) not in (32, 36):
                raise forms.ValidationError("must be a UUID")
            found: UUID | None = super().to_python(value)
            return found

    field_class = Field


class TimeFilter(django_filters.IsoDateTimeFilter):
    """A time, in UTC from here on: PostgreSQL knows no zones beyond sixteen hours, ISO 8601 knows a day of them."""

    class Field(django_filters.IsoDateTimeFilter.field_class):
        """Refuses what is outside of the calendar in UTC."""

        def to_python(self, value: Any) -> datetime | None:
            """The time of a text."""
            found: datetime | None = super().to_python(value)
            try:
                return found and found.astimezone(UTC)
            except OverflowError as problem:
                raise forms.ValidationError("must be a time within the calendar") from problem

    field_class = Field


class RegistryFilterSet(filters.FilterSet):
    """The base of all filter sets: unknown names are refused, and only the filters in use are made."""

    def __init__(
        self, data: Any = None, queryset: Any = None, *, request: Any = None, prefix: Any = None
    ) -> None:
        refuse_unknown(data or {}, self.base_filters)
        self.is_bound = data is not None
        self.data = data or {}
        self.queryset = self._meta.model._default_manager.all() if queryset is None else queryset
        self.request, self.form_prefix = request, prefix
        # The parent copies every filter for every request; a list with thirty of them pays for two.
        self.filters = {name: self._own(one) for name, one in self.base_filters.items() if name in self.data}

    def _own(self, shared: Any) -> Any:
        """A copy that knows this request: the filters of the class are those of all threads."""
        own = copy(shared)
        own.method = shared.method  # bound to the copy, and by it to this filter set
        own.parent, own.model = self, self._meta.model
        return own

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """The rows that pass all filters in use."""
        for name, one in self.filters.items():
            queryset = one.filter(queryset, self.form.cleaned_data[name])
        return queryset

    @property
    def narrowed(self) -> QuerySet:
        """The filtered rows; ValidationError (400) names each filter whose value is not understood."""
        if not self.filters:
            return self.queryset
        self._refuse_empty()
        if not self.form.is_valid():
            raise ValidationError({name: list(problems) for name, problems in self.form.errors.items()})
        return self.filter_queryset(self.queryset)

    def _refuse_empty(self) -> None:
        """Only a text may be empty: an id that somebody forgot to fill in must not widen a list."""
        empty = [
            name
            for name, one in self.filters.items()
            if self.data[name] == "" and not isinstance(one, filters.CharFilter)
        ]
        if empty:
            raise ValidationError({name: ["must not be empty"] for name in empty})


class OwnedFilterSet(RegistryFilterSet):
    """The filters that every ownable record has."""

    name = filters.CharFilter(lookup_expr="icontains", label="part of the name")
    search = filters.CharFilter(method="by_search", label="part of the name or the description")
    owner = UUIDFilter(field_name="owner", label="id of the owner")
    owned_by = UUIDFilter(field_name="owned_by", label="id of the group")
    public = BooleanFilter(field_name="public", label="visible to everyone who is signed in")
    created_after = TimeFilter(field_name="created", lookup_expr="gte", label="created at or after")
    created_before = TimeFilter(field_name="created", lookup_expr="lt", label="created before")
    modified_after = TimeFilter(field_name="modified", lookup_expr="gte", label="modified at or after")
    modified_before = TimeFilter(field_name="modified", lookup_expr="lt", label="modified before")
    annotation = filters.CharFilter(method="by_annotation", label="type:value of an annotation, or a value")

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Name or description contain the text."""
        return rows.filter(Q(name__icontains=value) | Q(description__icontains=value))

    def by_annotation(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """``organism:Homo sapiens``, or ``Homo sapiens`` of any type."""
        kind, colon, wanted = value.partition(":")
        said = Annotation.objects.filter(kind=rows.model.record_kind(), value=wanted if colon else value)
        if colon:
            said = said.filter(annotation_type__name=kind)
        return rows.filter(pk__in=said.values("object_id"))


class TagFilter(filters.CharFilter):
    """Rows with a tag: ``organism:human``, or ``organism`` with whatever value; only the first colon divides."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="name:value of a tag, or a name alone", **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Through the index of tags on PostgreSQL."""
        if not value:
            return qs
        name, colon, wanted = value.partition(":")
        if not colon:
            return qs.filter(tags__has_key=name)
        if connections[qs.db].vendor == "postgresql":
            return qs.filter(tags__contains={name: wanted})
        return qs.filter(tags__has_key=name).filter(Exact(_member("tags", name), Value(wanted)))


def _member(column: str, name: str) -> Func:
    """The text of a member of a JSON column on SQLite; a path of Django's would take a name of digits for a place."""
    path = Value(f'$."{name}"')
    return Func(F(column), path, function="json_extract", output_field=TextField())


def refuse_unknown(data: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """ValidationError for a query parameter that no filter answers to: a typing error must not widen a list."""
    wrong = {}
    for name in data:
        if name not in known and name not in ALWAYS_KNOWN:
            close = get_close_matches(name, [*known, *ALWAYS_KNOWN], n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(sorted(known))}"
            wrong[name] = [f"is not a filter of this list; {hint}"]
    if wrong:
        raise ValidationError(wrong)
