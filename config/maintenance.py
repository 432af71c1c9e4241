"""While the registry is worked on, it says so: as long as there is a file ``maintenance`` in the data folder.

What the file says is shown to people. Only ``ping/`` and ``health/`` and the static files answer as ever.
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from common.api.errors import json_error

RETRY_AFTER = 300
OPEN = ("/api/v2/ping/", "/api/v2/health/")
LONGEST = 2000
SORRY = "The registry is under maintenance. Try again later."


class Maintenance:
    """Middleware that answers 503 before anything asks the database or the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever, or say that it is not the time."""
        said = what_is_said()
        if said is None or request.path in OPEN:
            return self.get_response(request)
        answer = _answer(request, said)
        answer["Retry-After"] = str(RETRY_AFTER)
        answer["Cache-Control"] = "no-store"
        return answer


def what_is_said() -> str | None:
    """The text of the file, None if there is none; a file that cannot be read says nothing, but is there."""
    file = Path(settings.DATA_DIR) / "maintenance"
    try:
        with file.open(errors="replace") as text:
            return text.read(LONGEST).strip()
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def _answer(request: HttpRequest, said: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return json_error(503, "maintenance", said or SORRY)
    context = {"said": said, "minutes": RETRY_AFTER // 60}
    return HttpResponse(render_to_string("503.html", context), status=503)
