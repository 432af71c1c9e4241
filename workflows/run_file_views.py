"""The files of a run over HTTP."""

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.fields import TextField
from common.api.files import FileAnswer, file_answer
from common.api.filters import BooleanFilter, ChoicesFilter, RegistryFilterSet, UUIDFilter, refuse_unknown
from common.api.viewsets import Rows
from data_management.models import STATUS_CHOICES, DataFile
from data_management.records import FileStatus
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES
from workflows.run_file_uploads import BoundedUploadHandler, add_file, refuse_too_large
from workflows.run_files import data_types_of, files_of, is_held, links_of, matching, must_be_held, why_not
from workflows.run_views import RunPartViewSet

CONTENT = {
    (200, "application/octet-stream"): OpenApiTypes.BINARY,
    410: OpenApiResponse(description="The registry does not hold the content; the message says why."),
}


class RunFileFilterSet(RegistryFilterSet):
    """Files of a run."""

    path = filters.CharFilter(
        method="by_path", label="a pattern: results/*.bam, **/*.log, *.bam in any folder"
    )
    search = filters.CharFilter(method="by_search", label="part of the path, or a checksum")
    data_type = ChoicesFilter(method="by_data_type", choices=DATASET_TO_WORKFLOWRUN_TYPES, label="to the run")
    status = ChoicesFilter(choices=STATUS_CHOICES)
    job = UUIDFilter(field_name="job_links__job", distinct=True, label="id of a job that used or made it")
    dataset = UUIDFilter(field_name="dataset", label="id of a dataset")
    is_downloadable = BooleanFilter(method="by_content", label="the registry holds the content")

    class Meta:
        model = DataFile
        fields: tuple[str, ...] = ()

    def by_path(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The whole path fits."""
        return matching(rows, value)

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """A part of the path, or all of a checksum."""
        return rows.filter(Q(place__icontains=value) | Q(sha256=value.lower()) | Q(md5sum=value.lower()))

    def by_data_type(self, rows: QuerySet, name: str, value: list[str]) -> QuerySet:
        """What the dataset is to the run."""
        if not value or self.request is None:
            return rows
        links = links_of(self.request.parser_context["kwargs"]["run_pk"], self.request.user)
        return rows.filter(dataset__in=links.filter(data_type__in=value).values("dataset"))

    def by_content(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """Whether it can be downloaded."""
        held = Q(status=FileStatus.ONLINE) & ~Q(storage_key="")
        return rows.filter(held) if value else rows.exclude(held)


class DatasetOfFileSerializer(serializers.Serializer):
    """The dataset of a file."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class RunFileSerializer(serializers.Serializer):
    """A file of a run; ``size`` in bytes, checksums in hexadecimal. ``data_types`` is what it is to the run.

    ``path`` is relative to the run's directory, or the name where no path is known. ``why_not`` says why a file cannot
    be downloaded.
    """

    id = serializers.UUIDField()
    path = serializers.CharField(source="place")
    name = serializers.CharField()
    data_types = serializers.SerializerMethodField()
    dataset = DatasetOfFileSerializer()
    size = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    md5sum = serializers.CharField()
    format = serializers.CharField()
    mime_type = serializers.CharField()
    uri = serializers.CharField()
    status = serializers.CharField()
    is_downloadable = serializers.SerializerMethodField()
    why_not = serializers.SerializerMethodField()
    created = serializers.DateTimeField()

    def get_data_types(self, file: DataFile) -> list[str]:
        """One or more of INPUT, OUTPUT and so on."""
        types: list[str] = self.context["data_types"].get(file.dataset_id, [])
        return types

    def get_is_downloadable(self, file: DataFile) -> bool:
        """Whether the registry has the content."""
        return is_held(file)

    def get_why_not(self, file: DataFile) -> str:
        """Empty for a file that can be downloaded."""
        return why_not(file)


class RunFileUploadSerializer(serializers.Serializer):
    """A file that is added to a run, as ``multipart/form-data``. The checksums are compared with what comes."""

    file = serializers.FileField(allow_empty_file=True)
    path = TextField(
        required=False, allow_blank=True, help_text="Relative to the run's directory; the file's name."
    )
    data_type = serializers.ChoiceField(DATASET_TO_WORKFLOWRUN_TYPES)
    sha256 = serializers.RegexField(r"^([0-9a-fA-F]{64})?$", required=False, allow_blank=True)
    md5 = serializers.RegexField(r"^([0-9a-fA-F]{32})?$", required=False, allow_blank=True)


class RunFileViewSet(RunPartViewSet):
    """The files of a run, whichever datasets they belong to. Those of a dataset that one may not see are not there."""

    queryset = DataFile.objects.all()
    serializer_class = RunFileSerializer
    filterset_class = RunFileFilterSet
    http_method_names = ["get", "post", "head", "options"]
    parser_classes = [MultiPartParser]
    in_one_piece = False  # an upload must not hold the database
    orderings = {
        "path": "place",
        "created": "id",
        "name": "name",
        "size": "size",
        "status": "status",
        "format": "format",
        "dataset": "dataset__name",
    }
    nullable = frozenset({"size"})
    default_ordering = "path"

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Files are received within a limit."""
        if request.method == "POST":
            request.upload_handlers = [BoundedUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A body that says itself that it is too large is not read."""
        refuse_too_large(request)
        super().initial(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Of the run of the address, if the caller may see both it and the dataset."""
        return files_of(self.kwargs["run_pk"], self.caller)

    def present(self, rows: Rows) -> Any:
        """With what they are to the run, in one query for all of them."""
        types = data_types_of(self.kwargs["run_pk"], self.caller, rows)
        context = {**self.get_serializer_context(), "data_types": types}
        return RunFileSerializer(rows, many=True, context=context).data

    def represent(self, record: Any) -> Any:
        """One file as it stands in the list."""
        return self.present([record])[0]

    @extend_schema(
        summary="Add a file to a run",
        request={"multipart/form-data": RunFileUploadSerializer},
        responses={
            200: RunFileSerializer,
            201: RunFileSerializer,
            503: OpenApiResponse(description="The disk of the storage is full."),
        },
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Becomes a dataset of its own. 200 for a path whose file has this very content, 409 for another content."""
        run = self.run()
        serializer = RunFileUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        made, is_new = add_file(
            run=run,
            user=self.caller,
            path=given.get("path") or given["file"].name,
            stream=given["file"],
            data_type=given["data_type"],
            mime_type=given["file"].content_type or "",
            sha256=given.get("sha256", ""),
            md5=given.get("md5", ""),
        )
        return Response(self.represent(made), status=201 if is_new else 200)

    @extend_schema(
        operation_id="workflowruns_files_content_by_path",
        summary="Download a file of a run by its path",
        filters=False,
        parameters=[OpenApiParameter("path", str, required=True, description="The whole path, or the name.")],
        responses=CONTENT,
    )
    @action(
        detail=False,
        methods=["get"],
        url_path="content",
        renderer_classes=[FileAnswer],
        pagination_class=None,
    )
    def content_by_path(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The content; parts of it with a Range header. Of two files of one path the one that came last."""
        self.run()
        refuse_unknown(request.query_params, {"path": None})
        path = request.query_params.get("path", "")
        if not path or "\0" in path:
            raise ValidationError({"path": ["is required: the path of a file of this run"]})
        found = self.get_queryset().filter(place=path).order_by("-id").first()
        if found is None:
            raise Http404
        return self._content(found)

    @extend_schema(summary="Download a file of a run", responses=CONTENT)
    @action(detail=True, methods=["get"], renderer_classes=[FileAnswer])
    def content(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The content; parts of it with a Range header. 410 with the reason where the registry does not hold it."""
        return self._content(self.get_object())

    def _content(self, file: DataFile) -> Any:
        key = file.storage_key
        must_be_held(file, is_stored=bool(key) and default_storage.exists(key))
        return file_answer(self.request, key=key, name=file.name, size=file.size, sha256=file.sha256)
