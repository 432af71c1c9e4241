"""How complete a run is, over HTTP."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from common.api.conditional import told
from common.api.queries import QuerySerializer, QueryView
from workflows.completeness.judging import Completeness, State
from workflows.completeness.reading import completeness_of
from workflows.models import WorkflowRun
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES, STATUS_CHOICES

LOOKS = ("none", "recorded", "disk")


class CompletenessQuery(QuerySerializer):
    """How inputs are compared."""

    inputs = serializers.ChoiceField(
        LOOKS,
        required=False,
        default="recorded",
        help_text="`recorded`: with what was registered later at the same place; `disk`: also with what lies there.",
    )


class DeclaredSerializer(serializers.Serializer):
    """A file that was declared by its path, or a parameter of the version that is a file."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(["file", "parameter"])
    data_type = serializers.ChoiceField(DATASET_TO_WORKFLOWRUN_TYPES)
    optional = serializers.BooleanField()
    state = serializers.ChoiceField([one.value for one in State])
    datafile = serializers.UUIDField(allow_null=True)


class ContentSerializer(serializers.Serializer):
    """What tells a content; what is not known is empty."""

    sha256 = serializers.CharField(allow_blank=True)
    md5sum = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True)


class ChangedInputSerializer(serializers.Serializer):
    """An input that is no longer what the run took. ``later`` is the file that was registered since."""

    datafile = serializers.UUIDField()
    path = serializers.CharField()
    uri = serializers.CharField()
    known_from = serializers.ChoiceField(["registry", "disk"])
    later = serializers.UUIDField(allow_null=True)
    was = ContentSerializer()

    def get_fields(self) -> dict[str, Any]:
        """With ``is``, which is no name in Python."""
        return {**super().get_fields(), "is": ContentSerializer()}


class ComparedInputsSerializer(serializers.Serializer):
    """How many inputs could be compared, and which of them changed."""

    checked = serializers.IntegerField()
    unchecked = serializers.IntegerField()
    changed = ChangedInputSerializer(many=True)


class RerunSerializer(serializers.Serializer):
    """A run that repeats, or is repeated."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.ChoiceField(STATUS_CHOICES)
    started_at = serializers.DateTimeField(allow_null=True)


class CompletenessSerializer(serializers.Serializer):
    """How a run stands, and why; ``files`` begins with what is missing and tells a thousand."""

    status = serializers.ChoiceField([one.value for one in Completeness])
    reasons = serializers.ListField(child=serializers.CharField())
    declared = serializers.IntegerField()
    absent = serializers.IntegerField()
    files = DeclaredSerializer(many=True)
    inputs = ComparedInputsSerializer()
    rerun_of = RerunSerializer(allow_null=True)
    reruns = RerunSerializer(many=True)
    more_reruns = serializers.BooleanField()


class CompletenessView(QueryView):
    """Of a run."""

    query_type = CompletenessQuery

    @extend_schema(
        operation_id="workflowruns_completeness_retrieve",
        tags=["workflows"],
        summary="Read how complete a run is",
        parameters=[CompletenessQuery],
        responses=CompletenessSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Any:
        """Declared inputs and outputs that are absent, inputs that changed since, and the runs that repeat it.

        `complete`: all that is declared is there; `incomplete`: something is missing; `changed`: an input is another
        now; `unknown`: nothing is declared, or not all can be told. `reasons` says why.
        """
        user: Any = request.user
        runs = WorkflowRun.objects.visible_to(user).select_related("workflowversion")
        run = get_object_or_404(runs, pk=pk)
        inputs = self.asked(request).validated_data["inputs"]
        return told(completeness_of(run, user, inputs=inputs), request)
