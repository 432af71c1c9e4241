"""The viewsets of collections, datasets, files, dropboxes and transfers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.files import FileAnswer, file_answer
from common.api.remarks import RemarksMixin
from common.api.sharing import SharesMixin
from common.api.viewsets import ListMixin, RegistryViewSet, TrashMixin
from common.errors import Conflict, InvalidInput, NotAllowed, Violation
from data_management.collected import CollectedMixin
from data_management.dropbox import PathRefused, Resolver, is_text, list_directory
from data_management.filters import (
    DataFileFilterSet,
    DatasetCollectionFilterSet,
    DatasetFilterSet,
    FileTransferFilterSet,
)
from data_management.models import DataFile, Dataset, DatasetCollection, Dropbox, FileTransfer
from data_management.serializers import (
    DataFileSerializer,
    DatasetCollectionSerializer,
    DatasetSerializer,
    DropboxEntrySerializer,
    DropboxSerializer,
    FileTransferSerializer,
)

MOST_ENTRIES = 10_000


class DatasetCollectionViewSet(CollectedMixin, TrashMixin, SharesMixin, RemarksMixin, RegistryViewSet):
    """Collections of datasets."""

    queryset = DatasetCollection.objects.select_related("owner", "owned_by")
    serializer_class = DatasetCollectionSerializer
    filterset_class = DatasetCollectionFilterSet
    orderings = {"created": "id", "modified": "modified", "name": "name"}


class DatasetViewSet(TrashMixin, SharesMixin, RemarksMixin, RegistryViewSet):
    """Datasets: what runs consume and produce. Files come in by registration."""

    queryset = Dataset.objects.select_related("owner", "owned_by")
    serializer_class = DatasetSerializer
    filterset_class = DatasetFilterSet
    orderings = {
        "created": "id",
        "modified": "modified",
        "name": "name",
        "dataset_type": "dataset_type",
        "status": "status",
        "size": "size",
        "file_count": "file_count",
    }
    nullable = frozenset({"size"})


class DataFileViewSet(RegistryViewSet):
    """Files of datasets. Name, format and media type may be mended; content never changes."""

    queryset = DataFile.objects.select_related("dataset")
    serializer_class = DataFileSerializer
    filterset_class = DataFileFilterSet
    http_method_names = ["get", "put", "patch", "head", "options"]
    orderings = {"created": "id", "name": "name", "size": "size", "format": "format", "status": "status"}
    nullable = frozenset({"size"})

    @extend_schema(
        summary="Download a file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"], renderer_classes=[FileAnswer])
    def download(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The content; parts of it with a Range header. 409 while the registry does not hold it."""
        file = self.get_object()
        return file_answer(request, key=file.storage_key, name=file.name, size=file.size, sha256=file.sha256)


class FileTransferViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The background work that takes registered files in."""

    queryset = FileTransfer.objects.all()
    serializer_class = FileTransferSerializer
    filterset_class = FileTransferFilterSet
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        """One's own, and those of one's groups."""
        rows: Any = super().get_queryset()
        return rows.visible_to(self.caller)

    @extend_schema(summary="Try the failed files of a transfer again", request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Files with an error are taken up again, for example after a full disk was mended."""
        transfer = self.get_object()
        with transaction.atomic():
            if not FileTransfer.objects.editable_by(self.caller).filter(pk=transfer.pk).exists():
                raise NotAllowed("Only the owner of a transfer or a manager of the group can retry it.")
            settled = (FileTransfer.State.DONE, FileTransfer.State.FAILED, FileTransfer.State.CANCELLED)
            again = FileTransfer.objects.filter(pk=transfer.pk, state__in=settled)
            if not again.update(state=FileTransfer.State.PENDING, attempts=0, error=""):
                raise Conflict("A transfer can be tried again when it has ended.")
            transfer.datafiles.filter(status="ERROR").update(status="NEW", error="")
            transfer.send_on_commit()
        return Response(self.get_serializer(self.get_object()).data)


class DropboxView(APIView):
    """The caller's dropboxes."""

    @extend_schema(summary="List one's own dropboxes", responses=DropboxSerializer(many=True))
    def get(self, request: Request) -> Response:
        """One for each group that has given the caller one."""
        boxes = _boxes_of(request).order_by("pk")
        return Response(DropboxSerializer(boxes, many=True).data)


class DropboxBrowseView(APIView):
    """What lies in a dropbox."""

    @extend_schema(
        summary="Look into a dropbox",
        parameters=[
            OpenApiParameter(
                "path",
                {"type": "string", "minLength": 1},
                required=True,
                description="A directory in one's own dropbox.",
            )
        ],
        responses=DropboxEntrySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The entries of a directory, folders first; links are left out."""
        path = request.query_params.get("path", "")
        roots = list(_boxes_of(request).values_list("path", flat=True))
        try:
            resolver = Resolver(roots)
            real = resolver.directory(path or "/")
            entries = list_directory(Path(real))[:MOST_ENTRIES]
        except PathRefused as problem:
            raise _refused(path, str(problem)) from problem
        except OSError as problem:
            raise _refused(path, "cannot be read") from problem
        return Response(DropboxEntrySerializer(filter(None, map(_entry, entries)), many=True).data)


def _boxes_of(request: Request) -> Any:
    user: Any = request.user
    return Dropbox.objects.filter(user=user)


def _refused(path: str, why: str) -> Exception:
    return InvalidInput([Violation("path", why if path else "is required: a directory in your dropbox")])


def _entry(entry: Any) -> dict[str, Any] | None:
    try:
        if entry.is_symlink() or not is_text(entry.path):
            return None
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    folder = entry.is_dir(follow_symlinks=False)
    modified = datetime.fromtimestamp(status.st_mtime, UTC)
    size = None if folder else status.st_size
    return {"name": entry.name, "path": entry.path, "is_folder": folder, "size": size, "modified": modified}
