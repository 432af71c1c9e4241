"""The content of a file in a workspace, as a stream."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO, cast

import requests

from common.outgoing import CHUNK
from run_sources.errors import NotFound, NotReadable
from run_sources.http.downloading import PATIENCE, SLOWEST
from run_sources.reana.session import ReanaSession

# As it is: what is packed on the way has another size than the listing says.
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}


@contextmanager
def opened_file(session: ReanaSession, address: str, path: str) -> Iterator[BinaryIO]:
    """What is at the address, if it is the file of this path; read as it comes."""
    _must_be_file(path)
    session.check()
    limits = replace(session.limits, total=min(PATIENCE, session.limits.total), slowest=SLOWEST)
    with session.opened(address, headers=_HEADERS, limits=limits) as answer:
        if answer.status_code == 404:
            raise NotFound(f"{session.base} has no file {path} in this run's workspace any more.")
        if answer.status_code != 200:
            session.refuse(answer, address)
        _must_be_one(answer, path)
        yield cast(BinaryIO, io.BufferedReader(_Stream(session, answer), CHUNK))


class _Stream(io.RawIOBase):
    """The body of an answer as a file that is read once."""

    def __init__(self, session: ReanaSession, answer: requests.Response) -> None:
        self._check, self._parts, self._rest = session.check, answer.iter_content(CHUNK), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._check()
            self._rest = next(self._parts, b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def is_path_of_file(path: str) -> bool:
    """Whether a workspace can have a file of this path: relative, and leading nowhere else."""
    return bool(path) and path.isprintable() and not any(one in ("", ".", "..") for one in path.split("/"))


def _must_be_file(path: str) -> None:
    if not is_path_of_file(path):
        raise NotFound(
            f"No file of a run can have the path {path!r}: it has to be relative, without . and ..."
        )


def _must_be_one(answer: requests.Response, path: str) -> None:
    """REANA packs directories, and all that a path with ``*`` in it means, into an archive: that is not the file."""
    named = re.search(r'filename="?([^";]*)', answer.headers.get("content-disposition", ""))
    is_archive = answer.headers.get("content-type", "").startswith("application/zip")
    if is_archive and not (named and path.endswith(named[1])):
        raise NotReadable(f"{path} is not a single file of the workspace, and only those are fetched.")
