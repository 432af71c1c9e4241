"""The compute nodes of a run over HTTP."""

from typing import Any

from django.db.models import Count

from common.api.viewsets import Rows
from common.errors import Conflict
from workflows.jobs.filters import ComputeNodeFilterSet
from workflows.jobs.serializers import ComputeNodeSerializer
from workflows.models import ComputeNode, WorkflowRun, WorkflowRunJob
from workflows.run_views import RunPartViewSet


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

    def read(self, rows: Any) -> Rows:
        """With the number of jobs on each, counted once for all of them: each alone would look at every job."""
        nodes = list(rows)
        jobs = WorkflowRunJob.objects.filter(
            workflowrun=self.kwargs["run_pk"], node__in=[one.key for one in nodes]
        )
        counted = dict(jobs.order_by().values_list("node").annotate(Count("pk")))
        for node in nodes:
            node.job_count = counted.get(node.key, 0)
        return nodes

    def _check_names(self, given: dict[str, Any], run: WorkflowRun) -> None:
        super()._check_names(given, run)
        here = ComputeNode.objects.filter(workflowrun=run, key=given.get("key", ""))
        own = self.kwargs.get("pk")
        if (here.exclude(pk=own) if own else here).exists():
            raise Conflict(f"The run has a node with the key {given['key']!r} already; PATCH that one.")
