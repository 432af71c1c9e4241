"""Imports of crates in the admin pages."""

from django.contrib import admin

from rocrate_import.models import CrateImport


@admin.register(CrateImport)
class CrateImportAdmin(admin.ModelAdmin):
    """Background work that brings crates in: to look at."""

    list_display = ("name", "state", "phase", "files_done", "files_total", "attempts", "owner", "created")
    list_filter = ("state",)
    search_fields = ("name", "sha256")
    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Requests make them."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Workers change them."""
        return False
