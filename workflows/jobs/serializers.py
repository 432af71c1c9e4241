"""What the addresses below a run's jobs and nodes take and give."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import LARGEST_INTEGER, ObjectField, StrictModelSerializer, TextField, WholeField
from common.api.paging import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, LAST_PAGE
from common.api.queries import QuerySerializer
from workflows.jobs.edges import Way
from workflows.models import ComputeNode, WorkflowRunJob
from workflows.serializers import JobSerializer

DEEPEST = 1_000_000
ON_ERROR = ("refuse", "skip")
LARGEST_MEMORY = 2**62


class PageQuery(QuerySerializer):
    """Which page."""

    page = serializers.IntegerField(required=False, min_value=1, max_value=LAST_PAGE, default=1)
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_PAGE_SIZE, default=DEFAULT_PAGE_SIZE
    )


@extend_schema_field({"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "enum": ["all"]}]})
class DepthField(serializers.Field):
    """How many jobs far: a number, or ``all``, which is None."""

    def to_internal_value(self, data: Any) -> int | None:
        """The number."""
        if data == "all":
            return None
        if not (
            isinstance(data, str) and data.isascii() and data.isdecimal() and 0 < len(data) < 8 and int(data)
        ):
            raise serializers.ValidationError("must be a number from 1 on, or all")
        return int(data)

    def to_representation(self, value: Any) -> Any:
        """As it was given."""
        return "all" if value is None else value


class NeighboursQuery(PageQuery):
    """How far to go."""

    depth = DepthField(
        required=False, default=1, help_text="How many jobs far: 1 for the next ones alone, or all."
    )


class NeighbourSerializer(JobSerializer):
    """A job that was reached. ``distance`` counts the jobs to it, ``through`` says how the last step is known.

    ``after``: a job says so itself. ``files``: it used a file that the other made.
    """

    distance = serializers.IntegerField(read_only=True)
    through = serializers.ListField(
        child=serializers.ChoiceField([(way.value, way.value) for way in Way]), read_only=True
    )

    class Meta(JobSerializer.Meta):
        fields = (*JobSerializer.Meta.fields, "distance", "through")


class BulkQuery(QuerySerializer):
    """What to do where something is wrong with a row."""

    on_error = serializers.ChoiceField(
        ON_ERROR,
        required=False,
        default="refuse",
        help_text="`refuse` writes all rows or none, `skip` writes those that are right.",
    )


class JobRowSerializer(JobSerializer):
    """A job to write. It is the job of its ``id``, or of its ``external_id`` and ``attempt``, else a new one."""

    id = serializers.UUIDField(required=False)
    step_key = serializers.CharField(
        required=False, max_length=255, help_text="Key of its step, instead of `step`."
    )
    name = serializers.CharField(required=False, max_length=255, help_text="Needed for a new job.")

    class Meta(JobSerializer.Meta):
        fields = tuple(name for name in (*JobSerializer.Meta.fields, "step_key") if name != "files")


class JobsSerializer(serializers.Serializer):
    """Jobs to write; a list alone will do, too."""

    jobs = JobRowSerializer(many=True)


class WrittenJobSerializer(serializers.Serializer):
    """A row that was written: ``index`` is its place in the request."""

    index = serializers.IntegerField()
    id = serializers.UUIDField()
    outcome = serializers.ChoiceField(["created", "updated", "unchanged"])


class RefusedJobSerializer(serializers.Serializer):
    """What is wrong with a row."""

    index = serializers.IntegerField()
    field = serializers.CharField()
    message = serializers.CharField()


class WrittenJobsSerializer(serializers.Serializer):
    """What became of the rows."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    skipped = serializers.IntegerField()
    jobs = WrittenJobSerializer(many=True)
    errors = RefusedJobSerializer(many=True)


class ComputeNodeSerializer(StrictModelSerializer):
    """A machine, or an allocation, that jobs of the run ran on; jobs name it by ``key``.

    ``memory_bytes`` is what it had. ``statistics`` maps a measure to ``min``, ``average`` and ``max``.
    """

    key = TextField(max_length=255)
    cpus = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1e9)
    memory_bytes = WholeField(required=False, allow_null=True, min_value=0, max_value=LARGEST_MEMORY)
    gpus = WholeField(required=False, allow_null=True, min_value=0, max_value=LARGEST_INTEGER)
    scheduler = ObjectField(required=False)
    statistics = ObjectField(required=False)
    jobs = serializers.SerializerMethodField()

    class Meta:
        model = ComputeNode
        fields = (
            "id", "key", "hostname", "kind", "started_at", "completed_at", "cpus", "memory_bytes", "gpus",
            "scheduler", "statistics", "jobs",
        )  # fmt: skip

    def get_jobs(self, node: ComputeNode) -> int:
        """How many jobs ran on it."""
        told = getattr(node, "job_count", None)
        if told is not None:
            return int(told)
        return WorkflowRunJob.objects.filter(workflowrun=node.workflowrun_id, node=node.key).count()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A node does not go before it comes."""
        start = attrs.get("started_at", getattr(self.instance, "started_at", None))
        end = attrs.get("completed_at", getattr(self.instance, "completed_at", None))
        if start and end and end < start:
            raise serializers.ValidationError({"completed_at": ["must not be before started_at"]})
        return attrs
