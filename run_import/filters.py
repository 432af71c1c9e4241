"""How imports of runs are looked for."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from common.api.filters import BooleanFilter, ChoicesFilter, RegistryFilterSet, TimeFilter, UUIDFilter
from run_import.models import RunImport, RunServer


class RunImportFilterSet(RegistryFilterSet):
    """Imports from any source."""

    state = ChoicesFilter(choices=RunImport.State.choices)
    source = filters.CharFilter(field_name="server__source", label="name of the source: reana")
    kind = filters.CharFilter(field_name="kind", label="RUN, or what holds runs, in capitals")
    server = UUIDFilter(field_name="server", label="id of the server")
    external_id = filters.CharFilter(field_name="external_id", label="the source's identifier")
    owner = UUIDFilter(field_name="owner", label="id of who asked for it")
    owned_by = UUIDFilter(field_name="owned_by", label="id of the group")
    workflowrun = UUIDFilter(field_name="workflowrun", label="id of the run that came of it")
    parent = UUIDFilter(field_name="parent", label="id of the import that made it")
    is_child = BooleanFilter(method="by_child", label="it was made by the import of what holds runs")
    created_after = TimeFilter(field_name="created", lookup_expr="gte", label="asked for at or after")
    created_before = TimeFilter(field_name="created", lookup_expr="lt", label="asked for before")
    search = filters.CharFilter(field_name="url", lookup_expr="icontains", label="part of the address")

    class Meta:
        model = RunImport
        fields: tuple[str, ...] = ()

    def by_child(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """With a parent, or without."""
        return rows.filter(parent__isnull=not value)


class RunServerFilterSet(RegistryFilterSet):
    """Servers of every source."""

    source = filters.CharFilter(field_name="source", label="name of the source: reana")
    has_credentials = BooleanFilter(field_name="has_credentials", label="the caller has stored some for it")
    is_enabled = BooleanFilter(field_name="is_enabled", label="it is asked")
    url = filters.CharFilter(field_name="url", lookup_expr="iexact", label="its base address")
    search = filters.CharFilter(method="by_search", label="part of the name or the address")

    class Meta:
        model = RunServer
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Name or address contain the text."""
        return rows.filter(name__icontains=value) | rows.filter(url__icontains=value)
