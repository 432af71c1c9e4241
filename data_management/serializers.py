"""Collections, datasets, files, dropboxes and transfers on the wire."""

from rest_framework import serializers

from common.api.fields import IdField, ObjectField, TagsField
from common.api.serializers import BaseSerializer, OwnedSerializer, VisiblePrimaryKeyRelatedField
from data_management.models import DataFile, Dataset, DatasetCollection, Dropbox, FileTransfer


class DatasetCollectionSerializer(OwnedSerializer):
    """A collection; its datasets are at ``datasets/?collection=<id>``."""

    class Meta(OwnedSerializer.Meta):
        model = DatasetCollection
        fields = (*OwnedSerializer.Meta.fields, "is_raw")


class DatasetSerializer(OwnedSerializer):
    """A dataset; ``size`` in bytes. Its files are at ``datafiles/?dataset=<id>``."""

    tags = TagsField(required=False)
    metadata = ObjectField(required=False)

    class Meta(OwnedSerializer.Meta):
        model = Dataset
        fields = (
            *OwnedSerializer.Meta.fields, "dataset_type", "is_raw", "is_managed", "status", "file_count", "size",
            "tags", "metadata",
        )  # fmt: skip
        read_only_fields = ("is_managed", "status", "file_count", "size")


class ManagedDatasetSerializer(serializers.Serializer):
    """A dataset, named by its id."""

    id = IdField()


class CollectDatasetsSerializer(serializers.Serializer):
    """The datasets that are to be put into a collection."""

    datasets = ManagedDatasetSerializer(many=True)


class DataFileSerializer(BaseSerializer):
    """A file; ``size`` in bytes, checksums in hexadecimal, ``error`` says why it is not there."""

    dataset = VisiblePrimaryKeyRelatedField(read_only=True)

    class Meta(BaseSerializer.Meta):
        model = DataFile
        fields = (
            *BaseSerializer.Meta.fields, "dataset", "name", "path", "uri", "format", "mime_type", "size", "sha256",
            "md5sum", "status", "error", "is_managed",
        )  # fmt: skip
        read_only_fields = ("path", "uri", "size", "sha256", "md5sum", "status", "error", "is_managed")


class DropboxSerializer(serializers.ModelSerializer):
    """Where the caller may leave files for a group."""

    class Meta:
        model = Dropbox
        fields = ("group", "path")


class DropboxEntrySerializer(serializers.Serializer):
    """Something that lies in a dropbox; ``size`` in bytes, empty for folders."""

    name = serializers.CharField()
    path = serializers.CharField()
    is_folder = serializers.BooleanField()
    size = serializers.IntegerField(allow_null=True)
    modified = serializers.DateTimeField()


class FileTransferSerializer(serializers.ModelSerializer):
    """How far the files of a registration are: counts of files and bytes."""

    class Meta:
        model = FileTransfer
        fields = (
            "id", "state", "mode", "input_dir", "files_total", "files_done", "files_failed", "bytes_total",
            "bytes_done", "attempts", "error", "created", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields
