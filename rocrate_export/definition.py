"""The definition of a workflow version, as one zip of its files."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from common.api.files import Download, FileAnswer, answer
from rocrate_export.checksums import checksums_of
from rocrate_export.names import ArchiveNames
from rocrate_export.payload import StoredMember
from rocrate_export.shelf import open_stored
from rocrate_export.zipping import Member, ZipPlan
from workflows.models import WorkflowFile, WorkflowVersion


class VersionDefinitionView(APIView):
    """The files of a workflow version in one archive."""

    renderer_classes = [FileAnswer]

    @extend_schema(
        summary="Download the definition of a workflow version",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID) -> Any:
        """All files under their own paths, in one folder; the same version, the same bytes. 404 without files."""
        user: Any = request.user  # the permission classes have seen to it that somebody asks
        versions = WorkflowVersion.objects.visible_to(user).select_related("workflow")
        version = get_object_or_404(versions, pk=pk)
        files = version.files.order_by("path")
        if not files:
            raise Http404("This version has no files: its definition is not kept here.")
        name = slugify(f"{version.workflow.name}-{version.name}")[:80].strip("-") or "definition"
        plan = ZipPlan(_members(files, name), version.created)
        return answer(request, _download(name, plan, version.digest_of_files()))


def _download(name: str, plan: ZipPlan, digest: str) -> Download:
    part = partial(plan.part, open_stored=open_stored())
    return Download(f"{name}.zip", len(plan), f'"{digest}"', part, "application/zip")


def _members(files: QuerySet[WorkflowFile], folder: str) -> list[Member]:
    names = ArchiveNames()
    unknown = {one.storage_key: one.to_record() for one in files if one.crc32 is None}
    stored = [StoredMember("", key, one.size, None) for key, one in unknown.items()]
    measured = checksums_of(stored, unknown)
    return [
        Member(
            names.take(folder, one.path),
            one.size,
            one.crc32 if one.crc32 is not None else measured[one.storage_key],
            key=one.storage_key,
        )
        for one in files
    ]
