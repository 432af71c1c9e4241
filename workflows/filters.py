"""How workflows and runs are looked for."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Coalesce
from django_filters import rest_framework as filters

from common.api.filters import (
    BooleanFilter,
    ChoicesFilter,
    OwnedFilterSet,
    RegistryFilterSet,
    TagFilter,
    TimeFilter,
    UUIDFilter,
)
from workflows.models import (
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
    ids_of_runs_with,
)
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES, STATUS_CHOICES
from workflows.models.search import SHORTEST_INDEXED
from workflows.models.versions import VERSION_STATES
from workflows.records import Engine, FileType
from workflows.value_keys import KEY_LENGTH

ENGINES = [(one.value, one.value) for one in Engine]


class WorkflowFilterSet(OwnedFilterSet):
    """Workflows."""

    engine = ChoicesFilter(field_name="workflow_manager", choices=ENGINES)

    class Meta:
        model = Workflow
        fields: tuple[str, ...] = ()


class WorkflowVersionFilterSet(RegistryFilterSet):
    """Versions."""

    workflow = UUIDFilter(field_name="workflow")
    name = filters.CharFilter(lookup_expr="icontains")
    search = filters.CharFilter(
        method="by_search", label="part of the name, the description or the workflow's name"
    )
    is_latest = BooleanFilter(field_name="is_latest")
    is_committed = BooleanFilter(field_name="released_at", lookup_expr="isnull", exclude=True)
    commit_hash = filters.CharFilter(lookup_expr="startswith")
    content_digest = filters.CharFilter()
    source_digest = filters.CharFilter()
    state = ChoicesFilter(choices=VERSION_STATES)
    tag = TagFilter()

    class Meta:
        model = WorkflowVersion
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Any of the names contains the text."""
        wanted = (
            Q(name__icontains=value) | Q(description__icontains=value) | Q(workflow__name__icontains=value)
        )
        return rows.filter(wanted)


class WorkflowFileFilterSet(RegistryFilterSet):
    """Files of versions."""

    workflowversion = UUIDFilter(field_name="workflowversion")
    workflow = UUIDFilter(field_name="workflowversion__workflow")
    data_type = ChoicesFilter(choices=[(one.value, one.value) for one in FileType])
    sha256 = filters.CharFilter()
    search = filters.CharFilter(field_name="path", lookup_expr="icontains", label="part of the path")

    class Meta:
        model = WorkflowFile
        fields: tuple[str, ...] = ()


