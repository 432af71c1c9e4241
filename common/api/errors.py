"""One error shape everywhere: ``{"message", "code", "errors": [{"field", "message"}]}``."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.db import DataError, IntegrityError, transaction
from django.http import Http404, JsonResponse
from rest_framework import exceptions, status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from common.errors import RegistryError, TooLarge, Violation

logger = logging.getLogger(__name__)

HINTS = {
    401: "Sign in: send 'Authorization: Token <key>'; POST /api/v2/auth/token/ gives a key.",
    404: "There is nothing here that you may see.",
}


def exception_handler(problem: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into an answer; None for a real fault of ours, which becomes a logged 500."""
    known = _as_api_exception(problem)
    if known is None:
        return None
    _undo(context)
    if isinstance(known, RegistryError):
        return answer(known.status, known.code, known.message, known.violations, known.headers, known.more)
    found = list(_violations(known.detail)) if isinstance(known, exceptions.ValidationError) else []
    message = _message(known, found)
    response = answer(known.status_code, _code(known), message, found)
    _add_headers(response, known)
    return response


def _undo(context: dict[str, Any]) -> None:
    """Undo what a change that is all or nothing has written; a view says so of itself (``RegistryViewSet``)."""
    view, request = context.get("view"), context.get("request")
    if getattr(view, "in_one_piece", False) and request is not None and request.method not in SAFE_METHODS:
        transaction.set_rollback(True)


def answer(
    code: int, name: str, message: str, violations: Any = (), headers: Any = None, more: Any = None
) -> Response:
    """The answer itself; ``more`` is what it says beside the one shape."""
    errors = [{"field": one.field, "message": one.message} for one in violations]
    told = {"message": message, "code": name, "errors": errors, **(more or {})}
    return Response(told, status=code, headers=headers)


def json_error(code: int, name: str, message: str) -> JsonResponse:
    """The same shape for errors that happen before or beyond a view."""
    return JsonResponse({"message": message, "code": name, "errors": []}, status=code)


def _as_api_exception(problem: Exception) -> exceptions.APIException | RegistryError | None:
    match problem:
        case RegistryError() | exceptions.APIException():
            return problem
        case Http404():
            return exceptions.NotFound(HINTS[404])
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case ModelError():
            return exceptions.ValidationError(
                problem.message_dict if hasattr(problem, "error_dict") else problem.messages
            )
        case DataError():  # PostgreSQL is stricter than SQLite, for example with numbers in a forged cursor
            logger.info("Refused by the database: %s", problem)
            return exceptions.ValidationError(
                {"request": ["holds a value that cannot be stored or compared"]}
            )
        case IntegrityError():
            logger.info("Refused by a constraint: %s", problem)
            return _Refused()
        case OverflowError():  # raised where a value is made ready for the database
            return exceptions.ParseError("A number or a time is beyond what can be kept.")
        case RequestDataTooBig():
            return TooLarge("The request is larger than this registry takes.")
        case SuspiciousOperation():
            return exceptions.ParseError(str(problem))
    return None


class _Refused(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = (
        "The registry holds something already that stands against this: a rule of uniqueness or order."
    )


def _message(problem: exceptions.APIException, found: list[Violation]) -> str:
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return f"{found[0].field}: {found[0].message}{more}"
    if isinstance(problem, exceptions.NotAuthenticated):
        return HINTS[401]
    return str(problem.detail)


def _code(problem: exceptions.APIException) -> str:
    return "invalid" if isinstance(problem, exceptions.ValidationError) else str(problem.default_code)


def _violations(detail: Any, path: str = "") -> Iterator[Violation]:
    """DRF's nested details as flat violations: ``datasets[3].id``."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _violations(inner, f"{path}.{name}".strip("."))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _violations(inner, f"{path}[{place}]" if nested else path)
    else:
        yield Violation(path or "request", str(detail))


def _add_headers(response: Response, problem: exceptions.APIException) -> None:
    if header := getattr(problem, "auth_header", None):
        response["WWW-Authenticate"] = header
    if (wait := getattr(problem, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
