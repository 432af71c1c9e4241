"""A WES server over HTTP: who asks is told by a token, or by a user and password for which it gives one."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
import requests
from urllib3.util import Timeout

from common.outgoing import ForbiddenAddress, TooMuch, open_session, origin, read_all
from common.outgoing.connections import held_to
from run_sources.errors import AddressForbidden, AnswerNotUnderstood, KeyRefused, SourceUnavailable
from run_sources.http.session import Answer, HttpSession
from run_sources.seam import Access


class WesSession(HttpSession):
    """Asks one host: the service, and what lies beside it on the same host, as the logs of Toil do.

    ``prefix`` is the path of the service there. The token of a user and password is fetched when first needed, and
    lives as long as this object; nothing but that request ever carries the password.
    """

    system = "WES server"

    def __init__(self, access: Access) -> None:
        given = access.credentials
        token = given.get("token", "")
        super().__init__(
            origin(access.base),
            headers={"Authorization": f"Bearer {token}"} if token else None,
            allow_private=access.allow_private,
            limits=access.limits,
            on_answer=access.on_answer,
            check=access.check,
        )
        self.service = access.base.rstrip("/")
        self.prefix = self.service.removeprefix(self.base)
        self._login = _login_of(given) if not token else None
        self._signing_in = threading.Lock()
        self._allow_private = access.allow_private
        self.has_key = self.has_key or self._login is not None

    @contextmanager
    def opened(self, path: str, *args: Any, **kwargs: Any) -> Iterator[requests.Response]:
        """As of every session, signed in before if that is how it is done."""
        self._sign_in()
        with super().opened(path, *args, **kwargs) as response:
            yield response

    def ask_patiently(self, path: str) -> Answer:
        """The answer, waited for where that can help; a refusal is an answer, too (see ``take``)."""
        return self._patiently(lambda: self.ask(path))

    def _sign_in(self) -> None:
        with self._signing_in:
            if self._login is not None:
                token = self._fetch_token(self._login)
                self._headers["Authorization"] = f"Bearer {token}"
                self._login = None

    def _fetch_token(self, login: Mapping[str, str]) -> str:
        """The token that the server gives for a user and password (sapporo: ``POST /token``, a form)."""
        try:
            status, body = self._post_form(f"{self.service}/token", login)
        except ForbiddenAddress as problem:
            raise AddressForbidden(str(problem)) from None
        except (requests.RequestException, TooMuch):
            raise self.away("it did not let us sign in") from None
        return self._token_in(status, body)

    def _token_in(self, status: int, body: Any) -> str:
        if status == 429 or status >= 500:
            raise SourceUnavailable(f"{self.service} cannot sign anybody in at the moment ({status}).")
        if status in (401, 403):
            raise KeyRefused(f"{self.service} does not accept the user and password that are stored.")
        token = body.get("access_token") if isinstance(body, dict) else None
        if status != 200 or not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise AnswerNotUnderstood(
                f"{self.service} gives no token for a user and password ({status}). Store a token for it, or nothing "
                "if it answers to everybody."
            )
        return token

    def _post_form(self, url: str, form: Mapping[str, str]) -> tuple[int, Any]:
        with open_session(allow_private=self._allow_private) as http, held_to(self.limits):
            timeout = Timeout(connect=self.limits.connect, read=self.limits.silence)
            answer = http.post(url, data=form, timeout=timeout, stream=True, allow_redirects=False)  # type: ignore[arg-type]
            try:
                return answer.status_code, orjson.loads(read_all(answer, self.limits))
            except orjson.JSONDecodeError:
                return answer.status_code, None


def _login_of(given: Mapping[str, str]) -> dict[str, str] | None:
    user, password = given.get("user", ""), given.get("password", "")
    return {"username": user, "password": password} if user and password else None
