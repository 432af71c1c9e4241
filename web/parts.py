"""Parts of pages, which scripts ask for at the addresses of the pages themselves."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

ASKED_BY = ("HX-Request", "HX-Target")


class PartsOfPages:
    """Middleware: no cache takes a part for its page. Browsers go back to what they hold, however old it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Tell by what headers the answers of an address differ."""
        answer = self.get_response(request)
        if not request.path.startswith(("/api/", "/admin/", "/static/")):
            patch_vary_headers(answer, ASKED_BY)
        return answer
