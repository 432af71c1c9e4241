"""Versions of workflows that only an import made, and nobody needs any more."""

from uuid import UUID

from common.models import Annotation, Note
from workflows.models import Workflow, WorkflowRun, WorkflowVersion


def remove_if_spent(version_id: UUID) -> None:
    """Remove a version without files and commit that no run has and nobody wrote about; with it its empty workflow.

    Some sources tell a workflow's files only when a run has ended. Within a transaction.
    """
    version = WorkflowVersion.objects.filter(pk=version_id, commit_hash="", source_digest="").first()
    if version is None or version.files.exists() or _is_written_about(version):
        return
    if WorkflowRun.objects.filter(workflowversion=version).exists():
        return
    workflow = version.workflow
    version.delete()
    others = WorkflowVersion.objects.filter(workflow=workflow)
    if not others.exists() and not _is_written_about(workflow):
        workflow.delete()
    elif version.is_latest and (newest := others.order_by("-index").first()):
        WorkflowVersion.objects.filter(pk=newest.pk).update(is_latest=True)


def _is_written_about(record: Workflow | WorkflowVersion) -> bool:
    """Whether people changed it, or left notes or annotations."""
    about = {"kind": record.record_kind(), "object_id": record.pk}
    has_words = Note.objects.filter(**about).exists() or Annotation.objects.filter(**about).exists()
    return has_words or bool(record.description) or record.modified_by_id != record.created_by_id
