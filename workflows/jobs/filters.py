"""How jobs and compute nodes of a run are looked for."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from common.api.filters import ChoicesFilter, RegistryFilterSet, TimeFilter, UUIDFilter
from workflows.models import ComputeNode, WorkflowRunJob
from workflows.models.runs import STATUS_CHOICES


class JobFilterSet(RegistryFilterSet):
    """Jobs of a run."""

    status = ChoicesFilter(choices=STATUS_CHOICES)
    step = UUIDFilter(field_name="step")
    step_key = filters.CharFilter(field_name="step__key", label="key of the step")
    external_id = filters.CharFilter()
    attempt = filters.NumberFilter(label="number of the attempt")
    attempt_min = filters.NumberFilter(
        field_name="attempt", lookup_expr="gte", label="at least so many attempts: 2 for what was repeated"
    )
    node = filters.CharFilter(label="key of the compute node")
    host = filters.CharFilter(label="name of the machine")
    exit_code = filters.NumberFilter(label="exit code")
    scheduler = filters.CharFilter(field_name="scheduler__kind", label="kind of the scheduler: slurm")
    scheduler_job = filters.CharFilter(field_name="scheduler__job_id", label="the scheduler's id of the job")
    partition = filters.CharFilter(field_name="scheduler__partition", label="partition of the scheduler")
    started_after = TimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = TimeFilter(field_name="started_at", lookup_expr="lt")
    completed_after = TimeFilter(field_name="completed_at", lookup_expr="gte")
    completed_before = TimeFilter(field_name="completed_at", lookup_expr="lt")
    search = filters.CharFilter(
        method="by_search", label="part of the name, the command, the message or the output"
    )

    class Meta:
        model = WorkflowRunJob
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Anything that the job said."""
        wanted = Q()
        for column in ("name", "command_line", "message", "stdout", "stderr", "host"):
            wanted |= Q(**{f"{column}__icontains": value})
        return rows.filter(wanted)


class ComputeNodeFilterSet(RegistryFilterSet):
    """Compute nodes of a run."""

    key = filters.CharFilter()
    kind = filters.CharFilter()
    search = filters.CharFilter(method="by_search", label="part of the key or of the host's name")

    class Meta:
        model = ComputeNode
        fields: tuple[str, ...] = ()

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The key or the host's name contains the text."""
        return rows.filter(Q(key__icontains=value) | Q(hostname__icontains=value))
