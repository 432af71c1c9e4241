"""What the steps of a workflow version ask for and take, over its last runs, over HTTP."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from common.api.conditional import told
from common.api.queries import QuerySerializer, QueryView
from workflows.jobs.measuring import DEFAULT_RUNS, MOST_RUNS, efficiency_of_version
from workflows.models import WorkflowVersion


class EfficiencyQuery(QuerySerializer):
    """Over how many runs."""

    runs = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_RUNS, default=DEFAULT_RUNS, help_text="The newest runs."
    )


class SpreadSerializer(serializers.Serializer):
    """Of ``count`` jobs: the median, what nine in ten do not exceed, and the greatest."""

    median = serializers.FloatField()
    p90 = serializers.FloatField()
    max = serializers.FloatField()
    count = serializers.IntegerField()


class ComparedSerializer(serializers.Serializer):
    """What was used and what was requested; ``efficiency`` is the one divided by the other, job by job."""

    used = SpreadSerializer(allow_null=True)
    requested = SpreadSerializer(allow_null=True)
    efficiency = SpreadSerializer(allow_null=True)


class StepEfficiencySerializer(serializers.Serializer):
    """A step: its jobs in the runs that were looked at; measures are of those that succeeded."""

    step = serializers.CharField(help_text="Key of the step; of jobs of no step their name.")
    name = serializers.CharField()
    jobs = serializers.IntegerField()
    runs = serializers.IntegerField()
    statuses = serializers.DictField(child=serializers.IntegerField())
    success_share = serializers.FloatField(allow_null=True)
    wall_seconds = ComparedSerializer(allow_null=True)
    cpu_seconds = ComparedSerializer(allow_null=True)
    cpus = ComparedSerializer(allow_null=True)
    memory_bytes = ComparedSerializer(allow_null=True)
    hints = serializers.ListField(child=serializers.CharField())


class EfficiencySerializer(serializers.Serializer):
    """``runs`` were looked at, the newest ones that you may see; ``more_runs`` and ``more_jobs``: there are others."""

    runs = serializers.IntegerField()
    more_runs = serializers.BooleanField()
    jobs = serializers.IntegerField()
    more_jobs = serializers.BooleanField()
    steps = StepEfficiencySerializer(many=True)


class EfficiencyView(QueryView):
    """Of a workflow version."""

    query_type = EfficiencyQuery

    @extend_schema(
        operation_id="workflowversions_efficiency_retrieve",
        tags=["workflows"],
        summary="Compare what the steps of a version ask for with what they take",
        parameters=[EfficiencyQuery],
        responses=EfficiencySerializer,
    )
    def get(self, request: Request, pk: UUID) -> Any:
        """Over the newest runs that you may see and that are over, step by step.

        Memory in bytes, times in seconds. A hint says where a request is far from what is needed.
        """
        user: Any = request.user
        version = get_object_or_404(WorkflowVersion.objects.visible_to(user), pk=pk)
        asked = self.asked(request).validated_data["runs"]
        return told(efficiency_of_version(version=version, user=user, most_runs=asked), request)
