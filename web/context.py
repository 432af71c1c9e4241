"""What every template knows."""

from django.http import HttpRequest

from common.api.system import VERSION
from web.preferences import preferences_of

THEMES = ("light", "dark")
ROOMS = {"run": "runs"}  # the pages of one run belong to the list of runs


def about_the_page(request: HttpRequest) -> dict[str, str]:
    """Context processor: ``theme`` ("" follows the system), ``room``, the part of the site, and our own version."""
    return {"theme": _theme(request), "room": _room(request), "runstead_version": VERSION}


def _theme(request: HttpRequest) -> str:
    """What the person chose last in any browser; for who has not chosen or is not known, this browser's cookie."""
    known = preferences_of(request) if hasattr(request, "user") else None
    if known and known.user_id and not known._state.adding:
        return known.theme
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""


def _room(request: HttpRequest) -> str:
    found = request.resolver_match
    names = found.func.__module__.split(".") if found else []
    return ROOMS.get(names[1], names[1]) if len(names) > 2 and names[0] == "web" else ""
