"""Galaxy servers, keys, imports and what is known of invocations, on the wire."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework import serializers

from common.api.fields import FlagField, TextField
from common.api.serializers import NamedRefSerializer, OwnGroupField, UserRefSerializer
from galaxy_import.addresses import INVOCATION
from galaxy_import.advice import what_to_do
from galaxy_import.models import CONDITIONS, KINDS, OUTPUTS, PHASES, GalaxyDataset
from run_import.models import ImportedRun, RunImport, RunServer
from run_import.servers import may_be_asked
from run_import.services import MOST_ADDRESSES, ImportOptions
from run_import.shared_fields import is_printable

LONGEST_KEY = 255
WRONG_ADDRESSES: dict[str, Any] = {
    "not_a_list": "must be a list of addresses",
    "min_length": "must name at least one address",
    "max_length": f"may name at most {MOST_ADDRESSES} addresses: ask for the others in another request",
}


@extend_schema_field(OpenApiTypes.UUID)
class GroupField(OwnGroupField):
    """The group that the runs are for: one of the caller's own."""


class AddressField(TextField):
    """An address as it was copied out of a browser."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2000, **options)


class ImportFromGalaxySerializer(serializers.Serializer):
    """What is to be imported: ``url``, or ``urls`` for many. ``owned_by`` is one of the caller's groups."""

    one_of, only_one = ("url", "urls"), True

    url = AddressField(
        required=False, help_text="Of an invocation, its report, a history, a workflow, or in the API."
    )
    urls = serializers.ListField(
        child=AddressField(), required=False, min_length=1, max_length=MOST_ADDRESSES,
        help_text=f"Up to {MOST_ADDRESSES} addresses.", error_messages=WRONG_ADDRESSES,
    )  # fmt: skip
    create_datasets = FlagField(default=False, help_text="Make datasets of the inputs and outputs.")
    outputs = serializers.ChoiceField(
        choices=OUTPUTS, default="labelled", help_text="Which outputs are told."
    )
    download = FlagField(default=False, help_text="Fetch their contents; needs create_datasets.")
    rocrate = FlagField(default=False, help_text="Keep Galaxy's own RO-Crate of the invocation as the run's.")
    follow = FlagField(default=False, help_text="Ask again until the run has ended.")
    public = FlagField(default=False, help_text="Show the run to everyone who is signed in.")
    owned_by = GroupField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        """A misspelt option is refused: it would be left out in silence."""
        if isinstance(data, Mapping):
            wrong = {str(name): [self._not_known(str(name))] for name in data if name not in self.fields}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

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
        given = self.validated_data
        names = ("create_datasets", "outputs", "download", "rocrate", "follow")
        return ImportOptions(**{name: given[name] for name in names})

    def _not_known(self, name: str) -> str:
        close = get_close_matches(name, self.fields, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(self.fields)}"
        return f"is not known here; {hint}"


