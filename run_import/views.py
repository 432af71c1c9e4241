"""Imports of runs from any source, over HTTP."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.viewsets import ListMixin, Rows
from common.errors import NotAllowed
from run_import.filters import RunImportFilterSet
from run_import.models import RunImport
from run_import.recognising import reader
from run_import.serializers import (
    ImportRunsSerializer,
    RunImportSerializer,
    RunImportsSerializer,
    SourcesSerializer,
)
from run_import.services import cancel_import, request_import, retry_import
from run_import.sources import every_source

ONE = OpenApiExample(
    "A run, followed until it has ended",
    {"url": "https://reana.cern.ch/details/3f583040-3180-4d62-9f3c-2d1f6f0b6a01", "follow": True},
    request_only=True,
)


class ImportRunsView(APIView):
    """The door through which runs of any source come in."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="workflowruns_import_create",
        tags=["workflows"],
        summary="Import runs from any source",
        request=ImportRunsSerializer,
        responses={202: RunImportsSerializer},
        examples=[ONE],
    )
    def post(self, request: Request) -> Response:
        """Addresses as they were copied; the source is recognised, unless it is said.

        202 with the work for each address. What is under way for the same group already is not begun twice: what is
        asked for now is added to it. 400 names what is understood.
        """
        serializer = ImportRunsSerializer(data=request.data, context={"request": request, "view": self})
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        many = "urls" in given
        found = request_import(
            addresses=given["urls"] if many else [given["url"]],
            read=reader(given.get("source", ""), given.get("server", "")),
            user=request.user,
            group=given.get("owned_by") or request.user.default_group(),  # type: ignore[union-attr]
            public=given["public"],
            options=serializer.options(),
            many=many,
        )
        context = {"request": request, "view": self, "children": children_of(found)}
        results = RunImportSerializer(found, many=True, context=context).data
        body = {"count": len(found), "results": results}
        return Response(body, status=202, headers={"Location": reverse("runimport-list")})


class SourcesView(APIView):
    """What is understood."""

    http_method_names = ["get", "head", "options"]

    @extend_schema(
        operation_id="workflowruns_import_sources_retrieve",
        tags=["workflows"],
        summary="List the sources that runs can be imported from",
        responses=SourcesSerializer,
    )
    def get(self, request: Request) -> Response:
        """Each with example addresses, what is stored for its servers, and whether it is available here."""
        found = every_source()
        return Response(SourcesSerializer({"count": len(found), "results": found}).data)


class RunImportViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The background work that imports runs, from Galaxy too."""

    queryset = RunImport.objects.select_related("owner", "owned_by", "server")
    serializer_class = RunImportSerializer
    filterset_class = RunImportFilterSet
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
        return RunImportSerializer(rows, many=True, context=context).data

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One import."""
        return self._told()

    @extend_schema(summary="Stop an import; what is recorded stays", request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With it, the imports that it made. Files that were not fetched stay at the source."""
        cancel_import(wanted=self._editable("cancel"))
        return self._told()

    @extend_schema(
        summary="Try an import again that failed, was cancelled, or left files behind", request=None
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """For example with other credentials. Of those that it made, what failed or was cancelled begins again."""
        retry_import(wanted=self._editable("retry"))
        return self._told()

    def _told(self) -> Response:
        return Response(self.present([self.get_object()])[0])

    def _editable(self, deed: str) -> RunImport:
        wanted: RunImport = self.get_object()
        if not RunImport.objects.editable_by(self.caller).filter(pk=wanted.pk).exists():
            raise NotAllowed(f"Only who asked for an import, or a manager of the group, can {deed} it.")
        return wanted


def children_of(rows: Rows) -> dict[Any, dict[str, int]]:
    """How many imports each of these made, by their state."""
    parents = [row.pk for row in rows if not row.is_of_a_run]
    counts: dict[Any, dict[str, int]] = {}
    if parents:
        found = RunImport.objects.filter(parent__in=parents).order_by()
        for parent, state, count in found.values_list("parent", "state").annotate(Count("pk")):
            counts.setdefault(parent, {})[state] = count
    return counts
