"""What a person prefers, read once for each request."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from web.models import Preferences


def preferences_of(request: HttpRequest) -> Preferences:
    """The preferences of who is signed in, the usual ones for everybody else; kept with the request."""
    known: Preferences | None = getattr(request, "_preferences", None)
    if known is None:
        known = _stored(request) or Preferences()
        request._preferences = known  # type: ignore[attr-defined]
    return known


def _stored(request: HttpRequest) -> Preferences | None:
    if not request.user.is_authenticated:
        return None
    return Preferences.objects.filter(pk=request.user.pk).first() or Preferences(user=request.user)


class PreferredTimeZone:
    """Middleware: the pages say times in the zone that the person chose; the API says them in UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the zone."""
        if request.path.startswith(("/api/", "/admin/", "/static/")):
            return self.get_response(request)
        with timezone.override(_zone(preferences_of(request).time_zone)):
            return self.get_response(request)


def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name; the server's where there is none, or none any more since it was chosen."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
