"""Requests to addresses that people name: to public hosts only, unless told otherwise, and always with an end.

A name is resolved when the connection is made, every address that it has is checked, and the connection goes to a
checked one; certificates and ``Host`` stay the name's. So a name cannot be looked up once for the check and once more,
differently, for the connection. No Django.
"""

import ssl
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.util import Timeout

from common.outgoing.addresses import ForbiddenAddress, is_public
from common.outgoing.connections import CheckedAdapter, Limits, held_to

__all__ = ["ForbiddenAddress", "Limits", "TooMuch", "is_public", "open_session", "origin", "read_all", "send"]

DEFAULT_PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
CHUNK = 64 * 1024  # bytes


class TooMuch(Exception):
    """The answer is larger than it may be."""


def open_session(
    *, allow_private: bool = False, at_once: int = 4, ca_certificate: str = ""
) -> requests.Session:
    """A session that keeps no cookies and reads no ``.netrc``; use it with ``send``.

    Without ``allow_private`` every connection to an address that is not public raises ForbiddenAddress, and proxies of
    the environment are left out, because they would look names up on their side. With it they are used.

    ``ca_certificate`` is an authority in PEM that is believed besides the usual ones; ValueError if it is none.
    """
    session = _Session()
    session.trust_env = allow_private
    session.auth = _as_it_is  # else requests would look into .netrc
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": "Runstead", "Accept-Encoding": "gzip, deflate"})
    session.adapters.clear()
    for scheme in DEFAULT_PORTS:
        session.mount(f"{scheme}://", _adapter(allow_private, at_once, ca_certificate))
    return session


def _adapter(allow_private: bool, at_once: int, ca_certificate: str) -> CheckedAdapter:
    try:
        return CheckedAdapter(
            allow_private=allow_private, pool_maxsize=at_once, ca_certificate=ca_certificate
        )
    except ssl.SSLError:
        raise ValueError("This is no certificate in PEM (-----BEGIN CERTIFICATE-----).") from None


def send(
    session: requests.Session,
    method: str,
    url: str,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None = None,
    json: Any = None,
) -> requests.Response:
    """Ask, and come back with the head of the answer; its body is still to be read. Close it.

    Redirects are followed a few times within the same host only, from http to https at most.
    Raises ForbiddenAddress, and what requests raises.
    """
    for _ in range(MOST_REDIRECTS + 1):
        answer = _send_once(session, method, url, limits, headers, json)
        if answer.status_code not in REDIRECTS or "location" not in answer.headers:
            return answer
        answer.close()
        url = _next_address(method, url, answer.headers["location"])
    raise ForbiddenAddress(f"{origin(url)} sends from one address to the next without an end.")


def read_all(answer: requests.Response, limits: Limits) -> bytes:
    """The whole body, unpacked; TooMuch as soon as it is larger than it may be."""
    body = bytearray()
    for part in answer.iter_content(CHUNK):
        body += part
        if len(body) > limits.most_bytes:
            answer.close()
            raise TooMuch(f"The answer is larger than {limits.most_bytes} bytes.")
    return bytes(body)


def origin(url: str) -> str:
    """Scheme, host and port of an address, as far as they can be read; the port only where it is not the usual."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    name = f"[{host}]" if ":" in host else host
    port = parts.port
    return f"{parts.scheme}://{name}" + (
        f":{port}" if port and port != DEFAULT_PORTS.get(parts.scheme) else ""
    )


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Where an answer leads is looked at here: requests would stumble over what is no address."""


def _send_once(
    session: requests.Session,
    method: str,
    url: str,
    limits: Limits,
    headers: Mapping[str, str] | None,
    json: Any,
) -> requests.Response:
    with held_to(limits):
        return session.request(
            method, url, headers=headers, json=json, stream=True, allow_redirects=False,
            timeout=Timeout(connect=limits.connect, read=limits.silence),  # type: ignore[arg-type]
        )  # fmt: skip


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _next_address(method: str, url: str, location: str) -> str:
    target = _joined(url, location)
    if method not in ("GET", "HEAD") or not _is_same_place(url, target):
        raise ForbiddenAddress(
            f"{origin(url)} sends on to {_told(target)}. Only answers of the server itself are taken: "
            "use the address that it is really at."
        )
    return target


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # half a bracket
        return location


def _is_same_place(url: str, target: str) -> bool:
    try:
        there, here = urlsplit(target), urlsplit(url)
        if there.username is not None or there.password is not None:
            return False
        if origin(target) == origin(url):
            return True
        upgraded = (here.scheme, there.scheme) == ("http", "https")
        return upgraded and here.hostname == there.hostname and not (here.port or there.port)
    except ValueError:  # a port that is no number
        return False


def _told(target: str) -> str:
    try:
        return origin(target)[:200]
    except ValueError:
        return "an address that cannot be read"
