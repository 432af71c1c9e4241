"""Sources, and imports of runs from any of them, on the wire."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework import serializers

from common.api.fields import FlagField, TextField
from common.api.serializers import NamedRefSerializer, OwnGroupField, UserRefSerializer
from run_import.advice import what_to_do
from run_import.models import PHASES, RunImport
from run_import.services import MOST_ADDRESSES, ImportOptions
from run_import.sources import every_source

LONGEST_ADDRESS = 2000
FLAGS = ("create_datasets", "follow", "download", "rocrate")


@extend_schema_field(OpenApiTypes.UUID)
class GroupField(OwnGroupField):
    """The group that the runs are for: one of the caller's own."""


class ImportRunsSerializer(serializers.Serializer):
    """What is to be imported: ``url``, or ``urls`` for many. ``owned_by`` is one of the caller's groups."""

    one_of, only_one = ("url", "urls"), True

    url = TextField(required=False, max_length=LONGEST_ADDRESS, help_text="Of a run, or of what holds runs.")
    urls = serializers.ListField(
        child=TextField(max_length=LONGEST_ADDRESS), required=False, min_length=1, max_length=MOST_ADDRESSES,
        help_text=f"Up to {MOST_ADDRESSES} addresses.",
    )  # fmt: skip
    source = TextField(
        required=False, max_length=40, help_text="Where they are from; found out where it is not said."
    )
    server = TextField(
        required=False, max_length=500, help_text="A server's base address, where identifiers are given."
    )
    create_datasets = FlagField(default=False, help_text="Make datasets of the inputs and outputs.")
    follow = FlagField(default=False, help_text="Ask again until the run has ended.")
    download = FlagField(default=False, help_text="Fetch their contents; needs create_datasets.")
    rocrate = FlagField(
        default=False, help_text="Keep the source's own RO-Crate as the run's, where it has one."
    )
    public = FlagField(default=False, help_text="Show the run to everyone who is signed in.")
    owned_by = GroupField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        """A misspelt option is refused: it would be left out in silence."""
        if isinstance(data, Mapping):
            wrong = {str(name): [self._not_known(str(name))] for name in data if name not in self.fields}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def validate_source(self, name: str) -> str:
        """One that RUN_SOURCES names."""
        names = [one.name for one in every_source()]
        if name not in names:
            raise serializers.ValidationError(f"must be one of {', '.join(names)}")
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two addresses; contents need datasets."""
        if ("url" in attrs) == ("urls" in attrs):
            raise serializers.ValidationError({"url": ["give either url, or urls for many"]})
        if attrs["download"] and not attrs["create_datasets"]:
            raise serializers.ValidationError(
                {"download": ["needs create_datasets: contents belong to datasets"]}
            )
        return attrs

    def options(self) -> ImportOptions:
        """The choices of a valid body."""
        return ImportOptions(**{name: self.validated_data[name] for name in FLAGS})

    def _not_known(self, name: str) -> str:
        close = get_close_matches(name, self.fields, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(self.fields)}"
        return f"is not known here; {hint}"


class FileProblemSerializer(serializers.Serializer):
    """A file whose content could not be had, and why."""

    path = serializers.CharField()
    reason = serializers.CharField()


class RunImportSerializer(serializers.ModelSerializer):
    """How far an import is, what it was asked to do, and what came of it.

    ``kind`` is RUN, or the source's word for what holds runs; ``children`` counts the imports that such made, by
    their state. ``due_at`` is when one that rests goes on. ``file_problems`` are the first of the files that
    ``files_failed`` counts.
    """

    owner = UserRefSerializer(read_only=True, allow_null=True)
    group = NamedRefSerializer(source="owned_by", read_only=True, allow_null=True)
    owned_by = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    public = serializers.BooleanField(source="makes_public", read_only=True)
    source = serializers.CharField(source="server.source", read_only=True)
    server = NamedRefSerializer(read_only=True)
    phase = serializers.ChoiceField(choices=PHASES, read_only=True, allow_blank=True)
    workflowrun = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    parent = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    paths = serializers.ListField(child=serializers.CharField(), read_only=True)
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)
    file_problems = FileProblemSerializer(many=True, read_only=True)
    children = serializers.SerializerMethodField()
    what_to_do = serializers.SerializerMethodField()
    due_at = serializers.SerializerMethodField()

    class Meta:
        model = RunImport
        fields = (
            "id", "source", "server", "state", "phase", "kind", "url", "external_id", "owner", "owned_by", "group",
            "create_datasets", "download", "paths", "rocrate", "follow", "public", "steps_total", "steps_done",
            "jobs_total", "jobs_done", "files_total", "files_done", "files_failed", "bytes_total", "bytes_done",
            "file_problems", "workflowrun", "parent", "children", "warnings", "attempts", "asked_count", "error",
            "error_code", "what_to_do", "due_at", "created", "started_at", "recorded_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_children(self, wanted: RunImport) -> dict[str, int]:
        """Counted for the whole page at once."""
        counts: dict[Any, dict[str, int]] = self.context.get("children", {})
        return counts.get(wanted.pk, {})

    @extend_schema_field(OpenApiTypes.STR)
    def get_what_to_do(self, wanted: RunImport) -> str:
        """For people."""
        return what_to_do(wanted.error_code)

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def get_due_at(self, wanted: RunImport) -> Any:
        """Only of what waits."""
        return wanted.due_at if wanted.state == RunImport.State.PENDING else None


class RunImportsSerializer(serializers.Serializer):
    """The work for each of the addresses, in their order."""

    count = serializers.IntegerField()
    results = RunImportSerializer(many=True)


class CredentialFieldSerializer(serializers.Serializer):
    """A part of what a source wants to know who asks."""

    name = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField(allow_blank=True)
    secret = serializers.BooleanField()
    required = serializers.BooleanField()


class SourceSerializer(serializers.Serializer):
    """A source of runs; ``problem`` says why it is not available, where it is not."""

    name = serializers.CharField()
    title = serializers.CharField()
    examples = serializers.ListField(child=serializers.CharField())
    credential_fields = CredentialFieldSerializer(many=True)
    wants_credentials = serializers.SerializerMethodField()
    is_available = serializers.SerializerMethodField()
    problem = serializers.CharField(allow_blank=True)

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_wants_credentials(self, source: Any) -> bool:
        """Whether nothing can be asked without."""
        return bool(source.kind and source.kind.wants_credentials)

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_is_available(self, source: Any) -> bool:
        """Whether runs of it can be imported here."""
        return source.kind is not None and not source.problem


class SourcesSerializer(serializers.Serializer):
    """All sources."""

    count = serializers.IntegerField()
    results = SourceSerializer(many=True)
