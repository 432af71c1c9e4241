"""Registrations from dropboxes in the admin pages."""

from django.contrib import admin

from run_registration.models import DirectoryRegistration


@admin.register(DirectoryRegistration)
class DirectoryRegistrationAdmin(admin.ModelAdmin):
    """Background work that registers directories: to look at."""

    list_display = (
        "path",
        "goal",
        "state",
        "phase",
        "files_done",
        "files_total",
        "attempts",
        "owner",
        "created",
    )
    list_filter = ("goal", "state")
    search_fields = ("path",)
    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Requests make them."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Workers change them."""
        return False
