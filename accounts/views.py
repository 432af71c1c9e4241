"""Signing in, oneself, other people."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, mixins, viewsets
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.filters import PersonFilterSet
from accounts.models import ApiToken, User
from accounts.serializers import (
    ApiTokenSerializer,
    MeSerializer,
    NewTokenSerializer,
    PersonSerializer,
    SignInSerializer,
)
from common.api.viewsets import ListMixin

NEW_TOKEN = OpenApiExample(
    "A new token", {"token": "rs_…", "name": "API", "expires_at": None}, response_only=True
)


class SignInView(APIView):
    """User name and password for a token."""

    authentication_classes: Any = []
    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "sign-in"

    def get_authenticate_header(self, request: Request) -> str:
        """A wrong password is a 401, too."""
        return "Token"

    @extend_schema(
        summary="Sign in: get a token for a user name and a password",
        request=SignInSerializer,
        responses={201: NewTokenSerializer},
        examples=[NEW_TOKEN],
    )
    def post(self, request: Request) -> Response:
        """The token is sent as ``Authorization: Token <token>``. It is shown this once."""
        serializer = SignInSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        if given["user"] is None:
            raise AuthenticationFailed("User name and password do not fit together.")
        return Response(new_token(given["user"], given["name"], given["expires_at"]), status=201)


class TokenViewSet(ListMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet):
    """The caller's own tokens."""

    queryset = ApiToken.objects.all()
    serializer_class = ApiTokenSerializer
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        """One's own, those that are revoked as well."""
        return super().get_queryset().filter(user=self.caller)

    @extend_schema(summary="Make a token", request=ApiTokenSerializer, responses={201: NewTokenSerializer})
    def create(self, request: Request) -> Response:
        """The key is shown this once."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        return Response(new_token(request.user, given["name"], given.get("expires_at")), status=201)

    @extend_schema(summary="Revoke a token")
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """From now on it opens nothing; the row stays, to be seen."""
        token = self.get_object()
        ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        return Response(status=204)


class MeView(generics.RetrieveUpdateAPIView):
    """Who the caller is."""

    serializer_class = MeSerializer
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self) -> Any:
        """The caller."""
        return User.objects.prefetch_related("memberships__group").get(
            username=self.request.user.get_username()
        )


class PersonViewSet(ListMixin, viewsets.GenericViewSet):
    """Everybody who can sign in, by name."""

    queryset = User.objects.filter(is_active=True)
    serializer_class = PersonSerializer
    filterset_class = PersonFilterSet
    orderings = {"username": "username"}
    default_ordering = "username"


def new_token(user: Any, name: str, expires_at: Any) -> dict[str, Any]:
    """Issue a token and say it."""
    token, key = ApiToken.issue(user=user, name=name, expires_at=expires_at)
    return {"token": key, **ApiTokenSerializer(token).data}
