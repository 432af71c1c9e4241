"""What every command is given: the options that all share, and what is made from them when it is needed."""

import os
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import click

from runstead_cli.config import TOKEN, Config, Server
from runstead_cli.errors import SignInNeeded
from runstead_cli.output import Output

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from runstead_cli.api import Api


class Session:
    """One call of the command line.

    ``adapter`` carries the requests, and ``pause`` waits some seconds; a test gives others.
    """

    def __init__(
        self, adapter: "BaseAdapter | None" = None, pause: Callable[[float], object] | None = None
    ) -> None:
        self.adapter = adapter
        self.url = ""
        self.debug = False
        self.output = Output()
        self.pause = (
            pause or threading.Event().wait
        )  # unlike a sleep it ends at once on Ctrl-C, on every system

    @cached_property
    def config(self) -> Config:
        """The servers that are known."""
        return Config()

    @property
    def server(self) -> Server:
        """The server that this call is about."""
        server = self.config.chosen(self.url)
        if not server.url:
            raise SignInNeeded("No server is known; sign in with: runstead login https://…")
        return server

    @property
    def from_environment(self) -> bool:
        """The token of this call is the environment's."""
        return bool(os.environ.get(TOKEN)) and self.server.token == os.environ[TOKEN].strip()

    @property
    def token_place(self) -> str:
        """Where the token of this call comes from."""
        return TOKEN if self.from_environment else str(self.config.path)

    @cached_property
    def api(self) -> "Api":
        """The API of the server, as the person who is signed in."""
        if not self.server.token:
            raise SignInNeeded(
                f"You are not signed in to {self.server.url}: runstead login {self.server.url}"
            )
        return self.api_of(self.server.url, self.server.token)

    def api_of(self, url: str, token: str = "", retries: int = 3) -> "Api":
        """The API of any server, with a token or as nobody."""
        from runstead_cli.api import Api

        trace = self.output.say if self.debug else None
        return Api(url, token, retries, trace, self.adapter)


pass_session = click.make_pass_decorator(Session, ensure=True)
