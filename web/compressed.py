"""Pages travel compressed: a list of runs is a tenth of its size then."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

ELSEWHERE = ("/api/", "/admin/", "/static/")


class CompressedPages(GZipMiddleware):
    """Middleware: HTML of the pages is compressed for browsers that say they take it; nothing that is streamed.

    How long a page gets says nothing of the secrets in it: tokens are masked anew in each page, and the lengths vary.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """The answer, compressed if it is a page."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page or request.path.startswith(ELSEWHERE):
            return response
        return super().process_response(request, response)
