"""Requests that went astray: a form sent after the session had ended, an address of a deed opened as a page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from web.requests import came_from, is_for_swap

OTHERS = ("/api/", "/admin/")
READS = ("GET", "HEAD")
ABOUT = {  # the page that an address is about, by the name of the id in it; the most special first
    "file_id": "web:file",
    "dataset_id": "web:dataset",
    "collection_id": "web:collection",
    "run_id": "web:run",
    "version_id": "web:version",
    "workflow_id": "web:workflow",
    "group_id": "web:group",
}


class Astray:
    """Middleware: leads back to a page where the request itself leads to none."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Answer, or say where to go instead."""
        response = self.get_response(request)
        if request.path.startswith(OTHERS):
            return response
        if response.status_code == 405 and request.method in READS:
            return _no_page(request, response)
        if _asks_to_sign_in(request, response) and (request.method not in READS or is_for_swap(request)):
            return _signed_out(request)
        return response


def _asks_to_sign_in(request: HttpRequest, response: Any) -> bool:
    """Whether the answer leads to the sign-in, and from there to the same address again."""
    if response.status_code != 302:
        return False
    to = urlsplit(response["Location"])
    return to.path == reverse("web:sign-in") and parse_qs(to.query).get("next") == [request.get_full_path()]


def _signed_out(request: HttpRequest) -> HttpResponse:
    """To the sign-in, which says what became of the form, and then to the page that it stood on.

    A script that swaps parts of a page is told to leave the page as a whole.
    """
    page = urlsplit(came_from(request))
    back = f"{page.path}?{page.query}" if page.query else page.path
    asked = {"next": back or request.path, **({} if request.method in READS else {"sent": "1"})}
    address = f"{reverse('web:sign-in')}?{urlencode(asked)}"
    if is_for_swap(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponse(status=302, headers={"Location": address})


def _no_page(request: HttpRequest, response: Any) -> HttpResponse:
    """What takes only forms is no page; what it is about may be one."""
    given = render(request, "405.html", {"about": _about(request)}, status=405)
    given["Allow"] = response["Allow"]
    return given


def _about(request: HttpRequest) -> str:
    ids = request.resolver_match.kwargs if request.resolver_match else {}
    for name, route in ABOUT.items():
        if name in ids:
            try:
                return reverse(route, args=[ids[name]])
            except NoReverseMatch:
                return ""
    return ""
