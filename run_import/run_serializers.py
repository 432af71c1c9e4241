"""What is known of a run as one that was imported, on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import TextField
from common.api.serializers import NamedRefSerializer
from run_import.again import LONGEST_PATTERN, MOST_PATTERNS, imports_of
from run_import.models import ImportedRun
from run_import.serializers import RunImportSerializer
from run_import.servers import may_be_asked
from run_import.sources import source_named

MOST_IMPORTS = 20  # that are told with a run


class ImportedRunSerializer(serializers.ModelSerializer):
    """A run as its source has it. ``told_at`` is when the source said last what stands here.

    ``external_id`` and ``container_id`` (what holds the run there) are its server's, ``uuid`` tells it apart from the
    runs of all servers. ``answers_size`` is in bytes, compressed. ``imports`` are the newest ones of those that the
    caller may see.
    """

    source = serializers.CharField(source="server.source", read_only=True)  # type: ignore[assignment]
    source_title = serializers.SerializerMethodField()
    server = NamedRefSerializer(read_only=True)
    server_url = serializers.CharField(source="server.url", read_only=True)
    can_be_asked = serializers.SerializerMethodField()
    url = serializers.CharField(source="workflowrun.source_url", read_only=True)
    workflowrun: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    told_at = serializers.DateTimeField(source="asked_at", read_only=True)
    imports = serializers.SerializerMethodField()

    class Meta:
        model = ImportedRun
        fields = (
            "id", "workflowrun", "source", "source_title", "server", "server_url", "can_be_asked", "url",
            "external_id", "container_id", "uuid", "state", "told_at", "answers_size", "answers_count", "crate_note",
            "imports",
        )  # fmt: skip
        read_only_fields = fields

    def get_source_title(self, imported: ImportedRun) -> str:
        """What people call the source."""
        return source_named(imported.server.source).title

    def get_can_be_asked(self, imported: ImportedRun) -> bool:
        """Whether the run can be brought up to date: its server is listed, and switched on."""
        return may_be_asked(imported.server) and not source_named(imported.server.source).problem

    @extend_schema_field(RunImportSerializer(many=True))
    def get_imports(self, imported: ImportedRun) -> Any:
        """The newest ones; ``runimports/?workflowrun=`` has them all."""
        rows = imports_of(imported).visible_to(self.context["request"].user)
        return RunImportSerializer(rows[:MOST_IMPORTS], many=True, context=self.context).data


class WantedFilesSerializer(serializers.Serializer):
    """Which files of a run are to be fetched from where it came."""

    paths = serializers.ListField(
        child=TextField(max_length=LONGEST_PATTERN),
        min_length=1,
        max_length=MOST_PATTERNS,
        help_text="Patterns as in a shell, such as results/*.txt; * stands for / as well.",
    )
