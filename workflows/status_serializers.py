"""The status of a run on the wire."""

from rest_framework import serializers

from common.api.fields import TextField
from common.api.serializers import UserRefSerializer
from workflows.models import StatusChange
from workflows.models.runs import STATUS_BASES, STATUS_CHOICES
from workflows.status import OF_RUNS

LONGEST_REASON = 2000
LONGEST_MESSAGE = 20_000
RUN_STATUSES = [(status.value, status.value) for status in OF_RUNS]


class RunStatusSerializer(serializers.Serializer):
    """How a run stands, and what it may become.

    ``status_basis`` says how that is known, ``source_status`` is the source's own word, ``since`` when the registry
    heard of it. ``follows_source`` says that the run was imported: it is brought up to date by importing it again, and
    by hand with a reason only. ``latest_event_at`` is the time of the newest entry of the log. ``jobs`` counts them by
    their status.
    """

    workflowrun = serializers.UUIDField()
    status = serializers.ChoiceField(STATUS_CHOICES)
    status_basis = serializers.ChoiceField(STATUS_BASES)
    source_status = serializers.CharField()
    message = serializers.CharField()
    is_terminal = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    latest_event_at = serializers.DateTimeField(allow_null=True)
    follows_source = serializers.BooleanField()
    source_deleted = serializers.BooleanField()
    allowed = serializers.ListField(child=serializers.CharField())
    allowed_with_reason = serializers.ListField(child=serializers.CharField())
    jobs = serializers.DictField(child=serializers.IntegerField())


class WantedStatusSerializer(serializers.Serializer):
    """The status that a run takes. ``reason`` is why somebody corrects it, and stays in the history.

    ``message`` says why the run stands as it does: why it failed. ``completed_at`` is when it ended, if not
    now.
    """

    status = serializers.ChoiceField(RUN_STATUSES)
    reason = TextField(required=False, allow_blank=True, max_length=LONGEST_REASON)
    message = TextField(required=False, allow_blank=True, max_length=LONGEST_MESSAGE)
    completed_at = serializers.DateTimeField(required=False, allow_null=True)


class ForbiddenTransitionSerializer(serializers.Serializer):
    """Why a status cannot follow the present one, and what can."""

    message = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]
    from_ = serializers.CharField(required=False)
    to = serializers.CharField(required=False)
    allowed = serializers.ListField(child=serializers.CharField(), required=False)
    allowed_with_reason = serializers.ListField(child=serializers.CharField(), required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """``from`` is a word of Python, so that no attribute can have that name."""
        return {name.rstrip("_"): one for name, one in super().get_fields().items()}


class StatusEntrySerializer(serializers.ModelSerializer):
    """A status that a run took: when the registry heard of it, from whom, and why."""

    by = UserRefSerializer(read_only=True, allow_null=True)

    class Meta:
        model = StatusChange
        fields = ("id", "status", "at", "by", "reason")
