"""How Galaxy servers, imports from them, and the datasets of an invocation are looked for."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from common.api.filters import BooleanFilter, ChoicesFilter, RegistryFilterSet, TimeFilter, UUIDFilter
from galaxy_import.addresses import INVOCATION
from galaxy_import.models import CONDITIONS, KINDS, GalaxyDataset
from run_import.models import RunImport, RunServer
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES


class GalaxyServerFilterSet(RegistryFilterSet):
    """Galaxy servers."""

    has_key = BooleanFilter(field_name="has_key", label="the caller has stored a key for it")
    is_enabled = BooleanFilter(field_name="is_enabled", label="it is asked")
    url = filters.CharFilter(field_name="url", lookup_expr="iexact", label="its base address")
    search = filters.CharFilter(method="by_search", label="part of the name or the address")

    class Meta:
        model = RunServer
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> Any:
        """Name or address contain the text."""
        return rows.filter(name__icontains=value) | rows.filter(url__icontains=value)


class GalaxyImportFilterSet(RegistryFilterSet):
    """Imports from Galaxy."""

    state = ChoicesFilter(choices=RunImport.State.choices)
    kind = ChoicesFilter(method="by_kind", choices=KINDS)
    server = UUIDFilter(field_name="server", label="id of the server")
    galaxy_id = filters.CharFilter(
        field_name="external_id", label="id of the invocation, history or workflow"
    )
    owner = UUIDFilter(field_name="owner", label="id of who asked for it")
    owned_by = UUIDFilter(field_name="owned_by", label="id of the group")
    workflowrun = UUIDFilter(field_name="workflowrun", label="id of the run that came of it")
    parent = UUIDFilter(field_name="parent", label="id of the import of a history or a workflow that made it")
    is_child = BooleanFilter(method="by_child", label="it was made by the import of a history or a workflow")
    created_after = TimeFilter(field_name="created", lookup_expr="gte", label="asked for at or after")
    created_before = TimeFilter(field_name="created", lookup_expr="lt", label="asked for before")
    search = filters.CharFilter(field_name="url", lookup_expr="icontains", label="part of the address")

    class Meta:
        model = RunImport
        fields: tuple[str, ...] = ()

    def by_kind(self, rows: QuerySet, name: str, value: list[str]) -> QuerySet:
        """By this door's words for them."""
        kinds = [RunImport.RUN if one == INVOCATION else one for one in value]
        return rows.filter(kind__in=kinds) if kinds else rows

    def by_child(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """With a parent, or without."""
        return rows.filter(parent__isnull=not value)


class GalaxyDatasetFilterSet(RegistryFilterSet):
    """Datasets and collections of an invocation."""

    data_type = ChoicesFilter(choices=DATASET_TO_WORKFLOWRUN_TYPES)
    condition = ChoicesFilter(choices=CONDITIONS)
    collection = UUIDFilter(field_name="collection", label="id of the collection that it is an element of")
    is_element = BooleanFilter(method="by_element", label="it is an element of a collection")
    is_labelled = BooleanFilter(field_name="is_labelled", label="an input, or an output that has a label")
    search = filters.CharFilter(method="by_search", label="part of the name or the label")

    class Meta:
        model = GalaxyDataset
        fields: tuple[str, ...] = ()

    def by_element(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """In a collection, or by itself."""
        return rows.filter(collection__isnull=not value)

    def by_search(self, rows: QuerySet, name: str, value: str) -> Any:
        """Name or label contain the text."""
        return rows.filter(name__icontains=value) | rows.filter(label__icontains=value)
