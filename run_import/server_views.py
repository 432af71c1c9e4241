"""Servers that runs come from, and one's own credentials for them, over HTTP."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from common.api.viewsets import ListMixin
from run_import.credential_checks import store_credentials
from run_import.credentials import forget_credentials
from run_import.filters import RunServerFilterSet
from run_import.models import RunCredential, RunServer
from run_import.server_serializers import (
    CredentialsSerializer,
    KeptCredentialsSerializer,
    RunServerSerializer,
)
from run_import.servers import servers_seen_by

A_TOKEN = OpenApiExample("A token", {"values": {"token": "0123456789abcdef"}}, request_only=True)


class RunServerViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The servers that runs are taken from, whatever their source."""

    queryset = RunServer.objects.all()
    serializer_class = RunServerSerializer
    filterset_class = RunServerFilterSet
    lookup_value_converter = "uuid"
    orderings = {"created": "id", "name": "name", "url": "url"}
    default_ordering = "name"

    def get_queryset(self) -> Any:
        """What is listed, and what the caller has credentials for or imported from."""
        own = RunCredential.objects.filter(server=OuterRef("pk"), user=self.caller.pk)
        return servers_seen_by(self.caller).annotate(
            has_credentials=Exists(own),
            account=Coalesce(Subquery(own.values("account")[:1]), Value("")),
            has_shared_credentials=Case(When(shared_key="", then=Value(False)), default=Value(True)),
        )


class CredentialsView(APIView):
    """The caller's own credentials for a server: stored and removed; secrets are never read."""

    http_method_names = ["get", "head", "put", "delete", "options"]
    throttle_scope = "run-credentials"

    def get_throttles(self) -> list[Any]:
        """Testing them asks another server: nobody may do that all the time."""
        return [ScopedRateThrottle()] if self.request.method == "PUT" else []

    @extend_schema(
        operation_id="runservers_credentials_retrieve",
        tags=["workflows"],
        summary="Read whose one's credentials for a server are",
        responses=KeptCredentialsSerializer,
    )
    def get(self, request: Request, pk: Any) -> Response:
        """And when the server said so. 404 where none are stored."""
        kept = RunCredential.objects.filter(server=self._server(pk), user=request.user.pk).first()
        if kept is None:
            raise NotFound("You have stored no credentials for this server.")
        return Response(KeptCredentialsSerializer(kept).data)

    @extend_schema(
        operation_id="runservers_credentials_update",
        tags=["workflows"],
        summary="Store one's credentials for a server",
        request=CredentialsSerializer,
        responses={200: KeptCredentialsSerializer, 502: OpenApiResponse(description="")},
        examples=[A_TOKEN],
    )
    def put(self, request: Request, pk: Any) -> Response:
        """The server is asked whose they are; what it does not take is not stored. They are kept encrypted."""
        server = self._server(pk)
        serializer = CredentialsSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data["values"]
        kept = store_credentials(server=server, user=request.user, fields=fields)
        return Response(KeptCredentialsSerializer(kept).data)

    @extend_schema(
        operation_id="runservers_credentials_destroy",
        tags=["workflows"],
        summary="Remove one's credentials for a server",
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, pk: Any) -> Response:
        """They stay valid there, where they can be revoked."""
        forget_credentials(server=self._server(pk), user=request.user)
        return Response(status=204)

    def _server(self, pk: Any) -> RunServer:
        found: RunServer = get_object_or_404(servers_seen_by(self.request.user), pk=pk)
        return found
