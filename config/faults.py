"""Errors outside of any view: the API answers them in JSON, the site as pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from common.api.errors import json_error

BROKEN = "Something broke on our side; it was logged. Try again, and tell your administrator if it stays."


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that is refused before anybody looks at it, for example for an unknown host."""
    if _is_api(request):
        return json_error(400, "invalid", "The request is not understood; is its Host among ALLOWED_HOSTS?")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that nobody serves."""
    if _is_api(request):
        return json_error(
            404, "not_found", "There is no such address; /api/v2/schema/swagger/ lists all of them."
        )
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest, *args: Any) -> HttpResponse:
    """A fault of ours; the traceback is in the log, not in the answer."""
    return json_error(500, "error", BROKEN) if _is_api(request) else defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
