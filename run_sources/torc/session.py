"""One Torc server over HTTP: who asks, what its errors say, and its lists page by page."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from run_directories.secrets import is_secret
from run_directories.torc.reading import Answers
from run_sources.errors import AnswerNotUnderstood, NotFound
from run_sources.http.parallel import ask_once, in_order, settle
from run_sources.http.session import HttpSession, readable
from run_sources.seam import Access

Json = dict[str, Any]
OnAnswer = Callable[[str, int, Any], None]
PAGE = 5_000  # rows of a page: servers give 10,000 and more, but every page in flight is held in memory
MOST_ROWS = 5_000_000  # of one list; a list without an end is left before it fills the memory


class TorcSession(HttpSession):
    """Asks a Torc server, with HTTP Basic where there is a password. Answers are told without secrets in them."""

    system = "Torc server"

    @classmethod
    def of(cls, access: Access, **options: Any) -> "TorcSession":
        """The session that an access describes; ``options`` are for tests."""
        session = cls(
            access.base,
            headers=headers_of(access.credentials.get("user", ""), access.credentials.get("password", "")),
            allow_private=access.allow_private,
            limits=access.limits,
            check=access.check,
            on_answer=without_secrets_in(access.on_answer),
            **options,
        )
        session.account = access.credentials.get("user", "")
        return session

    def words_of(self, body: Any) -> str:
        """What an error says: Torc puts its words into an object within the object, or beside it."""
        inner = body.get("error") if isinstance(body, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get("message"), str):
            return readable(inner["message"])
        return super().words_of(body)

    def object_at(self, path: str) -> Json:
        """The object at a path; AnswerNotUnderstood for anything else."""
        body = self.get(path)
        if not isinstance(body, dict):
            raise self.wrong(path, "an object")
        return body

    def object_if_any(self, path: str) -> Json | None:
        """The object at a path, None where the server knows none: not every version has all."""
        try:
            return self.object_at(path)
        except NotFound:
            return None

    def rows(
        self, path: str, start: str, told: Callable[[int], None] | None = None, **query: Any
    ) -> Iterator[Json]:
        """Every row of a list, a few pages at a time. ``start`` is what the server calls the place of the first.

        ``told`` gets the number of all, once it is known.
        """
        address = partial(_page, path, start, query)
        body = self.object_at(address(0))
        rows = self._rows(body, path)
        if told:
            told(_count(body.get("total_count"), len(rows)))
        yield from rows
        place, size = len(rows), len(rows)
        if body.get("has_more") and size:
            total = min(_count(body.get("total_count"), 0), MOST_ROWS)
            for page, is_last in self._pages(path, [address(at) for at in range(place, total, size)]):
                yield from page
                place += len(page)
                if is_last:
                    return
            yield from self._rest(path, address, place)

    def _pages(self, path: str, addresses: list[str]) -> Iterator[tuple[list[Json], bool]]:
        """The pages at these addresses, and whether each says that it is the last. A short one ends them."""
        for address, asked in in_order(partial(ask_once, self), addresses, self):
            body = settle(self, asked, address).body
            if not isinstance(body, dict):
                raise self.wrong(path, "an object")
            yield self._rows(body, path), not body.get("has_more")

    def _rest(self, path: str, address: Callable[[int], str], place: int) -> Iterator[Json]:
        """What came to the list while it was read, one page after the other."""
        while place < MOST_ROWS:
            body = self.object_at(address(place))
            rows = self._rows(body, path)
            yield from rows
            place += len(rows)
            if not rows or not body.get("has_more"):
                return
        raise self.wrong(path, f"a list of fewer than {MOST_ROWS:,} rows")

    def _rows(self, body: Json, path: str) -> list[Json]:
        rows = body.get("items")
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise self.wrong(path, "a list of objects")
        return rows

    def wrong(self, path: str, wanted: str) -> AnswerNotUnderstood:
        """The error for an answer of another shape."""
        return AnswerNotUnderstood(
            f"{self.base} answered under {path[:200]} with something else than {wanted}: it may be another version of "
            "Torc than those understood here (0.1 to 0.6, and 0.7 to 0.35)."
        )


def headers_of(user: str, password: str) -> dict[str, str]:
    """What tells who asks; nothing where nobody stored a user."""
    if not user:
        return {}
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def part(text: str) -> str:
    """An id as a part of a path, from which nothing leads elsewhere."""
    return quote(text, safe="") if text.strip(".") else "-"


def _page(path: str, start: str, query: dict[str, Any], place: int) -> str:
    return f"{path}?{urlencode({**query, start: place, 'limit': PAGE})}"


def _count(told: Any, least: int) -> int:
    return max(told, least) if isinstance(told, int) and not isinstance(told, bool) else least


def without_secrets_in(on_answer: OnAnswer) -> OnAnswer:
    """Who listens to answers, which reach it without secrets: what it gets is kept."""

    def listen(path: str, status: int, body: Any) -> None:
        told = _without_secret_data(body) if "/user_data" in path else body
        on_answer(path, status, Answers().safe(told))

    return listen


def _without_secret_data(body: Any) -> Any:
    """A list of user data, in which a value stands beside the name that calls it secret."""
    if not isinstance(body, dict) or not isinstance(body.get("items"), list):
        return body
    return {**body, "items": [_without_value(one) for one in body["items"] if isinstance(one, dict)]}


def _without_value(told: Json) -> Json:
    if not is_secret(str(told.get("name"))):
        return told
    return {name: value for name, value in told.items() if name != "data"}
