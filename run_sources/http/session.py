"""One server over HTTP: its key, patience, and what its answers mean. Knows no endpoint."""

import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlencode

import orjson
import requests

from common.outgoing import ForbiddenAddress, Limits, TooMuch, open_session, read_all, send
from run_sources.errors import (
    AddressForbidden,
    AnswerNotUnderstood,
    AnswerTooLarge,
    CertificateRefused,
    KeyRefused,
    NotFound,
    NotReadable,
    SourceError,
    SourceUnavailable,
)
from run_sources.http.waiting import delays, read_retry_after

MOST_TRIES = 4
LONGEST_WAIT = 30.0  # seconds that a server may ask for and be waited for; beyond that the work is put off
SLICE = 1.0  # seconds between two looks whether to stop, in a pause
MOST_PARTS = 5_000_000  # objects and lists in an answer: empty ones take thirty times their bytes in memory
WORTH_WAITING_FOR = (429, 502, 503, 504)
NAMES_OF_WORDS = ("message", "msg", "detail", "errorMessage", "err_msg", "error")
MOST_WORDS = 300  # characters of what a server says
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")  # a database keeps no NUL


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the API. ``body`` is what its JSON says, ``raw`` the bytes it came in."""

    path: str
    status: int
    body: Any
    raw: bytes


def pause_for(seconds: float) -> None:
    """Wait so many seconds."""
    threading.Event().wait(seconds)


class HttpSession:
    """Asks one server below its ``base`` address.

    What tells who asks goes into ``headers`` or, where a server wants that, ``secret_query``; neither is ever logged,
    told in an error, or given to ``on_answer``. ``check`` is called before requests and in pauses, and raises to stop.
    ``on_answer`` gets the path, status and body of every JSON answer. Both are called in the thread that calls; only
    ``ask`` may be called in others. ``ca_certificate`` is an authority in PEM that is believed besides the usual ones,
    for a server that made its certificate itself: CertificateRefused.

    A source's own session says its ``system``'s name, and overrides ``words_of`` and ``refusal`` where it has manners
    of its own.
    """

    system = "server"

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        secret_query: Mapping[str, str] | None = None,
        allow_private: bool = False,
        at_once: int = 3,
        limits: Limits | None = None,
        pause: Callable[[float], None] = pause_for,
        on_answer: Callable[[str, int, Any], None] | None = None,
        check: Callable[[], None] | None = None,
        ca_certificate: str = "",
    ) -> None:
        self.base = base.rstrip("/")
        self.limits = limits or Limits()
        self.at_once = at_once
        self.account = ""  # of the key, once it is known
        self.has_key = bool(headers or secret_query)
        self._headers = dict(headers or {})
        self._secret_query = urlencode(secret_query or {})
        self._http = self._open(allow_private, at_once + 1, ca_certificate)
        self._pause = pause
        self.longest_wait = LONGEST_WAIT
        self._on_answer = on_answer or (lambda path, status, body: None)
        self.check = check or (lambda: None)

    def _open(self, allow_private: bool, at_once: int, ca_certificate: str) -> requests.Session:
        try:
            return open_session(allow_private=allow_private, at_once=at_once, ca_certificate=ca_certificate)
        except ValueError as problem:
            raise CertificateRefused(
                f"The certificate that is stored for {self.base} cannot be used. {problem}"
            ) from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base!r})"

    def close(self) -> None:
        """Let go of its connections."""
        self._http.close()

    def get(self, path: str) -> Any:
        """What the JSON at this path says; waits and asks again where that can help."""
        return self.take(self._patiently(lambda: self.ask(path))).body

    def get_bytes(self, path: str) -> bytes:
        """The JSON at this path as it came."""
        return self.take(self._patiently(lambda: self.ask(path))).raw

    def post(self, path: str, body: Any) -> Any:
        """Ask for something to be done. Only a server that was too busy is asked again."""
        return self.take(self._patiently(lambda: self.ask(path, "POST", body))).body

    def take(self, answer: Answer) -> Answer:
        """Tell who listens about an answer, and raise what it means if it is none to go on with."""
        self._on_answer(answer.path, answer.status, answer.body)
        if answer.status >= 400:
            raise self.refusal(answer.status, answer.body, answer.path)
        if answer.body is None and answer.raw.strip() != b"null":
            raise AnswerNotUnderstood(
                f"{self.base} answered with something that is not the API of a {self.system}. Look whether the "
                "address is the server's own, without a page behind it."
            )
        return answer

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Answer:
        """Ask once. SourceUnavailable where another try can help; refusals are answers (see ``take``)."""
        with self.opened(path, method, body) as response:
            self._raise_if_busy(response)
            raw = read_all(response, self.limits)
            return Answer(path, response.status_code, _read_json(raw), raw)

    def again(self, problem: SourceUnavailable, path: str) -> Answer:
        """Ask for what ``ask`` could not get, patiently."""
        return self._patiently(lambda: self.ask(path), [problem])

    @contextmanager
    def opened(
        self,
        path: str,
        method: str = "GET",
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Iterator[requests.Response]:
        """The head of an answer, and the body to read; what HTTP raises meanwhile becomes our errors."""
        response = None
        try:
            response = send(
                self._http, method, self._address(path), json=body, limits=limits or self.limits,
                headers={**self._headers, "Accept": "application/json", **(headers or {})},
            )  # fmt: skip
            yield response
        except ForbiddenAddress as problem:
            raise AddressForbidden(str(problem)) from None
        except TooMuch as problem:
            raise AnswerTooLarge(f"{self.base}: {problem} Ask its administrators.") from None
        except (requests.exceptions.ContentDecodingError, requests.exceptions.InvalidURL) as problem:
            raise AnswerNotUnderstood(f"{self.base} answered in a broken way: {_reason(problem)}") from None
        except requests.RequestException as problem:
            raise self.away(_reason(problem)) from None
        finally:
            if response is not None:
                response.close()

    def refuse(self, response: requests.Response, path: str) -> NoReturn:
        """Raise what an answer means that is not the content that was asked for."""
        self._raise_if_busy(response)
        raise self.refusal(response.status_code, _read_json(read_all(response, self.limits)), path)

    def words_of(self, body: Any) -> str:
        """What the server says about an error, shortened; empty if it says nothing that can be read."""
        if not isinstance(body, dict):
            return ""
        said = next((body[name] for name in NAMES_OF_WORDS if isinstance(body.get(name), str)), "")
        return readable(said)

    def refusal(self, status: int, body: Any, path: str) -> SourceError:
        """The error that an answer means, with a sentence that says what to do."""
        words = self.words_of(body)
        said = f" (it says: {words})" if words else ""
        if status == 401 or (status == 403 and not self.has_key):
            return KeyRefused(self._refused_key(said))
        if status == 403:
            who = (
                f"the account {self.account}"
                if self.account
                else "the account that the credentials belong to"
            )
            return NotReadable(
                f"{self.base} does not show this to {who}{said}. Have it shared with that account, or use the "
                "credentials of its owner."
            )
        if status in (404, 410):
            return NotFound(
                f"{self.base} knows nothing under {path.partition('?')[0][:200]}{said}. Look whether the address is "
                "whole, and of this server."
            )
        return AnswerNotUnderstood(
            f"{self.base} refused the request ({status}){said or ': it does not say why'}."
        )

    def _refused_key(self, said: str) -> str:
        if not self.has_key:
            return f"{self.base} answers to nobody without credentials{said}. Store yours for it, then try again."
        return (
            f"{self.base} does not accept the credentials that are stored{said}. They may have been replaced: make "
            "new ones there, and store them for this server here."
        )

    def _address(self, path: str) -> str:
        if not self._secret_query:
            return self.base + path
        return f"{self.base}{path}{'&' if '?' in path else '?'}{self._secret_query}"

    def away(
        self, reason: str, retry_after: float | None = None, status: int | None = None
    ) -> SourceUnavailable:
        """The error for a server that cannot answer now."""
        return SourceUnavailable(
            f"{self.base} cannot answer at the moment ({reason}). If that lasts, look whether the server works in a "
            "browser.",
            retry_after,
            status,
        )

    def rest(self, seconds: float) -> None:
        """Wait, and look now and then whether to stop."""
        while seconds > 0:
            self.check()
            self._pause(min(seconds, SLICE))
            seconds -= SLICE
        self.check()

    def _raise_if_busy(self, response: requests.Response) -> None:
        status = response.status_code
        if status == 429 or (status >= 500 and status != 501):
            wait = read_retry_after(response.headers.get("retry-after"))
            raise self.away(self._told(status, _read_json(read_all(response, self.limits))), wait, status)

    def _told(self, status: int, body: Any) -> str:
        return f"{status}: {words}" if (words := self.words_of(body)) else f"status {status}"

    def _patiently(
        self, ask: Callable[[], Answer], problems: list[SourceUnavailable] | None = None
    ) -> Answer:
        problems = problems or []
        waits = delays(MOST_TRIES - 1, random.random)
        while True:
            if problems:
                self.rest(self._wait_for(problems[-1], waits))
            self.check()
            try:
                return ask()
            except SourceUnavailable as problem:
                problems.append(problem)

    def _wait_for(self, problem: SourceUnavailable, waits: Iterator[float]) -> float:
        wait, asked = next(waits, None), problem.retry_after or 0.0
        is_hopeless = problem.status is not None and problem.status not in WORTH_WAITING_FOR
        if wait is None or asked > LONGEST_WAIT or is_hopeless:
            raise problem
        return max(wait, asked)


def readable(said: str) -> str:
    """A server's words on one line, shortened, without what no database keeps."""
    return " ".join(_UNSEEN.sub(" ", said[: MOST_WORDS * 10]).split())[:MOST_WORDS]


