"""What is shared by the admin pages, and the records of this app in them."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.utils import timezone

from common.models import Annotation, AnnotationType, HistoryEvent, IdempotentAnswer, Note, Share, WorkerBeat

# An address without a scheme is one with TLS; Django 5 warns until one says so.
HTTPS: Any = {models.URLField: {"assume_scheme": "https"}}


class RecordAdmin(admin.ModelAdmin):
    """A record with authorship: edits made here are told in its history like all others."""

    formfield_overrides = HTTPS

    search_fields: Any = ("name",)
    show_full_result_count = False
    ordering = ("-id",)
    readonly_fields: Any = ("id", "created", "modified")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Who, when, and which fields."""
        obj.modified, obj.modified_by = timezone.now(), request.user
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            changes = {
                name: [str(form.initial.get(name)), str(form.cleaned_data[name])]
                for name in form.changed_data
            }
            HistoryEvent.objects.create(
                kind=obj._meta.label_lower,
                object_id=obj.pk,
                action="updated",
                changes=changes,
                by=request.user,
            )


@admin.register(AnnotationType)
class AnnotationTypeAdmin(admin.ModelAdmin):
    """The kinds of annotations that people may use."""

    list_display = ("name", "value_type", "multiple", "help_text")
    search_fields = ("name",)


@admin.register(Note, Annotation)
class RemarkAdmin(admin.ModelAdmin):
    """What people said."""

    list_display = ("__str__", "kind", "object_id", "created_by", "created")
    list_filter = ("kind",)
    search_fields = ("object_id",)
    show_full_result_count = False


@admin.register(Share)
class ShareAdmin(admin.ModelAdmin):
    """Rights on single records."""

    list_display = ("kind", "object_id", "user", "group", "can_edit", "can_delete")
    list_filter = ("kind",)
    search_fields = ("object_id",)


@admin.register(HistoryEvent, IdempotentAnswer, WorkerBeat)
class KeptAdmin(admin.ModelAdmin):
    """What the registry keeps by itself: to look at."""

    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Rows of these come from the registry's own doings."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Nobody rewrites them."""
        return False
