"""The events of a run on the wire."""

from typing import Any

from rest_framework import serializers

from common.api.fields import ObjectField, TextField
from workflows.models import RunEvent
from workflows.models.events import LEVELS

LONGEST_MESSAGE = 20_000


class RunEventSerializer(serializers.ModelSerializer):
    """An entry of a run's log.

    ``sequence`` is its place, counted from 1 without a gap, and the cursor behind which `after` goes on. ``at`` is when
    it happened, ``received_at`` when the registry heard of it. ``job`` is the job that it is about, ``job_external_id``
    what the source calls that job.
    """

    job = serializers.UUIDField(source="job_id", allow_null=True)

    class Meta:
        model = RunEvent
        fields = (
            "id", "sequence", "at", "received_at", "category", "type", "level", "message", "data", "job",
            "job_external_id", "key",
        )  # fmt: skip


class NewEventSerializer(serializers.Serializer):
    """Something that happened in a run; at least one of ``type``, ``category`` and ``message`` says what.

    ``at`` is now where it is not given. ``job`` is the external id of the job that it is about, which may be recorded
    later. An event with a ``key`` is kept once.
    """

    at = serializers.DateTimeField(required=False)
    category = TextField(required=False, allow_blank=True, max_length=60)
    type = TextField(required=False, allow_blank=True, max_length=100)
    level = serializers.ChoiceField(LEVELS, required=False)
    message = TextField(required=False, allow_blank=True, max_length=LONGEST_MESSAGE, trim_whitespace=False)
    data = ObjectField(required=False)  # type: ignore[assignment]
    job = TextField(required=False, allow_blank=True, max_length=255)
    key = TextField(required=False, allow_blank=True, max_length=255)


class SentEventsSerializer(serializers.Serializer):
    """What became of a request: how many events came, were new, and were known by their keys already.

    ``cursor`` is the place of the newest entry of the log.
    """

    received = serializers.IntegerField()
    added = serializers.IntegerField()
    known = serializers.IntegerField()
    cursor = serializers.IntegerField()


class LatestEventSerializer(serializers.Serializer):
    """Where the log ends: the ``cursor`` of the newest entry (0 for none), and the latest time of all entries.

    ``timestamp_ms`` is that time in milliseconds since 1970 in UTC.
    """

    cursor = serializers.IntegerField()
    at = serializers.DateTimeField(allow_null=True)
    timestamp_ms = serializers.IntegerField(allow_null=True)


def event_on_the_wire(event: RunEvent) -> dict[str, Any]:
    """The same as the serializer says, at a tenth of its price."""
    return {
        name: getattr(event, "job_id" if name == "job" else name) for name in RunEventSerializer.Meta.fields
    }
