"""The compute nodes of a run over HTTP."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from common.errors import Conflict
from workflows.jobs.filters import ComputeNodeFilterSet
from workflows.jobs.serializers import ComputeNodeSerializer
from workflows.models import ComputeNode, WorkflowRun, WorkflowRunJob
from workflows.run_views import RunPartViewSet

_JOBS = WorkflowRunJob.objects.filter(workflowrun=OuterRef("workflowrun"), node=OuterRef("key")).order_by()


class ComputeNodeViewSet(RunPartViewSet):
    """The machines, or the allocations, that jobs of a run ran on."""

    queryset = ComputeNode.objects.all()
    serializer_class = ComputeNodeSerializer
    filterset_class = ComputeNodeFilterSet
    orderings = {
        "created": "id",
        "key": "key",
        "hostname": "hostname",
        "started_at": "started_at",
        "completed_at": "completed_at",
    }
    nullable = frozenset({"started_at", "completed_at"})

    def get_queryset(self) -> Any:
        """With the number of jobs on each."""
        counted = _JOBS.values("node").annotate(n=Count("pk")).values("n")
        return (
            super()
            .get_queryset()
            .annotate(job_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
        )

    def _check_names(self, given: dict[str, Any], run: WorkflowRun) -> None:
        super()._check_names(given, run)
        here = ComputeNode.objects.filter(workflowrun=run, key=given.get("key", ""))
        own = self.kwargs.get("pk")
        if (here.exclude(pk=own) if own else here).exists():
            raise Conflict(f"The run has a node with the key {given['key']!r} already; PATCH that one.")
