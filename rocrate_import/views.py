"""The import of crates over HTTP."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.parsers import JSONParser
from common.api.viewsets import ListMixin
from common.errors import NotAllowed
from rocrate_import.filters import CrateImportFilterSet
from rocrate_import.models import CrateImport
from rocrate_import.serializers import (
    CrateImportSerializer,
    ImportFromDropboxSerializer,
    ImportUploadSerializer,
)
from rocrate_import.services import (
    cancel_import,
    request_dropbox_import,
    request_upload_import,
    retry_import,
)
from rocrate_import.uploads import refuse_too_large, taking_uploads

FROM_DROPBOX = OpenApiExample(
    "A folder in one's own dropbox",
    {"path": "/path/to/dropbox/user/crates/rnaseq-run"},
    request_only=True,
    media_type="application/json",
)


class ImportCrateView(APIView):
    """The door through which crates come in."""

    http_method_names = ["post", "options"]
    parser_classes = [MultiPartParser, JSONParser]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """An upload is written to where it stays, and is gone if it was not taken."""
        with taking_uploads(request):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nobody's body is read who may not send one, nor one that is too large."""
        refuse_too_large(request)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="workflowruns_import_rocrate_create",
        tags=["workflows"],
        summary="Import an RO-Crate: an upload, or what lies in one's dropbox",
        request={
            "multipart/form-data": ImportUploadSerializer,
            "application/json": ImportFromDropboxSerializer,
        },
        responses={200: CrateImportSerializer, 202: CrateImportSerializer},
        examples=[FROM_DROPBOX],
    )
    def post(self, request: Request) -> Response:
        """A run from any Process, Workflow or Provenance Run Crate; a version from a Workflow RO-Crate.

        202 with the work that was begun, and its address in `Location`. 200 where this very archive was imported
        for the same group before: with that work, and the run that came of it.
        """
        uploads = request.content_type.startswith("multipart/")
        wanted = self._uploaded(request) if uploads else self._from_dropbox(request)
        known = wanted.state == CrateImport.State.DONE
        address = reverse("crateimport-detail", args=[wanted.pk])
        answer = CrateImportSerializer(wanted, context={"request": request}).data
        return Response(answer, status=200 if known else 202, headers={"Location": address})

    def _uploaded(self, request: Request) -> CrateImport:
        given = self._understood(ImportUploadSerializer, request)
        group = given.get("owned_by") or request.user.default_group()  # type: ignore[union-attr]
        wanted, _ = request_upload_import(
            upload=given["file"], user=request.user, group=group, public=given["public"]
        )
        return wanted

    def _from_dropbox(self, request: Request) -> CrateImport:
        given = self._understood(ImportFromDropboxSerializer, request)
        return request_dropbox_import(
            path=given["path"], user=request.user, group=given.get("owned_by"), public=given["public"]
        )

    def _understood(self, kind: Any, request: Request) -> dict[str, Any]:
        serializer = kind(data=request.data, context={"request": request, "view": self})
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        return given


class CrateImportViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The background work that imports crates."""

    queryset = CrateImport.objects.select_related("owner", "owned_by")
    serializer_class = CrateImportSerializer
    filterset_class = CrateImportFilterSet
    lookup_value_converter = "uuid"
    orderings = {"created": "id", "finished_at": "finished_at", "name": "name", "size": "size"}
    nullable = frozenset({"finished_at", "size"})

    def get_queryset(self) -> Any:
        """One's own, and those of one's groups."""
        rows: Any = super().get_queryset()
        return rows.visible_to(self.caller)

    @extend_schema(summary="Stop an import; nothing of it stays", request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The archive is kept for a week, so that the import can be tried again."""
        cancel_import(wanted=self._editable("cancel"))
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(summary="Try an import again that failed or was cancelled", request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """For example after a full disk was mended. What was refused as no crate has to be sent again."""
        retry_import(wanted=self._editable("retry"))
        return Response(self.get_serializer(self.get_object()).data)

    def _editable(self, deed: str) -> CrateImport:
        wanted: CrateImport = self.get_object()
        if not CrateImport.objects.editable_by(self.caller).filter(pk=wanted.pk).exists():
            raise NotAllowed(f"Only who asked for an import, or a manager of the group, can {deed} it.")
        return wanted
