"""Files of an open version are uploaded, replaced, typed and removed."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from rest_framework.exceptions import ValidationError

from common.errors import NotAllowed, RegistryError, TooLarge
from web.counting import counted
from web.deeds import do
from web.requests import SignedInRequest
from web.templatetags.runs import filesize
from web.workflows.file_types import TYPE_NAMES, suggested_type
from web.workflows.files import file_of
from web.workflows.versions import version_of
from workflows.models import WorkflowFile, WorkflowVersion
from workflows.records import FileType
from workflows.serializers import WorkflowFileUploadSerializer
from workflows.versions import add_file

MOST_AT_ONCE = 200


@require_POST
@login_required
def upload_files(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    """Take in files, each for itself: what is wrong with one keeps no other out."""
    version = version_of(request, version_id)
    uploads = request.FILES.getlist("files")
    if not uploads:
        messages.error(request, "Choose at least one file.")
    folder = request.POST.get("folder", "").strip().strip("/")
    taken = 0
    for upload in uploads[:MOST_AT_ONCE]:
        path = f"{folder}/{upload.name}" if folder else str(upload.name)
        taken += _take_in(request, version, upload, path, request.POST.get("data_type", ""))
    if taken:
        added = counted(taken, "file", "is", "are")
        messages.success(request, f"{added} added to version {version.name}.")
    if len(uploads) > MOST_AT_ONCE:
        messages.error(request, f"Only the first {MOST_AT_ONCE} files were taken; send the others once more.")
    if "quietly" in request.GET:  # a script sent them: it reloads the page, which then says what came of it
        return HttpResponse(status=204)
    return redirect("web:version", version_id)


@require_POST
@login_required
def replace_file(request: SignedInRequest, workflowfile_id: UUID) -> HttpResponse:
    """New content under the same path and of the same type; if it is refused, the old one stays."""
    file = file_of(request, workflowfile_id)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, "Choose a file.")
        return redirect("web:version", file.workflowversion_id)
    with transaction.atomic():
        if _replaced(request, file, upload):
            messages.success(request, f"{file.path} is replaced.")
        else:
            transaction.set_rollback(True)
    return redirect("web:version", file.workflowversion_id)


@require_POST
@login_required
def remove_file(request: SignedInRequest, workflowfile_id: UUID) -> HttpResponse:
    """Take a file out of an open version."""
    file = file_of(request, workflowfile_id)
    answer = do(request, "DELETE", reverse("workflowfile-detail", args=[workflowfile_id]))
    answer.told(request, f"{file.path} is removed.")
    return redirect("web:version", file.workflowversion_id)


@require_POST
@login_required
def save_types(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    """Say what the files are: those whose type changed. The main file goes last, as there is but one."""
    version = version_of(request, version_id)
    wanted = {file: request.POST.get(f"type-{file.pk}") for file in version.files.order_by("path")}
    changed = [(file, kind) for file, kind in wanted.items() if kind and kind != file.data_type]
    saved = 0
    for file, kind in sorted(changed, key=lambda one: one[1] == FileType.MAIN):
        path = reverse("workflowfile-detail", args=[file.pk])
        answer = do(request, "PATCH", path, {"data_type": kind})
        if not answer.is_done:
            messages.error(request, answer.why)
            break
        saved += 1
    if saved:
        messages.success(request, f"The type of {counted(saved, 'file')} is saved.")
    return redirect("web:version", version_id)


def _replaced(request: SignedInRequest, file: WorkflowFile, upload: UploadedFile) -> bool:
    answer = do(request, "DELETE", reverse("workflowfile-detail", args=[file.pk]))
    if not answer.is_done:
        messages.error(request, answer.why)
        return False
    return _take_in(request, file.workflowversion, upload, file.path, file.data_type)


def _take_in(
    request: SignedInRequest, version: WorkflowVersion, upload: UploadedFile, path: str, data_type: str
) -> bool:
    """Whether the file was taken; otherwise the page says why it was not."""
    if data_type not in TYPE_NAMES:
        has_main = version.files.filter(data_type=FileType.MAIN).exists()
        data_type = suggested_type(path, has_main=has_main)
    try:
        _add(request, version, upload, {"path": path, "data_type": data_type})
    except ValidationError as problem:
        messages.error(request, f"{path}: {_sentences(problem.detail)}")
    except RegistryError as problem:
        messages.error(request, f"{path}: {problem.message}")
    else:
        return True
    return False


def _add(
    request: SignedInRequest, version: WorkflowVersion, upload: UploadedFile, said: dict[str, str]
) -> None:
    """With the checks of the API's own upload."""
    given = {"workflowversion": str(version.pk), "file": upload, **said}
    serializer = WorkflowFileUploadSerializer(data=given, context={"request": request})
    serializer.is_valid(raise_exception=True)
    if not WorkflowVersion.objects.filter(pk=version.pk).editable_by(request.user).exists():
        raise NotAllowed(
            "You may see this version, but not change it: ask its owner or a manager of its group."
        )
    if (upload.size or 0) > settings.WORKFLOW_FILE_MAX_BYTES:
        raise TooLarge(f"It is larger than {filesize(settings.WORKFLOW_FILE_MAX_BYTES)}, which is the limit.")
    checked = serializer.validated_data
    add_file(
        version=version,
        user=request.user,
        path=checked["path"],
        stream=upload,  # type: ignore[arg-type]
        data_type=checked["data_type"],
        mime_type=(upload.content_type or "")[:255],
    )


def _sentences(detail: Any) -> str:
    """What is wrong, without the structure in which it is told."""
    if isinstance(detail, dict):
        return " ".join(_sentences(one) for one in detail.values())
    return " ".join(_sentences(one) for one in detail) if isinstance(detail, list) else str(detail)
