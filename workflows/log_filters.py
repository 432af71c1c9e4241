"""Which logs of a run are listed."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from common.api.filters import BooleanFilter, ChoicesFilter, RegistryFilterSet, UUIDFilter
from workflows.log_listing import Asked
from workflows.models import RunLog
from workflows.models.runs import STATUS_CHOICES

LARGEST_SIZE = 2**53  # what a number in JSON can say
KINDS = [("log", "log"), ("excerpt", "excerpt")]


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": LARGEST_SIZE})
class SizeFilter(filters.NumberFilter):
    """So many bytes, a whole number."""

    field_class = forms.IntegerField


class LogFilterSet(RegistryFilterSet):
    """Logs. The list is made of several tables, so that the values are read here and used by the listing."""

    job = UUIDFilter(method="noted", label="id of a job of the run")
    name = filters.CharFilter(method="noted", label="the name, whole: stdout, stderr, engine")
    kind = filters.ChoiceFilter(method="noted", choices=KINDS, label="log, or excerpt in the job itself")
    of_run = BooleanFilter(method="noted", label="of the run as a whole, or of its jobs")
    job_status = ChoicesFilter(method="noted", choices=STATUS_CHOICES, label="how the job stands")
    search = filters.CharFilter(method="noted", label="part of the name of the log or of the job")
    min_size = SizeFilter(method="noted", min_value=0, max_value=LARGEST_SIZE, label="bytes, or more")
    max_size = SizeFilter(method="noted", min_value=0, max_value=LARGEST_SIZE, label="bytes, or less")

    class Meta:
        model = RunLog
        fields: tuple[str, ...] = ()

    def noted(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """The listing asks itself."""
        return rows

    @property
    def given(self) -> dict[str, Any]:
        """The values of the filters in use; ValidationError (400) names what is not understood."""
        return dict(self.form.cleaned_data) if self.narrowed is not None and self.filters else {}

    @property
    def asked(self) -> Asked:
        """What is asked for; ValidationError (400) names what is not understood."""
        given = (self.narrowed is not None and self.filters and self.form.cleaned_data) or {}
        sizes = {"gte": given.get("min_size"), "lte": given.get("max_size")}
        return Asked(
            job=given.get("job"),
            kind=given.get("kind") or "",
            name=given.get("name") or "",
            search=given.get("search") or "",
            status=tuple(given.get("job_status") or ()),
            of_run=given.get("of_run"),
            sizes={side: int(size) for side, size in sizes.items() if size is not None},
        )


class LogSearchFilterSet(LogFilterSet):
    """A search through logs."""

    q = filters.CharFilter(
        method="noted", min_length=1, max_length=200, strip=False, label="the text, in any case"
    )
    regex = BooleanFilter(method="noted", label="only false: regular expressions are not offered")
    log = UUIDFilter(method="noted", label="id of one log")
    context = filters.NumberFilter(
        method="noted", min_value=0, max_value=20, label="lines around each, 0 to 20"
    )