def _read_json(raw: bytes) -> Any:
    """What the bytes say, None where they are no JSON. Servers tell the wrong type now and then: that is not asked."""
    if raw.count(b"{") + raw.count(b"[") > MOST_PARTS:
        return None
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _reason(problem: BaseException) -> str:
    """In a few words why there was no answer, or no whole one; urllib3 and requests wrap it in several layers."""
    found = {type(each).__name__ for each in _layers(problem)}
    return next((words for name, words in REASONS.items() if name in found), "the connection failed")


def _layers(problem: BaseException) -> Iterator[BaseException]:
    yield problem
    for inner in (getattr(problem, "reason", None), *problem.args):
        if isinstance(inner, BaseException):
            yield from _layers(inner)


REASONS = {
    "NameResolutionError": "its name is not known",
    "SSLError": "its certificate is not valid, or its encryption is too old",
    "ProxyError": "the proxy on the way cannot be used",
    "ConnectTimeoutError": "there was no connection in time",
    "ReadTimeoutError": "the answer did not come in time",
    "IncompleteRead": "the answer broke off",
    "InvalidChunkLength": "the answer broke off",
    "ProtocolError": "the connection was cut",
    "NewConnectionError": "nothing answers there",
    "ContentDecodingError": "what is packed cannot be unpacked",
}
