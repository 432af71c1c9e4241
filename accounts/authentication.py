"""Who is asking: a token in the ``Authorization`` header, or the session of the pages."""

from typing import Any

from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, digest_of

REFUSAL = (
    "This token is not valid: it is unknown, expired or revoked. Ask for a new one at /api/v2/auth/token/."
)


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Token <key>``; ``Bearer`` is understood as well."""

    schemes = ("token", "bearer")

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        """The user and the token row, None where no token is sent; AuthenticationFailed for a bad one."""
        scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() not in self.schemes:
            return None
        token = ApiToken.objects.valid().select_related("user").filter(digest=digest_of(key.strip())).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(REFUSAL)
        token.note_use()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer to anonymous callers a 401."""
        return "Token"


class SessionAuthentication(authentication.SessionAuthentication):
    """The signed-in browser; changes need the CSRF token."""
