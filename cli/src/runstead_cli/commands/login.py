"""Signing in: a password for a token, or a token that somebody has."""

import platform
import sys
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

import click

from runstead_cli.config import TOKEN, Server, clean_url
from runstead_cli.errors import Failure, SignInNeeded
from runstead_cli.session import Session, pass_session

THIS_MACHINE = ("http://localhost", "http://127.0.0.1", "http://[::1]")


@click.command()
@click.argument("url", required=False)
@click.option("-u", "--user", help="The user name; asked for if not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--token", "with_token", is_flag=True, help="Sign in with an API token, which is asked for.")
@click.option("--token-stdin", is_flag=True, help="Read an API token from the first line of stdin.")
@click.option("--days", type=click.IntRange(1), help="How long the new token is valid; for ever if not said.")
@click.option("--default", "make_default", is_flag=True, help="Make it the default server.")
@pass_session
def command(
    session: Session,
    url: str | None,
    user: str | None,
    password_stdin: bool,
    with_token: bool,
    token_stdin: bool,
    days: int | None,
    make_default: bool,
) -> None:
    """Sign in to the server at URL.

    A password is sent once, for a token of its own, and not kept. The token is kept in a file that only you can
    read. The first server is the default one; --default makes another one so.
    """
    address = clean_url(url) if url else session.server.url
    _warn_of_plain_http(session, address)
    if with_token or token_stdin:
        server = Server(address, _secret("API token", token_stdin))
    else:
        name = user or click.prompt("User name", err=True)
        server = _new_token(session, address, name, _secret("Password", password_stdin), days)
    me = session.api_of(address, server.token).get("users/me/")
    known = Server(address, server.token, me["username"], server.token_id)
    session.config.remember(known, make_default)
    _tell(session, known, me)


def _warn_of_plain_http(session: Session, address: str) -> None:
    if address.startswith("http://") and not address.startswith(THIS_MACHINE):
        session.output.warn(f"{address} is not encrypted: others in the network can read your password.")


def _secret(what: str, from_stdin: bool) -> str:
    """Asked for without showing it, or read; never an option, which all users of a machine can see."""
    if not from_stdin:
        return str(click.prompt(what, hide_input=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise Failure(
            f"Nothing came from stdin; expected the {what[0].lower() + what[1:]} on its first line."
        )
    return line


def _new_token(session: Session, address: str, user: str, password: str, days: int | None) -> Server:
    body: dict[str, Any] = {
        "username": user,
        "password": password,
        "name": f"runstead on {platform.node() or 'a machine'}"[:100],
    }
    if days:
        body["expires_at"] = (datetime.fromtimestamp(time(), UTC) + timedelta(days=days)).isoformat()
    try:
        made = session.api_of(address).post("auth/token/", body)
    except SignInNeeded as error:
        raise SignInNeeded(f"{address}: user name and password do not fit together.") from error
    return Server(address, made["token"], user, made["id"])


def _tell(session: Session, server: Server, me: dict[str, Any]) -> None:
    is_default = session.config.default == server.url
    fact = {"url": server.url, "user": me["username"], "is_default": is_default}
    also = ", the default server" if is_default else ""
    session.output.result(
        fact, lambda: session.output.line(f"Signed in as {me['username']} to {server.url}{also}.")
    )
    if not session.from_environment:
        return
    session.output.warn(f"{TOKEN} is set, and wins over what you just did.")