class WorkflowRunFilterSet(OwnedFilterSet):
    """Runs."""

    name = filters.CharFilter(method="by_name", label="part of the name")
    search = filters.CharFilter(
        method="by_text", label="text in name, description, command, message, notes, annotations, parameters"
    )
    status = ChoicesFilter(choices=STATUS_CHOICES)
    workflow = UUIDFilter(method="by_workflow")
    workflowversion = UUIDFilter(field_name="workflowversion")
    engine = ChoicesFilter(method="by_engine", choices=ENGINES)
    started_after = TimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = TimeFilter(field_name="started_at", lookup_expr="lt")
    completed_after = TimeFilter(field_name="completed_at", lookup_expr="gte")
    completed_before = TimeFilter(field_name="completed_at", lookup_expr="lt")
    duration_min = filters.NumberFilter(
        field_name="duration", lookup_expr="gte", label="at least so many seconds"
    )
    duration_max = filters.NumberFilter(
        field_name="duration", lookup_expr="lte", label="at most so many seconds"
    )
    is_imported = BooleanFilter(field_name="is_imported")
    source = filters.CharFilter(field_name="source")
    external_id = filters.CharFilter(field_name="external_id")
    source_status = filters.CharFilter(field_name="source_status", label="the source's own word")
    rerun_of = UUIDFilter(field_name="rerun_of", label="id of the run that it repeats")
    tag = TagFilter()
    parameter = filters.CharFilter(method="by_parameter", label="name:value of a parameter, or a name alone")
    dataset = UUIDFilter(method="by_dataset", label="id of a dataset that was used or produced")
    datafile = UUIDFilter(method="by_file", label="id of a file that was used or produced")
    used = UUIDFilter(method="by_used", label="id of a dataset that was an input")
    produced = UUIDFilter(method="by_produced", label="id of a dataset that was an output")
    checksum = filters.CharFilter(
        method="by_checksum", label="SHA-256 or MD5 of a file that was used or produced"
    )

    class Meta:
        model = WorkflowRun
        fields: tuple[str, ...] = ()

    def by_name(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Among those whose text contains it, of which the name is a line: there is no other index for that.

        PostgreSQL takes the two conditions for independent of each other and expects hardly any row; of
        COALESCE it expects nothing.
        """
        is_named = ExpressionWrapper(Q(name__icontains=value), output_field=BooleanField())
        if len(value) < SHORTEST_INDEXED:
            return rows.filter(is_named)
        return rows.filter(Coalesce(is_named, False), id__in=ids_of_runs_with(value))

    def by_text(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Through the index of trigrams."""
        return rows.filter(id__in=ids_of_runs_with(value))

    def by_engine(self, rows: QuerySet, name: str, value: list[str]) -> QuerySet:
        """Through the few versions, by whose ids the runs are indexed."""
        return self._of_versions(rows, workflow__workflow_manager__in=value) if value else rows

    def by_workflow(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """Any version of it."""
        return self._of_versions(rows, workflow=value) if value else rows

    def _of_versions(self, rows: QuerySet, **conditions: Any) -> QuerySet:
        return rows.filter(workflowversion__in=WorkflowVersion.objects.filter(**conditions).values("pk"))

    def by_parameter(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """``k:31``; only the first colon divides, so values may hold more."""
        key, colon, wanted = value.partition(":")
        found = WorkflowRunParameter.objects.filter(name=key)
        if colon:
            found = found.filter(value_key=wanted[:KEY_LENGTH])
        return rows.filter(id__in=found.values("workflowrun_id"))

    def by_dataset(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """Whatever its part in the run was."""
        return self._linked(rows, dataset=value)

    def by_used(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """As an input."""
        return self._linked(rows, dataset=value, data_type="INPUT")

    def by_produced(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """As an output."""
        return self._linked(rows, dataset=value, data_type="OUTPUT")

    def by_file(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """A file of any of the run's datasets."""
        return self._linked(rows, dataset__datafiles=value)

    def by_checksum(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By content: the length of the text tells which checksum it is."""
        column = "md5sum" if len(value) == 32 else "sha256"
        return self._linked(rows, **{f"dataset__datafiles__{column}": value.lower()})

    def _linked(self, rows: QuerySet, **conditions: Any) -> QuerySet:
        """Runs with such a dataset, among those that the caller may see."""
        if not any(conditions.values()):
            return rows
        links = WorkflowRunDataset.objects.filter(**conditions, dataset__deleted=False)
        if self.request is not None:
            links = links.visible_to(self.request.user)
        return rows.filter(id__in=links.values("workflowrun_id"))


class WorkflowRunDatasetFilterSet(RegistryFilterSet):
    """Associations."""

    workflowrun = UUIDFilter(field_name="workflowrun")
    dataset = UUIDFilter(field_name="dataset")
    data_type = ChoicesFilter(choices=DATASET_TO_WORKFLOWRUN_TYPES)
    search = filters.CharFilter(method="by_search", label="part of the name of the run or of the dataset")

    class Meta:
        model = WorkflowRunDataset
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """One of the two is called like that."""
        return rows.filter(Q(workflowrun__name__icontains=value) | Q(dataset__name__icontains=value))


class ParameterFilterSet(RegistryFilterSet):
    """Parameters of a run."""

    search = filters.CharFilter(method="by_search", label="part of the name or the value")

    class Meta:
        model = WorkflowRunParameter
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Name or value contain the text."""
        return rows.filter(Q(name__icontains=value) | Q(value_key__icontains=value))


class StepFilterSet(RegistryFilterSet):
    """Steps of a run."""

    status = ChoicesFilter(choices=STATUS_CHOICES)
    search = filters.CharFilter(method="by_search", label="part of the name, the tool or the message")

    class Meta:
        model = WorkflowRunStep
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Step or tool are called like that, or the step says so."""
        wanted = Q()
        for column in ("name", "tool_id", "tool_name", "message"):
            wanted |= Q(**{f"{column}__icontains": value})
        return rows.filter(wanted)
