"""The registry's API as the commands need it: JSON in, JSON out, readable errors, a token to its own server alone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase
from urllib3.util import Retry

from runstead_cli import __version__
from runstead_cli.errors import ApiError, SignInNeeded, Unreachable, api_error
from runstead_cli.uploads import Progress, Upload

TIMEOUTS = (10.0, 120.0)  # seconds to connect, seconds without a byte
PAGE_SIZE = 200


class TokenAuth(AuthBase):
    """The token as a header. Given as ``auth``, no .netrc takes its place, and a redirect elsewhere loses it."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        if self.token:
            request.headers["Authorization"] = f"Token {self.token}"
        return request


class Api:
    """One server. Paths are relative to ``/api/v2/``: ``api.get("workflows/workflowruns/", status="FAILED")``."""

    def __init__(
        self,
        url: str,
        token: str = "",
        retries: int = 3,
        trace: Callable[[str], None] | None = None,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.auth = TokenAuth(token)
        self.session.headers["User-Agent"] = f"runstead/{__version__}"
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, adapter or HTTPAdapter(max_retries=_retry(retries)))
        self.trace = trace

    def get(self, path: str, /, **params: Any) -> Any:
        """What lies at a path."""
        return _content(self.request("GET", path, params=params))

    def pages(self, path: str, /, **params: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page, each page when it is needed."""
        params = {"page_size": PAGE_SIZE} | params | {"cursor": ""}
        while True:
            page = self.get(path, **params)
            yield from page["results"]
            if not page["next"]:
                return
            # Only the cursor is taken from there: behind a proxy the host may be another one.
            params["cursor"] = parse_qs(urlsplit(page["next"]).query)["cursor"][0]

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """Send JSON; what the server says, None if it says nothing."""
        return _content(self.request("POST", path, json=body, **options))

    def put(self, path: str, body: Any = None, **options: Any) -> Any:
        """As `post`."""
        return _content(self.request("PUT", path, json=body, **options))

    def patch(self, path: str, body: Any = None, **options: Any) -> Any:
        """As `post`."""
        return _content(self.request("PATCH", path, json=body, **options))

    def delete(self, path: str, body: Any = None, **options: Any) -> Any:
        """As `post`."""
        return _content(self.request("DELETE", path, json=body, **options))

    def upload(
        self,
        path: str,
        file: Path,
        fields: dict[str, str] | None = None,
        field: str = "file",
        progress: Progress | None = None,
    ) -> Any:
        """Send a file as a form would, a piece at a time; ``progress`` is told the bytes that are sent and all."""
        with Upload(file, fields or {}, field, progress) as body:
            return _content(
                self.request("POST", path, data=body, headers={"Content-Type": body.content_type})
            )

    def stream(self, path: str, headers: dict[str, str] | None = None, /, **params: Any) -> requests.Response:
        """An answer whose content is read by the caller, who closes it (``with``); its bytes come as they are."""
        plain = {"Accept-Encoding": "identity", **(headers or {})}
        return self.request("GET", path, params=params, headers=plain, stream=True)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request; an answer that says no is raised as one of the errors."""
        options.setdefault("timeout", TIMEOUTS)
        options["params"] = {key: _word(value) for key, value in (options.get("params") or {}).items()}
        try:
            # What writes is not sent on: on the way it would become a GET.
            answer = self.session.request(
                method, self.address(path), allow_redirects=method == "GET", **options
            )
        except requests.RequestException as error:
            raise Unreachable(f"{self.url} cannot be reached: {_reason(error)}") from error
        if self.trace:
            self.trace(f"{method} {urlsplit(answer.url).path} {answer.status_code}")
        if not answer.ok or answer.is_redirect:
            raise self._error(answer)
        return answer

    def address(self, path: str) -> str:
        """The whole address of a path of the API."""
        return f"{self.url}/api/v2/{path}"

    def page(self, path: str) -> str:
        """The whole address of a page for people."""
        return f"{self.url}/{path.lstrip('/')}"

    def _error(self, answer: requests.Response) -> Exception:
        if answer.status_code == 401:
            return SignInNeeded(f"{self.url} does not know who you are: runstead login {self.url}")
        if answer.is_redirect:
            place = urlsplit(answer.headers["Location"])
            return api_error(
                f"The server has moved: runstead login {place.scheme}://{place.netloc}", answer.status_code
            )
        return _told(answer)


def _retry(times: int) -> Retry:
    """Reading is tried again where the server is only busy, or says when to come again; writing never is."""
    return Retry(
        total=times,
        connect=min(times, 1),
        backoff_factor=0.5,
        status_forcelist=(429, 502, 504),
        allowed_methods=("GET", "HEAD"),
        raise_on_status=False,
    )


def _told(answer: requests.Response) -> ApiError:
    """What the server says went wrong, each fault on a line of its own where there are several."""
    try:
        content = answer.json()
        errors = [dict(error) for error in content.get("errors") or []]
        message = str(content["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return api_error(
            f"The server answered {answer.status_code} {answer.reason or ''}".rstrip() + ".",
            answer.status_code,
        )
    if len(errors) > 1:
        lines = [f"  {error.get('field')}: {error.get('message')}" for error in errors]
        message = "\n".join([f"The server refused it for {len(errors)} reasons:", *lines])
    return api_error(message, answer.status_code, errors, content)


def _content(answer: requests.Response) -> Any:
    try:
        return answer.json() if answer.content else None
    except requests.JSONDecodeError as error:
        place = urlsplit(answer.url)
        raise Unreachable(
            f"{place.scheme}://{place.netloc} answers, but is no Runstead; check the address."
        ) from error


def _word(value: Any) -> Any:
    """A parameter as the API spells it."""
    if isinstance(value, bool):
        return json.dumps(value)
    return value


def _reason(error: requests.RequestException) -> str:
    """Why, in a few words: those of the libraries fill screens, and hold the address with all parameters."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here."
    if isinstance(error, requests.Timeout):
        return "it did not answer in time."
    if "Name or service not known" in str(error) or "NameResolution" in str(error):
        return "there is no machine of this name."
    if "Connection refused" in str(error):
        return "nothing listens there."
    return "the connection broke off."
