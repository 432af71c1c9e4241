"""Who is asking: a token in the ``Authorization`` header, or the session of the pages."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User, digest_of
from common.statements import fetch_again

REFUSAL = (
    "This token is not valid: it is unknown, expired or revoked. Ask for a new one at /api/v2/auth/token/."
)


TOKEN_FIELDS = ("id", "expires_at", "revoked_at", "last_used_at")
USER_FIELDS = ("id", "username", "first_name", "last_name", "is_active", "is_superuser", "is_staff")


def signed_in_by(digest: str) -> tuple[User, ApiToken] | None:
    """The user and the token of a key's digest, with the user's groups, in one statement; None if it opens nothing."""
    rows = fetch_again("token", lambda: _rows_of(digest), value=digest)
    if not rows:
        return None
    token = _made(ApiToken, TOKEN_FIELDS, rows[0][: len(TOKEN_FIELDS)])
    user = _made(User, USER_FIELDS, rows[0][len(TOKEN_FIELDS) : -2])
    if not (token.is_valid and user.is_active):
        return None
    user.know_roles({_uuid(group): role for *_, group, role in rows if group is not None})
    return user, token


def _rows_of(digest: str) -> Any:
    """The token with its user, once for each group that the user is in."""
    users = [f"user__{name}" for name in USER_FIELDS]
    groups = ("user__memberships__group_id", "user__memberships__role")
    return ApiToken.objects.filter(digest=digest).values_list(*TOKEN_FIELDS, *users, *groups)


def _made(model: Any, names: tuple[str, ...], values: Sequence[Any]) -> Any:
    """An object from the database's own values; what was not read is read when it is asked for."""
    known = dict(zip(names, [_uuid(values[0]), *map(_aware, values[1:])], strict=True))
    in_order = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db("default", in_order, [known[name] for name in in_order])


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _aware(value: Any) -> Any:
    is_naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if is_naive else value


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Token <key>``; ``Bearer`` is understood as well."""

    schemes = ("token", "bearer")

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        """The user and the token row, None where no token is sent; AuthenticationFailed for a bad one."""
        scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() not in self.schemes:
            return None
        found = signed_in_by(digest_of(key.strip()))
        if found is None:
            raise AuthenticationFailed(REFUSAL)
        user, token = found
        token.note_use()
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer to anonymous callers a 401."""
        return "Token"


class SessionAuthentication(authentication.SessionAuthentication):
    """The signed-in browser; changes need the CSRF token."""
