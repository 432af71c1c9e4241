"""What a page changes of the registry's records, it changes through the API's own door.

The same checks, the same rights, the same history, and the same words for what is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from typing import Any

import orjson
from django.contrib import messages
from django.core.handlers.wsgi import WSGIRequest
from django.forms import BaseForm
from django.http import Http404
from django.urls import resolve

from common.api.conditional import etag_of
from web.requests import SignedInRequest

KEPT = ("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST", "REMOTE_ADDR", "wsgi.url_scheme")
FORWARDED = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said: its status, its data, and for a refusal ``message`` and ``errors``, (field, sentence).

    ``state`` is the tag by which the API knows again what it said.
    """

    status: int
    data: Any
    message: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)
    state: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it was done."""
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def why(self) -> str:
        """What stands against it, in sentences for people, who do not know the names of fields."""
        return "; ".join(sentence for _, sentence in self.errors) or self.message

    def told(self, request: SignedInRequest, said: str, form: BaseForm | None = None) -> bool:
        """Whether it was done: then the page says so, else it says why not, in the ``form`` where there is one."""
        if self.is_done:
            messages.success(request, said)
        elif form is not None:
            self.tell(form)
        else:
            messages.error(request, self.why)
        return self.is_done

    def tell(self, form: BaseForm) -> None:
        """Say in a form what was refused: at its field where the form has it, above all of them otherwise."""
        for name, sentence in self.errors or [("", self.message)]:
            known = name.split("[")[0].split(".")[0]
            if known in form.fields:
                form.add_error(known, sentence)
            else:
                form.add_error(None, f"{name}: {sentence}" if name else sentence)


def do(request: SignedInRequest, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """Ask the API for a change in the name of who sent ``request``, whose own CSRF token was checked already.

    ``path`` comes from ``reverse``; ``body`` is sent as JSON; ``headers`` are named as in META. Raises Http404
    where the API says that there is nothing: the page does not know it either.
    """
    content = b"" if body is None else orjson.dumps(body)
    inner = _inner(request, method, path, content, headers)
    view, args, kwargs = resolve(path.split("?")[0])
    response = view(inner, *args, **kwargs)
    if hasattr(response, "render"):
        response = response.render()
    answer = _understood(response)
    if answer.status == HTTPStatus.NOT_FOUND:
        raise Http404(answer.message)
    return answer


def _inner(
    request: SignedInRequest, method: str, path: str, content: bytes, headers: dict[str, str]
) -> WSGIRequest:
    path, _, query = path.partition("?")
    kept = {name: request.META[name] for name in (*KEPT, *FORWARDED) if name in request.META}
    environ = {
        **kept,
        **headers,
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_ACCEPT": "application/json",
        "wsgi.input": BytesIO(content),
    }
    inner = WSGIRequest(environ)
    inner.user, inner.session = request.user, request.session
    inner._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    return inner


def _understood(response: Any) -> Answer:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    is_json = "json" in response.get("Content-Type", "")
    data = orjson.loads(content) if content and is_json else None
    if response.status_code < HTTPStatus.BAD_REQUEST:
        return Answer(response.status_code, data, state=response.get("ETag", "") or etag_of(content))
    said = data if isinstance(data, dict) else {}
    errors = list(_errors(said.get("errors", ())))
    return Answer(response.status_code, data, said.get("message", "It was refused."), errors)


def _errors(errors: Iterable[dict[str, str]]) -> Iterable[tuple[str, str]]:
    for one in errors:
        yield ("" if one["field"] == "request" else one["field"]), one["message"]
