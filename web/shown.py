"""Characters that turn a line around are shown by their numbers, on every page, whoever wrote them.

``photo U+202E gnp.exe``, with the character itself, reads ``photoexe.png``; a file of code may read unlike what it
does. What is typed into a form is left as it is, and so are attributes: nothing is changed by being edited.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

TURNING = "[\u202a-\u202e\u2066-\u2069]"
OTHERS = ("/api/", "/admin/")
KEPT = re.compile(r"<(textarea|script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
TURNS = re.compile(TURNING)


class ShownInOrder:
    """Middleware: replaces them in the text of pages and of parts of pages."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Answer as ever; what is sent as it is kept, as a file's content, stays so."""
        answer = self.get_response(request)
        if not request.path.startswith(OTHERS) and _is_page(answer):
            page = answer.content.decode()
            if TURNS.search(page):
                answer.content = shown_in_order(page)
        return answer


def shown_in_order(page: str) -> str:
    """The page with ``[U+202E]`` for the character, wherever that is text."""
    pieces, place = [], 0
    for kept in KEPT.finditer(page):
        pieces += [TURNS.sub(_named, page[place : kept.start()]), kept[0]]
        place = kept.end()
    return "".join([*pieces, TURNS.sub(_named, page[place:])])


def _named(found: re.Match[str]) -> str:
    return f"[U+{ord(found[0]):04X}]"


def _is_page(answer: Any) -> bool:
    kind = answer.get("Content-Type", "")
    return (
        not answer.streaming
        and kind.startswith("text/html")
        and "sandbox" not in answer.get("Content-Security-Policy", "")
    )
