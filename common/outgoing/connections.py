"""Connections that go to checked addresses only, and answers that have to come in time."""

import io
import math
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from common.outgoing.addresses import checked_addresses

MOST_ADDRESSES = 4  # of a name, that are tried one after the other


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer may take, in seconds, and how large it may be, in bytes of what it holds unpacked.

    ``silence`` is the longest pause between two parts. ``total`` counts from when the request was sent to the end of
    the answer; with ``slowest``, in bytes a second, what has come already buys more time, which is for downloads.
    """

    connect: float = 10.0
    silence: float = 60.0
    total: float = 180.0
    slowest: float = math.inf
    most_bytes: int = 64 * 1024 * 1024


NO_LIMITS = Limits()
_limits: ContextVar[Limits] = ContextVar("limits of the request that this thread makes", default=NO_LIMITS)


@contextmanager
def held_to(limits: Limits) -> Iterator[None]:
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


class _TimedReader(io.RawIOBase):
    """What comes from a socket, until the time for it is over."""

    def __init__(self, raw: io.RawIOBase, wire: socket.socket, limits: Limits) -> None:
        self.raw, self.wire, self.limits = raw, wire, limits
        self.began, self.received = time.monotonic(), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.wire.settimeout(min(self.limits.silence, self._time_left()))
        count = self.raw.readinto(buffer)
        self.received += count or 0
        return count

    def _time_left(self) -> float:
        allowed = self.limits.total + self.received / self.limits.slowest
        left = self.began + allowed - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"the answer was not complete after {allowed:.0f} seconds")
        return left

    def close(self) -> None:
        if not self.closed:
            self.raw.close()
            super().close()


class _TimedResponse(HTTPResponse):
    """An answer whose head and body have to come within the time that the request was given."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, _limits.get()))


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Checking(HTTPConnection):
    """Connects to addresses that were checked, and to nothing else."""

    def _new_conn(self) -> socket.socket:
        try:
            return self._connect()
        except socket.gaierror as problem:
            raise NameResolutionError(self.host, self, problem) from problem
        except TimeoutError as problem:
            raise ConnectTimeoutError(self, f"{self.host} does not answer.") from problem
        except OSError as problem:
            raise NewConnectionError(self, f"{self.host} cannot be reached: {problem}") from problem

    def _connect(self) -> socket.socket:
        failure = OSError("its name has no address")
        for address in checked_addresses(self._dns_host, self.port)[:MOST_ADDRESSES]:
            try:
                return create_connection(
                    (address, self.port), self.timeout, socket_options=self.socket_options
                )
            except OSError as problem:
                failure = problem
        raise failure


class _CheckedConnection(_Checking, _Connection):
    pass


class _CheckedSecureConnection(_Checking, _SecureConnection):
    pass


def _trusting(ca_certificate: str) -> dict[str, Any]:
    """What makes pools believe this authority as well as the usual ones; names and dates are checked as ever."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=ca_certificate)
    return {"ssl_context": context}


def _pools(allow_private: bool) -> dict[str, type[HTTPConnectionPool]]:
    """The kinds of pools that make our kinds of connections."""
    checked = (_CheckedConnection, _CheckedSecureConnection)
    plain, secure = (_Connection, _SecureConnection) if allow_private else checked
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


class CheckedAdapter(HTTPAdapter):
    def __init__(self, *, allow_private: bool, pool_maxsize: int, ca_certificate: str = "") -> None:
        self.pools = _pools(allow_private)
        self.trusted = _trusting(ca_certificate) if ca_certificate else {}
        super().__init__(pool_connections=2, pool_maxsize=pool_maxsize, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **(kwargs | self.trusted))
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **(kwargs | self.trusted))
        manager.pool_classes_by_scheme = self.pools
        return manager
