"""Workflows and runs in the admin pages."""

from django.contrib import admin

from common.admin import RecordAdmin
from workflows.models import (
    ComputeNode,
    DataCount,
    JobFileLink,
    RunEvent,
    RunLog,
    RunText,
    SentBatch,
    StatusChange,
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)


@admin.register(Workflow)
class WorkflowAdmin(RecordAdmin):
    """Workflows."""

    list_display = ("name", "workflow_manager", "owner", "owned_by", "public", "deleted", "created")
    list_filter = ("workflow_manager", "owned_by", "public", "deleted")


@admin.register(WorkflowVersion)
class WorkflowVersionAdmin(RecordAdmin):
    """Versions."""

    list_display = ("name", "workflow", "index", "is_latest", "released_at", "created")
    raw_id_fields = ("workflow",)


@admin.register(WorkflowFile)
class WorkflowFileAdmin(RecordAdmin):
    """Files of versions: to look at; a released version's files do not change here either."""

    list_display = ("path", "workflowversion", "data_type", "size")
    search_fields = ("path", "sha256")
    readonly_fields = ("workflowversion", "path", "data_type", "mime_type", "size", "sha256", "storage_key")


@admin.register(WorkflowRun)
class WorkflowRunAdmin(RecordAdmin):
    """Runs."""

    list_display = (
        "name",
        "status",
        "workflowversion",
        "owner",
        "owned_by",
        "started_at",
        "deleted",
        "created",
    )
    list_filter = ("status", "source", "is_imported", "public", "deleted")
    raw_id_fields = ("workflowversion", "owner", "owned_by")


@admin.register(WorkflowRunDataset)
class WorkflowRunDatasetAdmin(RecordAdmin):
    """Associations of datasets with runs."""

    list_display = ("workflowrun", "dataset", "data_type", "created")
    list_filter = ("data_type",)
    search_fields = ("id",)
    raw_id_fields = ("workflowrun", "dataset", "owner", "owned_by")


@admin.register(WorkflowRunParameter, WorkflowRunStep, WorkflowRunJob)
class RunPartAdmin(admin.ModelAdmin):
    """Parameters, steps and jobs."""

    list_display = ("__str__", "workflowrun")
    search_fields = ("name",)
    raw_id_fields = ("workflowrun",)
    show_full_result_count = False


@admin.register(StatusChange, RunText, DataCount, JobFileLink, ComputeNode, RunEvent, RunLog, SentBatch)
class KeptAdmin(admin.ModelAdmin):
    """What the registry keeps by itself: to look at."""

    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Rows of these come from the registry's own doings."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Nobody rewrites them."""
        return False
