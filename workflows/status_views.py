"""``…/workflowruns/{id}/status/``: how a run stands, saying how it stands, and how it stood."""

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import conditional
from common.api.filters import ChoicesFilter, RegistryFilterSet, refuse_unknown
from common.api.renderers import to_json
from common.api.viewsets import ListMixin, RegistryViewSet
from workflows.models import RunEvent, StatusChange, WorkflowRun, WorkflowRunJob
from workflows.models.runs import STATUS_CHOICES
from workflows.records import RunStatus
from workflows.status import allowed_after, corrections_of, is_terminal
from workflows.status_changes import WantedStatus, change_status, follows_source
from workflows.status_serializers import (
    ForbiddenTransitionSerializer,
    RunStatusSerializer,
    StatusEntrySerializer,
    WantedStatusSerializer,
)

COLUMNS = (
    "status", "status_basis", "source_status", "message", "started_at", "completed_at", "is_imported", "source",
    "source_deleted",
)  # fmt: skip
IF_MATCH = OpenApiParameter("If-Match", str, "header", description="The ETag that the change builds on.")
DONE = OpenApiExample("It is done", {"status": "SUCCESS"}, request_only=True)
CORRECTED = OpenApiExample(
    "A correction",
    {"status": "FAILED", "reason": "The output was empty", "message": "No variant passed the filter"},
    request_only=True,
)


def status_of(runs: QuerySet, run_id: UUID) -> dict[str, Any] | None:
    """How a run stands, as it is told, in two statements; None if it is not among ``runs``."""
    changes = StatusChange.objects.filter(workflowrun=OuterRef("pk")).order_by("-id")
    latest = RunEvent.objects.filter(workflowrun=OuterRef("pk")).order_by("-at")
    rows = runs.filter(pk=run_id).annotate(
        since=Subquery(changes.values("at")[:1]), latest_event_at=Subquery(latest.values("at")[:1])
    )
    run = rows.order_by().values_list(*COLUMNS, "since", "latest_event_at", named=True).first()
    if run is None:
        return None
    status, is_followed = RunStatus(run.status), follows_source(run)
    return {
        "workflowrun": run_id,
        "status": run.status,
        "status_basis": run.status_basis,
        "source_status": run.source_status,
        "message": run.message,
        "is_terminal": is_terminal(status),
        "since": run.since,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "latest_event_at": run.latest_event_at,
        "follows_source": is_followed,
        "source_deleted": run.source_deleted,
        "allowed": allowed_after(status, is_followed=is_followed),
        "allowed_with_reason": corrections_of(status, is_followed=is_followed),
        "jobs": _jobs_by_status(run_id),
    }


def _jobs_by_status(run_id: UUID) -> dict[str, int]:
    rows = WorkflowRunJob.objects.filter(workflowrun=run_id).order_by("status")
    return dict(rows.values_list("status").annotate(Count("pk")))


class RunStatusViewSet(RegistryViewSet):
    """How a run stands."""

    queryset = WorkflowRun.objects.all()
    serializer_class = RunStatusSerializer
    http_method_names = ["get", "put", "head", "options"]

    @extend_schema(responses=RunStatusSerializer, summary="Read the status of a run")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Cheap enough to be asked often: the run itself is not read, and If-None-Match is answered with 304."""
        refuse_unknown(request.query_params, {})
        return conditional.told(self.chosen(self._told()), request)

    @extend_schema(
        request=WantedStatusSerializer,
        responses={200: RunStatusSerializer, 409: ForbiddenTransitionSerializer},
        parameters=[IF_MATCH],
        examples=[DONE, CORRECTED],
        summary="Change the status of a run",
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By the table of transitions; what is not in it takes a reason. The same again changes nothing.

        A run starts when it is first RUNNING, and ends with SUCCESS, FAILED or CANCELLED, now or at `completed_at`. A
        run that was imported follows its source: then every change by hand takes a reason.
        """
        run = self._held()
        if request.META.get("HTTP_IF_MATCH"):
            conditional.check_if_match(request, to_json(self._told()))
        body = WantedStatusSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        wanted = WantedStatus(**{**given, "status": RunStatus(given["status"])})
        change_status(run=run, wanted=wanted, by=self.caller)
        return Response(self._told())

    def _held(self) -> WorkflowRun:
        """The run, which nobody else changes until this is done."""
        self.get_object()
        rows = WorkflowRun.objects.select_for_update(of=("self",), no_key=True)
        return get_object_or_404(rows, pk=self.kwargs["pk"], deleted=False)

    def _told(self) -> dict[str, Any]:
        found = status_of(WorkflowRun.objects.visible_to(self.caller), self.kwargs["pk"])
        if found is None:
            raise Http404
        return found


class StatusHistoryFilterSet(RegistryFilterSet):
    """Statuses that a run took."""

    status = ChoicesFilter(choices=STATUS_CHOICES)

    class Meta:
        model = StatusChange
        fields: tuple[str, ...] = ()


class StatusHistoryViewSet(ListMixin):
    """Every status that a run took, with who said so and why."""

    queryset = StatusChange.objects.all()
    serializer_class = StatusEntrySerializer
    filterset_class = StatusHistoryFilterSet
    orderings = {"at": "id"}  # ids ascend with the time
    default_ordering = "at"

    def get_queryset(self) -> Any:
        """Of the run of the address; 404 if the caller may not see it."""
        runs = WorkflowRun.objects.visible_to(self.caller).only("pk")
        run: WorkflowRun = get_object_or_404(runs, pk=self.kwargs["pk"])
        return StatusChange.objects.filter(workflowrun=run).select_related("by")
