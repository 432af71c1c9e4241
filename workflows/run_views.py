"""The viewsets of runs, of their associations with datasets, and of their parts."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.conditional import told
from common.api.remarks import UNPAGED, RemarksMixin
from common.api.sharing import SharesMixin
from common.api.viewsets import RegistryViewSet, Rows, TrashMixin, conflict_if
from common.errors import NotAllowed
from common.models.access import view_q
from common.trail import tell
from data_management.collected import must_be_visible
from data_management.models import Dataset
from workflows import reading
from workflows.filters import (
    ParameterFilterSet,
    StepFilterSet,
    WorkflowRunDatasetFilterSet,
    WorkflowRunFilterSet,
)
from workflows.models import (
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunParameter,
    WorkflowRunStep,
)
from workflows.records import DataType
from workflows.serializers import (
    ManageDatasetsSerializer,
    ParameterSerializer,
    RunDatasetSerializer,
    StatusChangeSerializer,
    StepSerializer,
    WorkflowRunDatasetSerializer,
    WorkflowRunListSerializer,
    WorkflowRunSerializer,
)
from workflows.services import index_text, manage_datasets, note_change_of_status, note_status

WHERE_SORTED = {
    "workflowversion__workflow__name": ("workflow", "name"),
    "workflowversion__workflow__workflow_manager": ("workflow", "engine"),
    "owner__username": ("owner", "username"),
    "owned_by__name": ("group", "name"),
}
MANAGE = OpenApiExample(
    "Two inputs",
    {
        "datasets": [
            {"id": "019aa3c2-7f10-7c44-9b1e-5d0c2f8e1a77"},
            {"id": "019aa3c2-7f10-7c45-8f00-0b1c2d3e4f50"},
        ],
        "data_type": "INPUT",
    },
    request_only=True,
)


class WorkflowRunViewSet(TrashMixin, SharesMixin, RemarksMixin, RegistryViewSet):
    """Runs, whoever ran them."""

    queryset = WorkflowRun.objects.all()
    serializer_class = WorkflowRunSerializer
    filterset_class = WorkflowRunFilterSet
    orderings = {
        "created": "id",
        "modified": "modified",
        "name": "name",
        "status": "status",
        "started_at": "started_at",
        "completed_at": "completed_at",
        "duration": "duration",
        "source": "source",
        "workflow": "workflowversion__workflow__name",
        "engine": "workflowversion__workflow__workflow_manager",
        "owner": "owner__username",
        "group": "owned_by__name",
        "inputs": "data_count__inputs",
        "outputs": "data_count__outputs",
    }
    nullable = frozenset({"started_at", "completed_at", "duration", "workflow", "engine", "owner", "group"})

    def get_serializer_class(self) -> Any:
        """Lists leave out what is large."""
        return WorkflowRunListSerializer if self.action == "list" else WorkflowRunSerializer

    def read(self, rows: Any) -> Rows:
        """Straight from the driver's rows."""
        return reading.read_runs(rows)

    def present(self, rows: Rows) -> Rows:
        """They are what they shall be already."""
        return rows

    def source(self) -> Any:
        """The same question of the same person is the same statement, whatever the page."""
        asked = tuple(
            (name, *values)
            for name, values in sorted(self.request.query_params.lists())
            if name not in ("page", "cursor", "fields")
        )
        key = ("runs", self._who(), asked)
        return reading.RunSource(key, lambda: self.narrowed(self.get_queryset()))

    def sort_value(self) -> Any:
        """The value as it stands in the row; that of a related record stands below its name. Counts are looked up."""
        column = self.ordering().column
        if column.startswith("data_count__"):
            counts = WorkflowRun.objects.order_by().values_list(column, flat=True)
            return lambda run: counts.get(pk=run["id"])
        outer, inner = WHERE_SORTED.get(column, (column, ""))
        return lambda run: run[outer] and run[outer][inner] if inner else run[outer]

    def _who(self) -> Any:
        """All that the caller's rights depend on, but for the shares, which are looked up each time."""
        return self.caller.pk, self.caller.is_superuser, tuple(self.caller.group_ids())

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """One run with its datasets, in two statements."""
        trash = self._trash()
        found = reading.read_run(
            kwargs["pk"], (self._who(), bool(trash)), self.get_queryset, self._links_seen, self._runs_seen
        )
        if found is None:
            self.get_object()
        return told(self.chosen(found), request)

    def represent(self, record: Any) -> Any:
        """As ``retrieve`` answers."""
        everything = WorkflowRun.objects.all
        key = (self._who(), "any")
        return reading.read_run(record.pk, key, everything, self._links_seen, self._runs_seen)

    def _runs_seen(self) -> Any:
        return WorkflowRun.objects.visible_to(self.caller)

    def perform_create(self, serializer: Any) -> None:
        """A run begins its history with its first status."""
        super().perform_create(serializer)
        note_status(serializer.instance, by=self.caller)
        index_text(serializer.instance)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record a run by hand; registration and imports do it with datasets and files."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        return Response(self.represent(serializer.instance), status=201)

    def perform_update(self, serializer: Any) -> None:
        """Each change of the status is kept."""
        before = serializer.instance.status
        super().perform_update(serializer)
        if serializer.instance.status != before:
            note_change_of_status(serializer.instance, before, by=self.caller)
        index_text(serializer.instance)

    def may_be_restored(self, record: Any) -> None:
        """Conflict if the same run was imported again meanwhile."""
        if record.external_id:
            same = {name: getattr(record, name) for name in ("owned_by_id", "source", "external_id")}
            again = WorkflowRun.objects.filter(**same, deleted=False).exists()
            conflict_if(again, "This run was imported again since it was deleted; delete that one first.")

    def said(self, record: Any, changes: dict[str, Any]) -> None:
        """Notes and annotations can be searched for."""
        super().said(record, changes)
        index_text(record)

    def history_of(self, record: Any) -> Any:
        """The edits, and every status with its time."""
        statuses = StatusChangeSerializer(record.status_changes.order_by("id")[:1000], many=True).data
        people = {str(one.by_id): one.by for one in record.status_changes.select_related("by")}
        told = [
            {
                "id": one["id"],
                "action": "status",
                "changes": {"status": [None, one["status"]]},
                "at": one["at"],
                "by": _person(people.get(str(one["by"]))),
            }
            for one in statuses
        ]
        return sorted([*super().history_of(record), *told], key=lambda one: str(one["id"]))

    @extend_schema(
        summary="Add datasets to a run under a data type",
        request=ManageDatasetsSerializer,
        responses=RunDatasetSerializer(many=True),
        examples=[MANAGE],
    )
    @action(detail=True, methods=["put"], **UNPAGED)
    def manage_datasets(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Adds what is named, and leaves what is there: repeating it changes nothing. Answers all of that type."""
        run = self.get_object()
        serializer = ManageDatasetsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = [one["id"] for one in serializer.validated_data["datasets"]]
        must_be_visible(wanted, self.caller)
        kind = DataType(serializer.validated_data["data_type"])
        rows = manage_datasets(run=run, dataset_ids=wanted, data_type=kind, user=request.user)
        return Response(RunDatasetSerializer(rows, many=True).data)

    def _links_seen(self) -> Any:
        """The associations whose dataset the caller may see; whether the run may be seen is asked before."""
        links = WorkflowRunDataset.objects.filter(dataset__deleted=False)
        return links if self.caller.is_superuser else links.filter(view_q(self.caller, Dataset, "dataset__"))


class WorkflowRunDatasetViewSet(RegistryViewSet):
    """Associations of datasets with runs."""

    queryset = WorkflowRunDataset.objects.all()
    serializer_class = WorkflowRunDatasetSerializer
    filterset_class = WorkflowRunDatasetFilterSet
    http_method_names = ["get", "post", "delete", "head", "options"]
    orderings = {"created": "id", "data_type": "data_type"}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Associate a dataset with a run; the same again is answered with what is there."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        self.must_be_allowed(given["workflowrun"], "edit")
        rows = manage_datasets(
            run=given["workflowrun"],
            dataset_ids=[given["dataset"].pk],
            data_type=DataType(given["data_type"]),
            user=request.user,
        )
        made = next(row for row in rows if row.dataset_id == given["dataset"].pk)
        return Response(self.represent(made), status=201)

    def must_be_allowed(self, record: Any, deed: str) -> None:
        """Whoever may edit the run may change what is associated with it."""
        run = record.workflowrun if isinstance(record, WorkflowRunDataset) else record
        super().must_be_allowed(run, "edit")

    def perform_destroy(self, instance: Any) -> None:
        """The association goes; run and dataset stay, and the run's history tells of it."""
        changes = {str(instance.data_type): [[str(instance.dataset_id)], None]}
        self.note(instance.workflowrun, "datasets", changes)
        instance.delete()


class RunPartViewSet(RegistryViewSet):
    """Parameters, steps or jobs of one run, at an address below the run's."""

    orderings = {"created": "id", "name": "name"}
    default_ordering = "created"

    def get_queryset(self) -> Any:
        """Of the run of the address, if the caller may see it."""
        return super().get_queryset().filter(workflowrun=self.kwargs.get("run_pk"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """404 for a run that is not there, not an empty list."""
        self.run()
        return super().list(request, *args, **kwargs)

    def run(self) -> WorkflowRun:
        """The run of the address; NotAllowed where it is to be changed and the caller may only see it."""
        runs = WorkflowRun.objects.filter(pk=self.kwargs["run_pk"])
        found: WorkflowRun = get_object_or_404(runs.visible_to(self.caller))
        if (
            self.request.method not in ("GET", "HEAD", "OPTIONS")
            and not runs.editable_by(self.caller).exists()
        ):
            raise NotAllowed("You may see this run, but not change it.")
        return found

    def must_be_allowed(self, record: Any, deed: str) -> None:
        """A part may be changed and removed by those who may edit the run."""
        super().must_be_allowed(record, "edit")

    def perform_create(self, serializer: Any) -> None:
        """Into the run of the address."""
        run = self.run()
        self._check_names(serializer.validated_data, run)
        serializer.save(workflowrun=run)
        self._tell(run, {serializer.instance._meta.model_name: [None, str(serializer.instance)]})

    def perform_update(self, serializer: Any) -> None:
        """Within its run."""
        self._check_names(serializer.validated_data, serializer.instance.workflowrun)
        before = self.plain(serializer.instance)
        serializer.save()
        after = self.plain(serializer.instance)
        self._tell(
            serializer.instance.workflowrun, {k: [v, after[k]] for k, v in before.items() if v != after[k]}
        )

    def perform_destroy(self, instance: Any) -> None:
        """The part goes, the run's history keeps it."""
        run = instance.workflowrun
        self._tell(run, {instance._meta.model_name: [self.plain(instance), None]})
        instance.delete()
        index_text(run)

    def note_changes(self, record: Any, before: dict[str, Any]) -> None:
        """Told in the run's history already."""

    def _tell(self, run: WorkflowRun, changes: dict[str, Any]) -> None:
        tell(run, "updated", by=self.caller, changes=changes)
        index_text(run)

    def _check_names(self, given: dict[str, Any], run: WorkflowRun) -> None:
        """What a part points at must be in the same run, and names that are unique must be."""
        for name in ("parent", "step"):
            if given.get(name) is not None and given[name].workflowrun_id != run.pk:
                raise ValidationError({name: ["is not a step of this run"]})


class ParameterViewSet(RunPartViewSet):
    """The parameters of a run."""

    queryset = WorkflowRunParameter.objects.all()
    serializer_class = ParameterSerializer
    filterset_class = ParameterFilterSet


class StepViewSet(RunPartViewSet):
    """The steps of a run."""

    queryset = WorkflowRunStep.objects.all()
    serializer_class = StepSerializer
    filterset_class = StepFilterSet
    orderings = {"created": "id", "name": "name", "position": "position", "status": "status"}


def _person(user: Any) -> dict[str, Any] | None:
    return user and {"id": str(user.pk), "username": user.username, "full_name": user.full_name}
