"""Crates as they came and work on crates in the admin pages: to look at."""

from django.contrib import admin

from rocrate_export.models import CrateExport, CrateValidation, StoredCrate


class LookOnly(admin.ModelAdmin):
    """Rows that the registry makes and changes by itself."""

    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Requests and uploads make them."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Workers change them."""
        return False


@admin.register(StoredCrate)
class StoredCrateAdmin(LookOnly):
    """Archives as they came."""

    list_display = ("name", "run", "version", "size", "created")
    list_select_related = ("run", "version")
    search_fields = ("name", "sha256")


@admin.register(CrateExport)
class CrateExportAdmin(LookOnly):
    """Preparations."""

    list_display = (
        "name",
        "subject_kind",
        "state",
        "include",
        "files_total",
        "archive_size",
        "attempts",
        "created",
    )
    list_filter = ("state", "subject_kind", "include")


@admin.register(CrateValidation)
class CrateValidationAdmin(LookOnly):
    """Validations."""

    list_display = ("name", "subject_kind", "crate", "profile", "severity", "state", "attempts", "created")
    list_filter = ("state", "subject_kind", "severity")
