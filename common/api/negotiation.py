"""Which shape an answer has. Nearly all who ask want JSON or do not say; for the others DRF weighs the header."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

ANYTHING = {"", "*/*", "application/json"}


class Negotiation(DefaultContentNegotiation):
    """Content negotiation with a short way for programs."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """The renderer and its media type."""
        first = renderers[0]
        plain = request.META.get("HTTP_ACCEPT", "") in ANYTHING and first.media_type == "application/json"
        if plain and not format_suffix and "format" not in request.query_params:
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
