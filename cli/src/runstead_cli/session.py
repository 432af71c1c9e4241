"""What every command is given: the options that all share, and what is made from them when it is needed."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

import click

from runstead_cli.config import Config, Server
from runstead_cli.errors import SignInNeeded
from runstead_cli.output import Output

if TYPE_CHECKING:
    from runstead_cli.api import Api


class Session:
    """One call of the command line. ``pause`` waits some seconds; a test puts another one in its place."""

    def __init__(self) -> None:
        self.url = ""
        self.debug = False
        self.output = Output()
        self.pause = threading.Event().wait  # unlike a sleep it ends at once on Ctrl-C, on every system

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

        return Api(url, token, retries, trace=self.output.say if self.debug else None)


pass_session = click.make_pass_decorator(Session, ensure=True)
