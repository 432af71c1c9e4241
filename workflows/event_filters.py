"""How the events of a run are looked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from common.api.filters import ChoicesFilter, RegistryFilterSet, TimeFilter
from common.identifiers import uuid_of
from workflows.models import RunEvent, WorkflowRunJob
from workflows.models.events import LEVELS

LARGEST_CURSOR = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MILLISECOND = 253_402_300_799_999  # of the year 9999


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": LARGEST_CURSOR})
class CursorFilter(filters.Filter):
    """The ``sequence`` of an event."""

    class Field(forms.IntegerField):
        """A whole number in digits."""

        def __init__(self, **options: Any) -> None:
            super().__init__(min_value=0, max_value=LARGEST_CURSOR, **options)

    field_class = Field


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "format": "date-time"},
            {"type": "integer", "minimum": 0, "maximum": LAST_MILLISECOND},
        ],
        "description": "ISO 8601, or milliseconds since 1970 in UTC.",
    }
)
class MomentFilter(TimeFilter):
    """A time in ISO 8601 or, as the systems do that runs come from, in milliseconds since 1970."""

    class Field(TimeFilter.Field):
        """Digits alone are milliseconds."""

        def to_python(self, value: Any) -> datetime | None:
            """The time of a text."""
            if not (isinstance(value, str) and value.isascii() and value.isdigit()):
                return super().to_python(value)
            try:
                return EPOCH + timedelta(milliseconds=int(value))
            except OverflowError as problem:
                raise forms.ValidationError("must be a time within the calendar") from problem

    field_class = Field


class RunEventFilterSet(RegistryFilterSet):
    """Events of a run."""

    after = CursorFilter(field_name="sequence", lookup_expr="gt", label="behind this cursor")
    before = CursorFilter(field_name="sequence", lookup_expr="lt", label="in front of this cursor")
    after_time = MomentFilter(field_name="at", lookup_expr="gt", label="happened after")
    before_time = MomentFilter(field_name="at", lookup_expr="lt", label="happened before")
    category = filters.CharFilter()
    type = filters.CharFilter()
    level = ChoicesFilter(choices=LEVELS)
    job = filters.CharFilter(method="by_job", label="id or external id of a job")
    search = filters.CharFilter(method="by_search", label="part of the message, the type or the category")

    class Meta:
        model = RunEvent
        fields: tuple[str, ...] = ()

    def by_job(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By its id also those that came before the job itself was recorded."""
        wanted = Q(job_external_id=value)
        if key := uuid_of(value):
            job = WorkflowRunJob.objects.filter(pk=key).exclude(external_id="")
            wanted |= Q(job=key) | Q(job=None, job_external_id__in=job.values("external_id"))
        return rows.filter(wanted)

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Any of them contains the text."""
        wanted = Q(message__icontains=value) | Q(type__icontains=value) | Q(category__icontains=value)
        return rows.filter(wanted)
