"""REANA over HTTP: where the token goes, and what its refusals mean."""

import re
from dataclasses import replace
from typing import Any

import orjson

from run_sources.errors import (
    AnswerNotUnderstood,
    KeyRefused,
    NotFound,
    SourceError,
    SourceUnavailable,
)
from run_sources.http.session import Answer, HttpSession

HIDDEN = "…"
SHORTEST_TOKEN = 6  # characters; what is shorter would be found in words that are no secret
BUSY = "its database is too busy, or away"
_DATABASE = re.compile(r"sqlalchemy|psycopg|QueuePool|sqlalche\.me|OperationalError", re.IGNORECASE)
_IN_QUERY = re.compile(r"(access_token=)[^&\s\"']+", re.IGNORECASE)
_TOKEN_REFUSED = ("Token not valid", "User has no active tokens")
_NO_RUN = re.compile(r"REANA_WORKON is set to (?P<run>.{1,300}?), but that workflow does not exist")
_TOO_MANY = "Too many files"


class TooManyFiles(AnswerNotUnderstood):
    """A workspace holds more files than REANA lists."""


class ReanaSession(HttpSession):
    """One REANA server, for the owner of a token.

    REANA wants the token in the query, and nowhere else. It is taken out of all that comes back, too: an account's
    answer tells it, and a job may have printed it.
    """

    system = "REANA server"

    def __init__(self, base: str, token: str = "", **options: Any) -> None:
        super().__init__(base, secret_query={"access_token": token} if token else None, **options)
        self._token = token if len(token) >= SHORTEST_TOKEN else ""

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Answer:
        """Ask once; the answer has no token in it."""
        answer = super().ask(path, method, body)
        if not self._token or self._token.encode() not in answer.raw:
            return answer
        raw = answer.raw.replace(self._token.encode(), HIDDEN.encode())
        return replace(answer, raw=raw, body=None if answer.body is None else orjson.loads(raw))

    def words_of(self, body: Any) -> str:
        """What the server says; never what its database said, nor a token."""
        words = super().words_of(body)
        if _DATABASE.search(words):
            return BUSY
        words = _IN_QUERY.sub(rf"\1{HIDDEN}", words)
        return words.replace(self._token, HIDDEN) if self._token else words

    def away(
        self, reason: str, retry_after: float | None = None, status: int | None = None
    ) -> SourceUnavailable:
        """The error for a server that cannot answer now; an overloaded one says 500, and is worth another try."""
        return super().away(reason, retry_after, 503 if BUSY in reason else status)

    def refusal(self, status: int, body: Any, path: str) -> SourceError:
        """What REANA means: it says 403 of a token that it does not know, and speaks of a variable of its client's."""
        words = self.words_of(body)
        if status in (401, 403) and self.has_key and words.startswith(_TOKEN_REFUSED):
            return KeyRefused(
                f"{self.base} does not accept the access token that is stored (it says: {words}). Copy yours from "
                "your profile page there, and store it for this server here."
            )
        if status == 404 and (found := _NO_RUN.search(words)):
            return NotFound(
                f"{self.base} shows no run {found['run']} to the owner of the token. Names hold for one's own runs "
                "only: give the run's UUID, and have it shared if it is somebody else's."
            )
        if status == 400 and words.startswith(_TOO_MANY):
            return TooManyFiles(f"{self.base} does not list the workspace (it says: {words}).")
        if status == 409:
            return AnswerNotUnderstood(
                f"{self.base} is just doing something else with this run (it says: {words}). Try again later."
            )
        return super().refusal(status, body, path)
