"""What is asked of a WES server; knows nothing of runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import requests

from common.outgoing import CHUNK
from run_sources.errors import AnswerNotUnderstood, SourceError
from run_sources.http.session import HttpSession
from run_sources.seam import Access
from run_sources.wes.session import WesSession

Json = dict[str, Any]
PAGE = 100  # runs or tasks that are asked for at once
MOST_PAGES = 100_000
HAS_NOT = (400, 404, 405, 406, 410, 501)  # what servers answer where they lack something that others have
SLOWEST = 2048.0  # bytes a second; slower is no download


class WesClient:
    """One WES server. Every method raises SourceError."""

    def __init__(self, access: Access) -> None:
        self.session = WesSession(access)
        self.service = self.session.service

    def service_info(self) -> Json:
        """What the server says of itself; empty where it says nothing."""
        told = self._if_there(f"{self.session.prefix}/service-info")
        return told if isinstance(told, dict) else {}

    def user(self) -> str:
        """Whose the token is, where the server tells (sapporo); KeyRefused where it does not know it."""
        if self.session.has_key:
            told = self._if_there(f"{self.session.prefix}/me")
            if isinstance(told, dict) and isinstance(told.get("username"), str):
                return str(told["username"])[:255]
        self._page("/runs", "", 1)
        return ""

    def run(self, run_id: str) -> Json:
        """The run log."""
        path = self.path_of(run_id)
        return _as_object(self.session.get(path), self.session)

    def run_ids(self) -> Iterator[str]:
        """The identifiers of all runs, in the server's order; WES 1.0 calls the list ``workflows``, 1.1 ``runs``."""
        for page in self._pages("/runs"):
            listed = page.get("runs") if isinstance(page.get("runs"), list) else page.get("workflows")
            for one in listed if isinstance(listed, list) else ():
                if isinstance(one, dict) and isinstance(one.get("run_id"), str):
                    yield one["run_id"]

    def tasks(self, run_id: str) -> Iterator[list[Json]]:
        """The run's tasks, a page at a time (1.1); nothing where the server lists none."""
        below = f"/runs/{quote(run_id, safe='')}/tasks"
        first = self._if_there(f"{self.session.prefix}{below}?{urlencode({'page_size': PAGE})}")
        for page in self._pages(below, first) if isinstance(first, dict) else ():
            listed = page.get("task_logs")
            yield [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    def crate(self, run_id: str) -> Json | None:
        """The metadata of the server's own RO-Crate of the run; None where it makes none (sapporo does)."""
        told = self._if_there(f"{self.path_of(run_id)}/ro-crate")
        return told if isinstance(told, dict) and isinstance(told.get("@graph"), list) else None

    @contextmanager
    def opened_crate(self, run_id: str) -> Iterator[requests.Response | None]:
        """The head of the answer that brings that crate as a zip, with its files; None where it is not given."""
        limits = replace(self.session.limits, slowest=SLOWEST)
        path = f"{self.path_of(run_id)}/ro-crate?download=true"
        with self.session.opened(path, headers={"Accept": "*/*"}, limits=limits) as answer:
            is_zip = answer.headers.get("content-type", "").startswith("application/zip")
            yield answer if answer.status_code == 200 and is_zip else None

    def text_at(self, path: str, most: int) -> tuple[str, bool]:
        """A text of the same host, of which ``most`` bytes are read, and whether that is all of it."""
        with self.opened_file(path) as answer:
            read = bytearray()
            for part in answer.iter_content(CHUNK):
                self.session.check()
                read += part
                if len(read) > most:
                    return bytes(read[:most]).decode(errors="replace"), False
            return bytes(read).decode(errors="replace"), True

    @contextmanager
    def opened_file(self, path: str) -> Iterator[requests.Response]:
        """The head of the answer that brings a file of the same host, and its content to read."""
        limits = replace(self.session.limits, slowest=SLOWEST)
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        with self.session.opened(path, headers=headers, limits=limits) as answer:
            if answer.status_code != 200:
                self.session.refuse(answer, path)
            yield answer

    def path_of(self, run_id: str) -> str:
        """The path of a run on its host."""
        return f"{self.session.prefix}/runs/{quote(run_id, safe='')}"

    def _pages(self, below: str, first: Json | None = None) -> Iterator[Json]:
        """The pages of a list: the token of the next is null, empty or missing where there is none."""
        page = first if first is not None else self._page(below)
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            yield page
            token = page.get("next_page_token")
            if not isinstance(token, str) or not token or token in seen:
                return
            seen.add(token)
            page = self._page(below, token)

    def _page(self, below: str, token: str = "", size: int = PAGE) -> Json:
        asked = {"page_size": str(size)} | ({"page_token": token} if token else {})
        return _as_object(self.session.get(f"{self.session.prefix}{below}?{urlencode(asked)}"), self.session)

    def _if_there(self, path: str) -> Any:
        """What the JSON at a path says that not every server has; None where this one has not."""
        answer = self.session.ask_patiently(path)
        try:
            return self.session.take(answer).body
        except SourceError:
            if answer.status in (
                200,
                *HAS_NOT,
            ):  # 200 with a page, as of a server that shows one for every path
                return None
            raise


def _as_object(told: Any, session: HttpSession) -> Json:
    if not isinstance(told, dict):
        raise AnswerNotUnderstood(
            f"{session.base} answered in another shape than GA4GH WES has. Look whether the address is that of a WES "
            "server."
        )
    return told
