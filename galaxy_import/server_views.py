"""Galaxy servers, and one's own keys for them, over HTTP."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from common.api.viewsets import ListMixin
from galaxy_import.filters import GalaxyServerFilterSet
from galaxy_import.serializers import GalaxyServerSerializer, KeptKeySerializer, KeySerializer
from galaxy_import.source import GalaxySource
from run_import.credential_checks import store_credentials
from run_import.credentials import forget_credentials
from run_import.models import RunCredential, RunServer
from run_import.servers import servers_seen_by

A_KEY = OpenApiExample("A key", {"key": "0123456789abcdef0123456789abcdef"}, request_only=True)
KEPT = OpenApiExample(
    "Signed in as", {"account": "ada@example.org", "checked_at": "2026-03-04T10:00:01Z"}, response_only=True
)


@extend_schema_view(
    list=extend_schema(summary="List galaxy servers"),
    retrieve=extend_schema(summary="Read a galaxy server"),
)
class GalaxyServerViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The Galaxy servers that runs are taken from."""

    queryset = RunServer.objects.of_source(GalaxySource.name)
    serializer_class = GalaxyServerSerializer
    filterset_class = GalaxyServerFilterSet
    lookup_value_converter = "uuid"
    orderings = {"created": "id", "name": "name", "url": "url"}
    default_ordering = "name"

    def get_queryset(self) -> Any:
        """What is listed, and what the caller has a key for or imported from; with the caller's account there."""
        own = RunCredential.objects.filter(server=OuterRef("pk"), user=self.caller.pk)
        return (
            servers_seen_by(self.caller)
            .of_source(GalaxySource.name)
            .annotate(
                has_key=Exists(own),
                account=Coalesce(Subquery(own.values("account")[:1]), Value("")),
                has_shared_key=Case(When(shared_key="", then=Value(False)), default=Value(True)),
            )
        )


class GalaxyKeyView(APIView):
    """The caller's own key for a server: put there, or removed, and never read."""

    http_method_names = ["put", "delete", "options"]
    throttle_scope = "galaxy-key"

    def get_throttles(self) -> list[Any]:
        """Testing keys asks another server: nobody may do that all the time."""
        return [ScopedRateThrottle()] if self.request.method == "PUT" else []

    @extend_schema(
        operation_id="galaxyservers_key_update",
        tags=["workflows"],
        summary="Store one's key for a Galaxy server",
        request=KeySerializer,
        responses={200: KeptKeySerializer, 502: OpenApiResponse(description="")},
        examples=[A_KEY, KEPT],
    )
    def put(self, request: Request, pk: Any) -> Response:
        """The server is asked whose it is; a key that it does not take is not stored. It is kept encrypted."""
        server = self._server(pk)
        serializer = KeySerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        fields = {"key": serializer.validated_data["key"]}
        kept = store_credentials(server=server, user=request.user, fields=fields)
        return Response(KeptKeySerializer(kept).data)

    @extend_schema(
        operation_id="galaxyservers_key_destroy",
        tags=["workflows"],
        summary="Remove one's key for a Galaxy server",
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, pk: Any) -> Response:
        """It stays valid in Galaxy, where it can be revoked."""
        forget_credentials(server=self._server(pk), user=request.user)
        return Response(status=204)

    def _server(self, pk: Any) -> RunServer:
        found: RunServer = get_object_or_404(
            servers_seen_by(self.request.user).of_source(GalaxySource.name), pk=pk
        )
        return found
