"""Which servers are known, with the token of each: one file that nobody else may read.

What the environment says wins: ``RUNSTEAD_URL`` over the server that stands there as the default, and
``RUNSTEAD_TOKEN`` over its token.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from runstead_cli.errors import Failure

URL = "RUNSTEAD_URL"
TOKEN = "RUNSTEAD_TOKEN"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that somebody signed in to. ``token_id`` names the token on the server, so that it can be revoked."""

    url: str
    token: str = field(default="", repr=False)
    user: str = ""
    token_id: str = ""


def config_directory() -> Path:
    """Where the file lies; ``XDG_CONFIG_HOME`` moves it."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "runstead"


def clean_url(text: str) -> str:
    """The address of a server as all others spell it: with its scheme, without the API's path and a last slash."""
    url = text.strip() if "://" in text else f"https://{text.strip()}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failure(
            f"{text} is no address of a server; expected something like https://runstead.example.org"
        )
    if parts.username or parts.password:
        raise Failure("An address must not hold a password; leave it out and sign in with `runstead login`.")
    path = parts.path.rstrip("/").removesuffix("/api/v2").rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


class Config:
    """The servers that are known. Reading makes no file; what is changed is written at once."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_directory() / "servers.json"
        self._content = self._read()

    @property
    def servers(self) -> list[Server]:
        """All of them, by address."""
        return [Server(url=url, **known) for url, known in sorted(self._content["servers"].items())]

    @property
    def default(self) -> str:
        """The address of the server that is meant when none is named; empty without any."""
        return str(self._content["default"])

    def server(self, url: str) -> Server | None:
        """The one of this address."""
        return next((server for server in self.servers if server.url == url), None)

    def chosen(self, url: str = "") -> Server:
        """The server that is meant: ``url``, else the environment's, else the default; with the token for it."""
        from_environment = clean_url(os.environ[URL]) if os.environ.get(URL) else ""
        wanted = clean_url(url) if url else from_environment or self.default
        known = self.server(wanted) or Server(wanted)
        token = os.environ.get(TOKEN, "").strip()
        # A token for the environment's server goes to no other one.
        if token and wanted == (from_environment or wanted):
            return Server(wanted, token)
        return known

    def remember(self, server: Server, make_default: bool = False) -> None:
        """Write a server down; the first one is the default."""
        known = asdict(server)
        self._content["servers"][known.pop("url")] = known
        if make_default or not self.default:
            self._content["default"] = server.url
        self._write()

    def forget(self, url: str) -> None:
        """Strike a server off; another one becomes the default if it was that."""
        self._content["servers"].pop(url, None)
        if self.default == url:
            self._content["default"] = next(iter(sorted(self._content["servers"])), "")
        self._write()

    def is_private(self) -> bool:
        """Nobody but its owner may read the file."""
        return not self.path.exists() or self.path.stat().st_mode & 0o077 == 0

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            return {"default": str(content["default"]), "servers": dict(content["servers"])}
        except FileNotFoundError:
            return {"default": "", "servers": {}}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Failure(f"{self.path} cannot be read; remove it and sign in again.") from error

    def _write(self) -> None:
        """A whole file or none: written beside it, with its mode from the beginning, and renamed."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".servers-")  # mkstemp's mode is 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(self._content, file, indent=2)
            file.write("\n")
        os.replace(name, self.path)
