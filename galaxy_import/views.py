"""Imports from Galaxy over HTTP."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import (
    OpenApiExample,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.viewsets import ListMixin, Rows
from common.errors import NotAllowed
from galaxy_import.filters import GalaxyImportFilterSet
from galaxy_import.serializers import (
    GalaxyImportSerializer,
    GalaxyImportsSerializer,
    ImportFromGalaxySerializer,
)
from galaxy_import.source import GalaxySource, read_galaxy
from run_import.models import RunImport
from run_import.services import cancel_import, request_import, retry_import
from run_import.views import children_of

ONE = OpenApiExample(
    "One invocation, with datasets",
    {"url": "https://usegalaxy.eu/workflows/invocations/3f5830403180d620", "create_datasets": True},
    request_only=True,
)
MANY = OpenApiExample(
    "All of a history, and an invocation that goes on",
    {
        "urls": [
            "https://usegalaxy.eu/histories/view?id=0a248a1f62a0cc04",
            "https://usegalaxy.eu/workflows/invocations/3f5830403180d620/report",
        ],
        "follow": True,
    },
    request_only=True,
)
ANSWER = PolymorphicProxySerializer(
    component_name="GalaxyImportAnswer",
    serializers=[GalaxyImportSerializer, GalaxyImportsSerializer],
    resource_type_field_name=None,
)


class ImportFromGalaxyView(APIView):
    """The door through which runs of Galaxy come in."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="workflowruns_import_from_galaxy_create",
        tags=["workflows"],
        summary="Import runs from Galaxy",
        request=ImportFromGalaxySerializer,
        responses={202: ANSWER},
        examples=[ONE, MANY],
    )
    def post(self, request: Request) -> Response:
        """Addresses as they stand in the browser: of an invocation, or of a history or workflow, for all of theirs.

        202 with the work, for `urls` with that for each address. What is under way for the same group already is
        not begun twice: what is asked for now is added to it.
        """
        serializer = ImportFromGalaxySerializer(data=request.data, context={"request": request, "view": self})
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        many = "urls" in given
        found = request_import(
            addresses=given["urls"] if many else [given["url"]],
            read=read_galaxy,
            user=request.user,
            group=given.get("owned_by") or request.user.default_group(),  # type: ignore[union-attr]
            public=given["public"],
            options=serializer.options(),
            many=many,
        )
        context = {"request": request, "view": self, "children": children_of(found)}
        if many:
            body = {
                "count": len(found),
                "results": GalaxyImportSerializer(found, many=True, context=context).data,
            }
            return Response(body, status=202, headers={"Location": reverse("galaxyimport-list")})
        address = reverse("galaxyimport-detail", args=[found[0].pk])
        answer = GalaxyImportSerializer(found[0], context=context).data
        return Response(answer, status=202, headers={"Location": address})


@extend_schema_view(
    list=extend_schema(summary="List galaxy imports"),
    retrieve=extend_schema(summary="Read a galaxy import"),
)
class GalaxyImportViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The background work that imports runs from Galaxy."""

    queryset = RunImport.objects.of_source(GalaxySource.name).select_related("owner", "owned_by", "server")
    serializer_class = GalaxyImportSerializer
    filterset_class = GalaxyImportFilterSet
    lookup_value_converter = "uuid"
    orderings = {"created": "id", "finished_at": "finished_at"}
    nullable = frozenset({"finished_at"})

    def get_queryset(self) -> Any:
        """One's own, and those of one's groups."""
        rows: Any = super().get_queryset()
        return rows.visible_to(self.caller)

    def present(self, rows: Rows) -> Any:
        """With the children of the whole page counted at once."""
        context = {**self.get_serializer_context(), "children": children_of(rows)}
        return GalaxyImportSerializer(rows, many=True, context=context).data

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One import."""
        return self._told()

    @extend_schema(summary="Stop an import; what is recorded stays", request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With it, the imports that a history or a workflow made. Files that were not fetched stay at Galaxy."""
        cancel_import(wanted=self._editable("cancel"))
        return self._told()

    @extend_schema(
        summary="Try an import again that failed, was cancelled, or left files behind", request=None
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """For example with another key. Of a history or a workflow, what failed or was cancelled begins again."""
        retry_import(wanted=self._editable("retry"))
        return self._told()

    def _told(self) -> Response:
        return Response(self.present([self.get_object()])[0])

    def _editable(self, deed: str) -> RunImport:
        wanted: RunImport = self.get_object()
        if not RunImport.objects.editable_by(self.caller).filter(pk=wanted.pk).exists():
            raise NotAllowed(f"Only who asked for an import, or a manager of the group, can {deed} it.")
        return wanted
