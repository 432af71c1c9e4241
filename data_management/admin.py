"""Datasets, dropboxes and transfers in the admin pages."""

from django.contrib import admin

from common.admin import RecordAdmin
from data_management.models import (
    CollectionItem,
    DataFile,
    Dataset,
    DatasetCollection,
    Dropbox,
    FileTransfer,
)


@admin.register(DatasetCollection)
class DatasetCollectionAdmin(RecordAdmin):
    """Collections."""

    list_display = ("name", "owner", "owned_by", "public", "deleted", "created")
    list_filter = ("public", "deleted")
    raw_id_fields = ("owner", "owned_by")


@admin.register(Dataset)
class DatasetAdmin(RecordAdmin):
    """Datasets."""

    list_display = ("name", "dataset_type", "status", "owner", "owned_by", "public", "deleted", "created")
    list_filter = ("status", "public", "deleted")
    raw_id_fields = ("owner", "owned_by")


@admin.register(DataFile)
class DataFileAdmin(RecordAdmin):
    """Files: content and checksums are what they are, names and formats may be mended."""

    list_display = ("name", "dataset", "status", "size", "format")
    list_filter = ("status",)
    search_fields = ("name", "sha256")
    raw_id_fields = ("dataset",)
    readonly_fields = (
        "uri",
        "path",
        "size",
        "sha256",
        "md5sum",
        "status",
        "error",
        "storage_key",
        "is_managed",
    )


@admin.register(CollectionItem)
class CollectionItemAdmin(admin.ModelAdmin):
    """Places of datasets in collections."""

    list_display = ("collection", "dataset", "position")
    raw_id_fields = ("collection", "dataset")
    show_full_result_count = False


@admin.register(Dropbox)
class DropboxAdmin(admin.ModelAdmin):
    """Who may leave files where; 'manage.py givedropbox' makes the directory as well."""

    list_display = ("user", "group", "path")
    autocomplete_fields = ("user", "group")


@admin.register(FileTransfer)
class FileTransferAdmin(admin.ModelAdmin):
    """Background work that takes files in: to look at."""

    list_display = (
        "input_dir",
        "state",
        "mode",
        "files_done",
        "files_failed",
        "files_total",
        "attempts",
        "created",
    )
    list_filter = ("state", "mode")
    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Registrations make them."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Workers change them."""
        return False
