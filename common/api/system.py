"""What anybody may ask: is it there, is it well, which version is it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.health import checks

VERSION = "0.1.0"
CHECK = inline_serializer(
    "HealthCheck", {"ok": serializers.BooleanField(), "detail": serializers.CharField()}
)
HEALTH = inline_serializer("Health", dict.fromkeys(("database", "queue", "worker", "storage"), CHECK))


class PublicView(APIView):
    """A view that asks nobody who they are."""

    authentication_classes: Any = []
    permission_classes = [AllowAny]


class PingView(PublicView):
    """The process answers."""

    @extend_schema(
        summary="Ask whether the server answers",
        responses=inline_serializer("Ping", {"message": serializers.CharField()}),
        examples=[OpenApiExample("It does", {"message": "pong"}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Touches nothing but the process."""
        return Response({"message": "pong"})


class HealthView(PublicView):
    """Database, queue, worker and storage."""

    @extend_schema(summary="Ask whether all parts are well", responses={200: HEALTH, 503: HEALTH})
    def get(self, request: Request) -> Response:
        """503 if one part is not well. Callers who are not signed in are not told why."""
        found = checks()
        well = all(check.ok for check in found.values())
        body = {
            name: {"ok": check.ok, "detail": _said(check.ok, check.detail)} for name, check in found.items()
        }
        return Response(body, status=200 if well else 503)


class VersionView(PublicView):
    """The version."""

    @extend_schema(
        summary="Ask for the version of the registry",
        responses=inline_serializer(
            "Version",
            {
                "name": serializers.CharField(),
                "version": serializers.CharField(),
                "api": serializers.CharField(),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        """Name and version of the product, and of the API."""
        return Response({"name": "Runstead", "version": VERSION, "api": "v2"})


def _said(ok: bool, detail: str) -> str:
    """Errors name hosts and paths: an administrator reads them with ``manage.py doctor``."""
    return detail if ok else "not well: 'manage.py doctor' on the server says why"
