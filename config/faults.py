"""Errors outside of any view: the API answers them in JSON, the site as pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views import defaults

from common.api.errors import json_error
from web.requests import came_from

BROKEN = "Something broke on our side; it was logged. Try again, and tell your administrator if it stays."
TOO_OLD = "The request has no valid CSRF token. Programs sign in with 'Authorization: Token <key>' instead."


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
    """A fault of ours; the traceback is in the log. The page is made without database and session."""
    if _is_api(request):
        return json_error(500, "error", BROKEN)
    moment = f"{timezone.now():%-d %b %Y, %H:%M:%S} UTC"
    return HttpResponseServerError(render_to_string("500.html", {"now": moment}))


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of the session; the page that it stood on can be loaded anew."""
    if _is_api(request):
        return json_error(403, "forbidden", TOO_OLD)
    return render(request, "403_csrf.html", {"again": came_from(request)}, status=403)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
