"""ETags: an unchanged answer costs a 304, and two editors cannot overwrite each other unnoticed."""

import hashlib
from typing import Any

from django.http import HttpResponse
from rest_framework.response import Response

from common.api.renderers import to_json
from common.errors import ChangedMeanwhile


def etag_of(body: bytes) -> str:
    """A strong entity tag (RFC 9110, section 8.8.3) of an answer's bytes."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def add_etag(response: Response, request: Any) -> Response:
    """Give a rendered answer its tag; it becomes a 304 where the caller has the same already."""
    response.render()
    tag = etag_of(response.content)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    if is_named(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        response.status_code = 304
        response.content = b""
    return response


def told(data: Any, request: Any) -> HttpResponse:
    """Data as JSON with its tag, or a 304; without the detour through a renderer, for what is read most."""
    body = to_json(data)
    tag = etag_of(body)
    if is_named(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type="application/json")
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def check_if_match(request: Any, body: bytes) -> None:
    """ChangedMeanwhile if the request asks for a state of the record that is not the present one."""
    wanted = request.META.get("HTTP_IF_MATCH", "")
    if wanted and not is_named(wanted, etag_of(body)):
        raise ChangedMeanwhile(
            "Somebody changed this record since you read it: read it again, then repeat your change."
        )


def is_named(header: str, tag: str) -> bool:
    """Whether a header of a conditional request names this tag; no header names none (RFC 9110, section 13.1)."""
    if not header:
        return False
    given = [one.strip().removeprefix("W/") for one in header.split(",")]
    return "*" in given or tag in given
