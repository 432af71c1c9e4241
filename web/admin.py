"""What people told the pages, for administrators to look at."""

from django.contrib import admin

from web.models import Preferences, SavedView


@admin.register(Preferences)
class PreferencesAdmin(admin.ModelAdmin):
    """How people like the pages."""

    list_display = ("user", "theme", "page_size", "time_zone")
    search_fields = ("user__username",)
    autocomplete_fields = ("user",)


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    """Lists that people saved under a name."""

    list_display = ("name", "user", "of", "query", "created")
    list_filter = ("of",)
    search_fields = ("name", "user__username")
    autocomplete_fields = ("user",)
