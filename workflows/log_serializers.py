"""Logs on the wire."""

from typing import Any

from rest_framework import serializers

from common.api.fields import FlagField, TextField
from common.api.serializers import VisiblePrimaryKeyRelatedField
from workflows.log_filters import KINDS
from workflows.logs import LONGEST_NAME
from workflows.models import WorkflowRunJob


class JobOfLogSerializer(serializers.Serializer):
    """The job that wrote a log."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    attempt = serializers.IntegerField()


class LogSerializer(serializers.Serializer):
    """A log, or an excerpt that stands in a job. Its text is at ``content/``.

    ``job`` is null for a log of the run as a whole. ``size`` is in bytes as it is kept, ``full_size`` of what there
    was; where ``is_cut``, the middle was left out. ``line_count`` and ``modified`` are null for an excerpt.
    """

    id = serializers.UUIDField()
    job = JobOfLogSerializer(allow_null=True)
    name = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    size = serializers.IntegerField()
    full_size = serializers.IntegerField()
    line_count = serializers.IntegerField(allow_null=True)
    is_cut = serializers.BooleanField()
    modified = serializers.DateTimeField(allow_null=True)


class JobOfRunField(VisiblePrimaryKeyRelatedField):
    """A job of the run of the address; one of another run is not there."""

    def get_queryset(self) -> Any:
        """Only the jobs of this run."""
        run = self.context["view"].kwargs["run_pk"]
        return super().get_queryset().filter(workflowrun=run)


class LogTextSerializer(serializers.Serializer):
    """A log that is to be kept. With ``append`` it goes on with what is there, else it takes its place."""

    name = TextField(max_length=LONGEST_NAME)
    text = TextField(allow_blank=True, trim_whitespace=False)
    job = JobOfRunField(queryset=WorkflowRunJob.objects.all(), required=False, allow_null=True)
    append = FlagField(required=False, default=False)


class LogFileSerializer(serializers.Serializer):
    """The same with the text as a file in UTF-8, as ``multipart/form-data``; the name may be the file's."""

    file = serializers.FileField(allow_empty_file=True)
    name = serializers.CharField(max_length=LONGEST_NAME, required=False, allow_blank=True)
    job = JobOfRunField(queryset=WorkflowRunJob.objects.all(), required=False, allow_null=True)
    append = serializers.BooleanField(required=False, default=False)


class LogOfHitSerializer(serializers.Serializer):
    """The log that a line was found in."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    job = JobOfLogSerializer(allow_null=True)


class HitSerializer(serializers.Serializer):
    """A line that was found, with its number from 1, the places (from, to) in ``text``, and the lines around it.

    ``text`` is the part around the first place where the line is longer than 2,000 characters.
    """

    log = LogOfHitSerializer()
    line = serializers.IntegerField()
    text = serializers.CharField()
    places = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    before = serializers.ListField(child=serializers.CharField())
    after = serializers.ListField(child=serializers.CharField())


class FoundSerializer(serializers.Serializer):
    """What a search found. ``next`` is where it goes on; null at the end of the last log.

    ``is_late`` says that it took too long and has more to read: ``next`` goes on where it stopped.
    """

    results = HitSerializer(many=True)
    logs_read = serializers.IntegerField()
    is_late = serializers.BooleanField()
    next = serializers.URLField(allow_null=True)
