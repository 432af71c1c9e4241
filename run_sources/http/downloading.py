"""The content of a file, streamed, and taken up where it broke off."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

import requests

from common.outgoing import CHUNK
from run_sources.errors import AnswerNotUnderstood, SourceUnavailable, TooLarge
from run_sources.http.session import HttpSession

SLOWEST = 2048.0  # bytes a second; slower is no download
PATIENCE = 60.0  # seconds that a download may take without having brought anything
MOST_TRIES = 4  # in a row that bring nothing new
NUMBER = "([0-9]{1,18})"  # of bytes; what has more digits is none
WHOLE, PART, NOTHING_LEFT = 200, 206, 416


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What was fetched: its size in bytes, and by what a later request recognises the same content.

    ``is_archive`` says that the server calls it a zip.
    """

    size: int
    etag: str = ""
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a download is."""

    offset: int
    etag: str


class Download:
    """Writes the answer at one path into a file.

    ``told`` gets, with every answer, its etag and its whole size in bytes (None where the server does not say): what
    is to be kept to go on after an interruption.
    """

    def __init__(
        self,
        session: HttpSession,
        path: str,
        write: BinaryIO,
        limit: int,
        told: Callable[[str, int | None], None] | None = None,
    ) -> None:
        self.session, self.path, self.write, self.limit = session, path, write, limit
        self.told = told or (lambda etag, size: None)
        self.limits = replace(session.limits, total=min(PATIENCE, session.limits.total), slowest=SLOWEST)

    def fetch(self, offset: int = 0, etag: str = "") -> Downloaded:
        """All of it, from ``offset`` on if what is there is still the same by its ``etag``; else from the beginning."""
        place, failures = self._begin(_Place(offset if etag else 0, etag)), 0
        while True:
            self.session.check()
            reached = place.offset
            try:
                return self._try(place)
            except SourceUnavailable as problem:
                place = self._reached(place)
                failures = 0 if place.offset > reached else failures + 1
                self._rest_or_give_up(problem, failures)

    def _begin(self, place: _Place) -> _Place:
        self.write.seek(place.offset)
        self.write.truncate()
        self.etag = place.etag
        return place

    def _reached(self, place: _Place) -> _Place:
        """What is written can be gone on from if the server gave it a mark to know it by."""
        return self._begin(_Place(self.write.tell() if self.etag else 0, self.etag))

    def _rest_or_give_up(self, problem: SourceUnavailable, failures: int) -> None:
        wait = max(problem.retry_after or 0.0, float(2**failures))
        if failures >= MOST_TRIES or wait > self.session.longest_wait:
            raise problem
        self.session.rest(wait)

    def _try(self, place: _Place) -> Downloaded:
        with self.session.opened(self.path, headers=_headers(place), limits=self.limits) as answer:
            if answer.status_code == NOTHING_LEFT and place.offset:
                return self._nothing_left(answer, place)
            if answer.status_code not in (WHOLE, PART):
                self.session.refuse(answer, self.path)
            self._take_up(answer, place)
            self._write_all(answer)
            return Downloaded(self.write.tell(), self.etag, _is_archive(answer))

    def _take_up(self, answer: requests.Response, place: _Place) -> None:
        start, total = _range_of(answer)
        if start not in (0, place.offset):
            raise AnswerNotUnderstood(
                f"{self.session.base} sent another part of the file than was asked for."
            )
        self._begin(_Place(start, _mark_of(answer)))
        self.told(self.etag, total)
        if total is not None and total > self.limit:
            raise TooLarge(
                f"It has {total} bytes; the limit for downloads is {self.limit}. Ask an administrator."
            )

    def _write_all(self, answer: requests.Response) -> None:
        written = self.write.tell()
        for part in answer.iter_content(CHUNK):
            self.session.check()
            written += len(part)
            if written > self.limit:
                raise TooLarge(
                    f"It has more than {self.limit} bytes, the limit for downloads. Ask an administrator."
                )
            self.write.write(part)

    def _nothing_left(self, answer: requests.Response, place: _Place) -> Downloaded:
        """All was there already, or what was there is no part of it: then it is begun again."""
        total = re.fullmatch(rf"bytes \*/{NUMBER}", answer.headers.get("content-range", ""))
        if total and int(total[1]) == place.offset:
            return Downloaded(place.offset, place.etag)
        return self._try(self._begin(_Place(0, "")))


def _headers(place: _Place) -> dict[str, str]:
    # As it is: ranges of what is packed on the way would not fit together.
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if place.offset:
        headers |= {"Range": f"bytes={place.offset}-", "If-Range": place.etag}
    return headers


def _mark_of(answer: requests.Response) -> str:
    """What tells that content is the same: a strong etag, or the time of its last change; empty if there is neither."""
    etag: str = answer.headers.get("etag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return str(answer.headers.get("last-modified", ""))


def _is_archive(answer: requests.Response) -> bool:
    """By the name that the server gives it; its media type is that of the content, which may mean a part of it."""
    named = str(answer.headers.get("content-disposition", ""))
    if "filename" in named:
        return re.search(r'\.zip"?\s*(;|$)', named, re.IGNORECASE) is not None
    return str(answer.headers.get("content-type", "")).startswith("application/zip")


def _range_of(answer: requests.Response) -> tuple[int, int | None]:
    """Where the content starts that came, and how large the whole is."""
    if answer.status_code == PART:
        found = re.fullmatch(rf"bytes {NUMBER}-\d+/(?:{NUMBER}|\*)", answer.headers.get("content-range", ""))
        return (int(found[1]), int(found[2]) if found[2] else None) if found else (-1, None)
    length = re.fullmatch(NUMBER, answer.headers.get("content-length", ""))
    return 0, int(length[1]) if length else None
