"""What keeps the command line from working here: looked at from the nearest to the farthest."""

import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

import click

from runstead_cli import __version__
from runstead_cli.config import TOKEN, URL
from runstead_cli.errors import Failure
from runstead_cli.session import Session, pass_session

if TYPE_CHECKING:
    from runstead_cli.api import Api

GOOD, ODD, BAD = "ok", "odd", "BAD"
API = "v2"
CLOCK_MAY_DIFFER = 60  # seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look told."""

    what: str
    state: str
    detail: str


@click.command()
@pass_session
def command(session: Session) -> None:
    """Check the configuration, the server, the token, the clock and the dropboxes; exit code 1 if one is bad."""
    findings = list(_findings(session))
    rows = [[one.what, one.state, one.detail] for one in findings]
    session.output.result(
        [asdict(one) for one in findings], lambda: session.output.table(["WHAT", "IS", "DETAIL"], rows)
    )
    if any(one.state == BAD for one in findings):
        raise click.exceptions.Exit(1)


def _findings(session: Session) -> Iterator[Finding]:
    yield Finding("command line", GOOD, f"runstead {__version__}")
    yield _configuration(session)
    try:
        server = session.server
    except Failure as error:
        yield Finding("server", BAD, error.message)
        return
    api = session.api_of(server.url, server.token, retries=0)
    reached = _reachable(api)
    yield reached
    if reached.state == BAD:
        return
    yield _clock(api)
    yield _version(api)
    yield _health(api)
    yield from _signed_in(session, api)


def _configuration(session: Session) -> Finding:
    path, named = session.config.path, [name for name in (URL, TOKEN) if os.environ.get(name)]
    wins = f"; {' and '.join(named)} of the environment win" if named else ""
    if not session.config.is_private():
        mode = stat.filemode(path.stat().st_mode)
        return Finding("configuration", BAD, f"others can read your tokens: chmod 600 {path} (it is {mode})")
    known = len(session.config.servers)
    if not known and not named:
        return Finding("configuration", ODD, f"no server in {path}: runstead login https://…")
    return Finding("configuration", GOOD, f"{path}: {known} {'server' if known == 1 else 'servers'}{wins}")


def _reachable(api: "Api") -> Finding:
    try:
        started = time()
        api.get("ping/")
    except Failure as error:
        return Finding("server", BAD, error.message)
    return Finding("server", GOOD, f"{api.url} answers in {1000 * (time() - started):.0f} ms")


def _clock(api: "Api") -> Finding:
    """A clock that is wrong makes times of runs wrong."""
    told = api.request("GET", "ping/").headers.get("Date", "")
    if not told:
        return Finding("clock", ODD, "the server does not tell the time")
    seconds = time() - parsedate_to_datetime(told).timestamp()
    if abs(seconds) > CLOCK_MAY_DIFFER:
        way = "before" if seconds > 0 else "behind"
        return Finding("clock", ODD, f"this machine's clock is {abs(seconds):.0f} s {way} the server's")
    return Finding("clock", GOOD, "the same time here and there")


def _version(api: "Api") -> Finding:
    try:
        told = api.get("version/")
    except Failure as error:
        return Finding("version", BAD, error.message)
    if told["api"] != API:
        return Finding("version", BAD, f"the server speaks API {told['api']}, this program {API}")
    return Finding("version", GOOD, f"{told['name']} {told['version']}, API {told['api']}")


def _health(api: "Api") -> Finding:
    try:
        api.get("health/")
    except Failure as error:
        return Finding("health", ODD, f"a part of the server is not well; tell who runs it ({error.message})")
    return Finding("health", GOOD, "all parts of the server are well")


def _signed_in(session: Session, api: "Api") -> Iterator[Finding]:
    try:
        if not session.server.token:
            raise Failure(f"nobody is signed in: runstead login {api.url}")
        me = api.get("users/me/")
    except Failure as error:
        yield Finding("token", BAD, error.message)
        return
    yield Finding("token", GOOD, f"{me['username']}, from {session.token_place}")
    yield from _dropboxes(api)


def _dropboxes(api: "Api") -> Iterator[Finding]:
    boxes = api.get("data-management/dropbox/")
    if not boxes:
        yield Finding("dropbox", ODD, "you have none; ask who runs the server (manage.py givedropbox)")
    for box in boxes:
        path = Path(box["path"])
        if not path.is_dir():
            yield Finding(
                "dropbox", ODD, f"{path} is not on this machine: runs can only be registered where it is"
            )
        elif not os.access(path, os.W_OK | os.X_OK):
            yield Finding("dropbox", BAD, f"{path} cannot be written to by you")
        else:
            yield Finding("dropbox", GOOD, str(path))