class GalaxyImportSerializer(serializers.ModelSerializer):
    """How far an import is, what it was asked to do, and what came of it.

    ``children`` counts the imports that a history or a workflow made, by their state. ``due_at`` is when one that
    rests goes on. ``workflowrun`` is there from the start where the run is known already.
    """

    owner = UserRefSerializer(read_only=True, allow_null=True)
    group = NamedRefSerializer(source="owned_by", read_only=True, allow_null=True)
    owned_by = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    public = serializers.BooleanField(source="makes_public", read_only=True)
    kind = serializers.SerializerMethodField()
    galaxy_id = serializers.CharField(source="external_id", read_only=True)
    phase = serializers.ChoiceField(choices=PHASES, read_only=True, allow_blank=True)
    outputs = serializers.ChoiceField(choices=OUTPUTS, read_only=True)
    server = NamedRefSerializer(read_only=True)
    workflowrun = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    parent = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    children = serializers.SerializerMethodField()
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)
    what_to_do = serializers.SerializerMethodField()
    due_at = serializers.SerializerMethodField()

    class Meta:
        model = RunImport
        fields = (
            "id", "state", "phase", "kind", "url", "server", "galaxy_id", "owner", "owned_by", "group",
            "create_datasets", "outputs", "download", "rocrate", "follow", "public", "steps_total", "steps_done",
            "jobs_total", "jobs_done", "files_total", "files_done", "files_failed", "bytes_total", "bytes_done",
            "workflowrun", "parent", "children", "warnings", "attempts", "asked_count", "error", "error_code",
            "what_to_do", "due_at", "created", "started_at", "recorded_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=KINDS))
    def get_kind(self, wanted: RunImport) -> str:
        """By this door's words for them."""
        return INVOCATION if wanted.is_of_a_run else wanted.kind

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


class GalaxyImportsSerializer(serializers.Serializer):
    """The work for each of many addresses, in their order."""

    count = serializers.IntegerField()
    results = GalaxyImportSerializer(many=True)


class GalaxyServerSerializer(serializers.ModelSerializer):
    """A Galaxy server. Of keys it is said only that they are there; ``account`` is whose the caller's is."""

    has_key = serializers.BooleanField(read_only=True)
    account = serializers.CharField(read_only=True, allow_blank=True)
    has_shared_key = serializers.BooleanField(read_only=True)
    can_be_asked = serializers.SerializerMethodField()

    class Meta:
        model = RunServer
        fields = (
            "id",
            "name",
            "url",
            "is_enabled",
            "can_be_asked",
            "has_key",
            "account",
            "has_shared_key",
            "created",
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_can_be_asked(self, server: RunServer) -> bool:
        """Off, or no longer listed: no."""
        return may_be_asked(server)


class KeySerializer(serializers.Serializer):
    """An API key of the caller's on a Galaxy server. It is tested, encrypted, and never shown."""

    key = TextField(
        max_length=LONGEST_KEY, write_only=True, help_text="Made in Galaxy: User, Preferences, API key."
    )

    def validate_key(self, key: str) -> str:
        """What can stand in a header; what was given is never repeated."""
        if not is_printable(key):
            raise serializers.ValidationError(
                "is no API key: it has blanks, line breaks or letters that no key has"
            )
        return key


class KeptKeySerializer(serializers.Serializer):
    """Whose key it is, and when the server said so."""

    account = serializers.CharField()
    checked_at = serializers.DateTimeField()


class GalaxyDatasetSerializer(serializers.ModelSerializer):
    """An input or an output as Galaxy has it, and what the registry has of it."""

    data_type = serializers.CharField(read_only=True)
    condition = serializers.ChoiceField(choices=CONDITIONS, read_only=True)
    collection = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    dataset = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    datafile = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    hashes = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = GalaxyDataset
        fields = (
            "id", "data_type", "position", "label", "name", "path", "is_labelled", "src", "galaxy_id", "uuid",
            "collection", "collection_type", "element_count", "state", "condition", "note", "extension", "size",
            "hashes", "url", "content_url", "job", "dataset", "datafile",
        )  # fmt: skip
        read_only_fields = fields


class GalaxyInvocationSerializer(serializers.ModelSerializer):
    """What is known of a run as an invocation of Galaxy; ``answers_size`` is in bytes, compressed."""

    server = NamedRefSerializer(read_only=True)
    server_url = serializers.CharField(source="server.url", read_only=True)
    url = serializers.CharField(source="workflowrun.source_url", read_only=True)
    workflowrun = serializers.PrimaryKeyRelatedField(read_only=True)
    environment = serializers.JSONField(source="workflowrun.run_environment", read_only=True, allow_null=True)
    invocation_id = serializers.CharField(source="external_id", read_only=True)
    history_id = serializers.CharField(source="container_id", read_only=True)

    class Meta:
        model = ImportedRun
        fields = (
            "id", "workflowrun", "server", "server_url", "url", "invocation_id", "uuid", "history_id", "state",
            "asked_at", "environment", "answers_size", "answers_count", "crate_note",
        )  # fmt: skip
        extra_kwargs = {
            "state": {"help_text": "Galaxy's own word."},
            "crate_note": {"help_text": "Why Galaxy's own crate is not there."},
        }
        read_only_fields = fields
