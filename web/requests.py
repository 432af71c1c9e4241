"""What pages read of a request."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

LONGEST_TEXT = 200  # characters that somebody searches for


class SignedInRequest(HttpRequest):
    """What a view behind ``login_required`` is given."""

    user: User


def text_asked(request: HttpRequest, name: str, most: int = LONGEST_TEXT) -> str:
    """What the address says under ``name``: nothing around it, never long, and without NUL, which no database takes."""
    return request.GET.get(name, "").replace("\0", "").strip()[:most]


def is_for_swap(request: HttpRequest) -> bool:
    """Whether a script of the page asks, which needs no more than a part of it."""
    return request.headers.get("HX-Request") == "true"


def came_from(request: HttpRequest) -> str:
    """The page of ours that a request came from; "" if it came from elsewhere."""
    address = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""
