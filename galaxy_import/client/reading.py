"""Shapes: an answer that is JSON is not yet the answer that was asked for."""

from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from galaxy_import.answers import Json
from galaxy_import.client.session import Session
from run_sources.errors import AnswerNotUnderstood, NotFound, NotReadable

PAGE = 100
MOST_ROWS = 100_000  # of one list; a server whose list has no end is left before it fills the memory


def path_to(*parts: str, **query: Any) -> str:
    """``/api/`` and the parts, with a query; ids cannot lead elsewhere, nor can ``..``, which nothing is called."""
    asked = {name: value for name, value in query.items() if value is not None}
    path = "/api/" + "/".join(quote(part, safe="") if part.strip(".") else "-" for part in parts)
    return f"{path}?{urlencode(asked, safe=',')}" if asked else path


def get_object(session: Session, path: str) -> Json:
    """The object at this path; AnswerNotUnderstood for anything else."""
    return as_object(session.get(path), session, path)


def as_object(body: Any, session: Session, path: str) -> Json:
    """The body, which has to be an object."""
    if not isinstance(body, dict):
        raise _wrong_shape(session, path, "an object")
    return body


def as_objects(body: Any, session: Session, path: str) -> list[Json]:
    """The body, which has to be a list of objects."""
    if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
        raise _wrong_shape(session, path, "a list of objects")
    return body


def get_if_allowed(session: Session, path: str) -> Json | None:
    """The object at this path, None where it is not there or may not be read."""
    try:
        return get_object(session, path)
    except (NotReadable, NotFound):
        return None


def pages(session: Session, *parts: str, size: int = PAGE, **query: Any) -> Iterator[list[Json]]:
    """Page after page of a list, until one is not full."""
    for number in count():
        path = path_to(*parts, **query, limit=size, offset=number * size)
        page = as_objects(session.get(path), session, path)
        yield page
        if len(page) < size:
            return


def rows(session: Session, *parts: str, size: int = PAGE, **query: Any) -> Iterator[Json]:
    """The rows of a list, asked for page by page; ends where a page brings nothing new.

    AnswerNotUnderstood where there are more than MOST_ROWS.
    """
    seen: set[str] = set()
    for page in pages(session, *parts, size=size, **query):
        if len(seen) + len(page) > MOST_ROWS:
            raise _too_many(session, path_to(*parts))
        new = [row for row in page if str(row.get("id")) not in seen]
        if not new:
            return
        seen.update(str(row.get("id")) for row in new)
        yield from new


def _too_many(session: Session, path: str) -> AnswerNotUnderstood:
    return AnswerNotUnderstood(
        f"{session.base} lists more than {MOST_ROWS} under {path}, which is more than can be imported at once."
    )


def _wrong_shape(session: Session, path: str, wanted: str) -> AnswerNotUnderstood:
    return AnswerNotUnderstood(
        f"{session.base} answered {path.partition('?')[0]} with something other than {wanted}: either it is no "
        "Galaxy server, or of a version that is not known here."
    )
