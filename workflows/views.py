"""The viewsets of workflows, versions and files."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.files import FileAnswer, file_answer
from common.api.parsers import JSONParser
from common.api.remarks import RemarksMixin
from common.api.sharing import SharesMixin
from common.api.viewsets import RegistryViewSet, Rows, TrashMixin, conflict_if
from common.errors import Conflict, TooLarge
from workflows.filters import WorkflowFileFilterSet, WorkflowFilterSet, WorkflowVersionFilterSet
from workflows.models import Workflow, WorkflowFile, WorkflowVersion
from workflows.records import FileType, VersionState
from workflows.serializers import (
    WorkflowFileSerializer,
    WorkflowFileUploadSerializer,
    WorkflowSerializer,
    WorkflowVersionSerializer,
)
from workflows.versions import add_file, add_version, change_state, must_be_open, release, save_file


class WorkflowViewSet(TrashMixin, SharesMixin, RemarksMixin, RegistryViewSet):
    """Workflows: what is run again and again."""

    queryset = Workflow.objects.select_related("owner", "owned_by")
    serializer_class = WorkflowSerializer
    filterset_class = WorkflowFilterSet
    orderings = {
        "created": "id",
        "modified": "modified",
        "name": "name",
        "workflow_manager": "workflow_manager",
    }


class WorkflowVersionViewSet(TrashMixin, RemarksMixin, RegistryViewSet):
    """Versions of workflows. A released version's files cannot change."""

    queryset = WorkflowVersion.objects.select_related("workflow")
    serializer_class = WorkflowVersionSerializer
    filterset_class = WorkflowVersionFilterSet
    orderings = {"created": "id", "modified": "modified", "name": "name", "index": "index"}

    def perform_create(self, serializer: Any) -> None:
        """After the latest version, which must be released, and with its files."""
        given = dict(serializer.validated_data)
        self.must_be_allowed(given["workflow"], "edit")
        serializer.instance = add_version(user=self.caller, **given)

    def perform_update(self, serializer: Any) -> None:
        """A version stays with its workflow."""
        if (
            serializer.validated_data.get("workflow", serializer.instance.workflow)
            != serializer.instance.workflow
        ):
            raise Conflict("A version cannot move to another workflow.")
        version, given = serializer.instance, serializer.validated_data
        if "state" in given:
            change_state(version=version, state=VersionState(given.pop("state")))
        self._keeps_template(version, given)
        serializer.save()

    @staticmethod
    def _keeps_template(version: WorkflowVersion, given: dict[str, Any]) -> None:
        """What a released version declares is what its runs were checked against."""
        told = given.get("parameter_template", version.parameter_template)
        conflict_if(
            version.is_committed and bool(version.parameter_template) and told != version.parameter_template,
            f"Version {version.name} is released: its parameter template cannot change. Make a new version.",
        )

    def perform_destroy(self, instance: Any) -> None:
        """Into the trash; the version before it becomes the latest."""
        super().perform_destroy(instance)
        self._choose_latest(instance.workflow_id)

    def may_be_restored(self, record: Any) -> None:
        """The newest version that is not in the trash is the latest; there are never two open ones."""
        others = WorkflowVersion.objects.filter(workflow=record.workflow_id, deleted=False, released_at=None)
        conflict_if(
            not record.is_committed and others.exists(),
            "The workflow has another version that is not released yet: release or delete that one first.",
        )
        transaction.on_commit(lambda: self._choose_latest(record.workflow_id))

    @extend_schema(summary="Release a version: its files cannot change any more", request=None)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Needs at least one file; cannot be undone."""
        released = release(version=self.get_object(), user=request.user)
        return Response(self.represent(self.get_queryset().get(pk=released.pk)))

    @extend_schema(
        summary="Read the README of a version",
        responses={(200, "text/markdown"): OpenApiTypes.STR},
    )
    @action(detail=True, methods=["get"], renderer_classes=[FileAnswer])
    def readme(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The file of the type README, as text; 404 where the version has none."""
        file = self.get_object().files.filter(data_type=FileType.README).order_by("path").first()
        if file is None:
            raise Http404("This version has no README: upload one with the type README.")
        name = file.path.rpartition("/")[2]
        return file_answer(
            request, key=file.storage_key, name=name, size=file.size, sha256=file.sha256,
            content_type="text/markdown; charset=utf-8",
        )  # fmt: skip

    @staticmethod
    def _choose_latest(workflow_id: Any) -> None:
        with transaction.atomic():
            versions = WorkflowVersion.objects.filter(workflow=workflow_id)
            newest = versions.filter(deleted=False).order_by("-index").first()
            versions.filter(is_latest=True).update(is_latest=False)
            if newest is not None:
                versions.filter(pk=newest.pk).update(is_latest=True)


class WorkflowFileViewSet(RegistryViewSet):
    """Files of workflow versions: uploaded, downloaded, typed."""

    queryset = WorkflowFile.objects.select_related("workflowversion__workflow")
    serializer_class = WorkflowFileSerializer
    filterset_class = WorkflowFileFilterSet
    parser_classes = [JSONParser, MultiPartParser]
    in_one_piece = False  # an upload must not hold the database; its row is one write
    orderings = {"created": "id", "path": "path", "size": "size"}

    def get_parsers(self) -> Rows:
        """Files come as multipart, everything else as JSON."""
        kind = MultiPartParser if self.request and self.request.method == "POST" else JSONParser
        return [kind()]

    @extend_schema(
        summary="Upload a file of a version",
        request={"multipart/form-data": WorkflowFileUploadSerializer},
        responses={201: WorkflowFileSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Into a version that is not released; one file of a version may be MAIN."""
        serializer = WorkflowFileUploadSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        self.must_be_allowed(given["workflowversion"], "edit")
        upload = given["file"]
        if upload.size > settings.WORKFLOW_FILE_MAX_BYTES:
            raise TooLarge(f"The file is larger than the limit of {settings.WORKFLOW_FILE_MAX_BYTES} bytes.")
        made = add_file(
            version=given["workflowversion"],
            user=request.user,
            path=given.get("path") or upload.name,
            stream=upload,
            data_type=given["data_type"],
            mime_type=(upload.content_type or "")[:255],
        )
        return Response(self.represent(made), status=201)

    def perform_update(self, serializer: Any) -> None:
        """Only the type of a file can change, while its version is open."""
        file = serializer.instance
        file.data_type = serializer.validated_data.get("data_type", file.data_type)
        file.modified_by = self.caller
        save_file(file)

    def perform_destroy(self, instance: Any) -> None:
        """Out of an open version; the content is kept, older versions may share it."""
        must_be_open(instance.workflowversion)
        self.note(instance.workflowversion, "updated", {"file": [instance.path, None]})
        instance.delete()

    @extend_schema(
        summary="Download a file of a version",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], renderer_classes=[FileAnswer])
    def download(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The content; parts of it with a Range header."""
        file = self.get_object()
        return file_answer(
            request,
            key=file.storage_key,
            name=file.path.rpartition("/")[2],
            size=file.size,
            sha256=file.sha256,
        )
