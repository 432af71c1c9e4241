"""Imports of crates on the wire."""

import zipfile
from typing import Any

from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework import serializers

from common.api.fields import FlagField, TextField
from common.api.serializers import NamedRefSerializer, OwnGroupField, UserRefSerializer
from rocrate_import.models import PHASES, CrateImport

NO_ARCHIVE = "is no zip archive: expected one with a ro-crate-metadata.json at its top"


@extend_schema_field(OpenApiTypes.UUID)
class GroupField(OwnGroupField):
    """The group that the run is for: one of the caller's own."""


class ImportUploadSerializer(serializers.Serializer):
    """An archive, as ``multipart/form-data``. ``owned_by`` is one of the caller's groups, else the primary one."""

    file = serializers.FileField(max_length=255, help_text="A zip with a ro-crate-metadata.json at its top.")
    owned_by = GroupField(required=False, allow_null=True)
    public = serializers.BooleanField(default=False)

    def validate_file(self, upload: Any) -> Any:
        """A look at its end tells a zip; whether there is a crate in it is found out in the background."""
        upload.seek(0)
        if not zipfile.is_zipfile(upload):
            raise serializers.ValidationError(NO_ARCHIVE)
        return upload


class ImportFromDropboxSerializer(serializers.Serializer):
    """A zip or a folder in one of the caller's dropboxes; it is imported for that dropbox's group."""

    path = TextField(max_length=4096, help_text="An absolute path in one's own dropbox.")
    owned_by = GroupField(required=False, allow_null=True)
    public = FlagField(default=False)


class ImportWarningSerializer(serializers.Serializer):
    """Something odd, and how it was taken; ``entity`` is the ``@id`` that it is about, empty for the crate."""

    entity = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class CrateImportSerializer(serializers.ModelSerializer):
    """How far an import is: counts of files and bytes of its present phase; and what came of it."""

    owner = UserRefSerializer(read_only=True, allow_null=True)
    group = NamedRefSerializer(source="owned_by", read_only=True, allow_null=True)
    owned_by = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    public = serializers.BooleanField(source="makes_public", read_only=True)
    phase = serializers.ChoiceField(choices=PHASES, read_only=True, allow_blank=True)
    workflowrun = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    workflowversion = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    warnings = ImportWarningSerializer(many=True, read_only=True)

    class Meta:
        model = CrateImport
        fields = (
            "id", "state", "phase", "name", "path", "sha256", "size", "owner", "owned_by", "group", "public",
            "files_total", "files_done", "bytes_total", "bytes_done", "workflowrun", "workflowversion", "profile",
            "profile_version", "specification", "warnings", "attempts", "error", "created", "started_at",
            "finished_at",
        )  # fmt: skip
        read_only_fields = fields
