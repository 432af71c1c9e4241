"""Signing out: the token is revoked where it was made here, and forgotten."""

import click

from runstead_cli.config import Server, clean_url
from runstead_cli.errors import ApiError, Failure, SignInNeeded, Unreachable
from runstead_cli.session import Session, pass_session


@click.command()
@click.argument("url", required=False)
@click.option("--all", "all_servers", is_flag=True, help="Sign out of every server.")
@pass_session
def command(session: Session, url: str | None, all_servers: bool) -> None:
    """Sign out of the server at URL, or of the default one.

    A token that `runstead login` made from a password is revoked on the server; one that you gave is only
    forgotten here.
    """
    servers = session.config.servers if all_servers else [_known(session, url)]
    for server in servers:
        _revoke(session, server)
        session.config.forget(server.url)
        session.output.say(f"Signed out of {server.url}.")
    if session.output.json:
        session.output.data([server.url for server in servers])


def _known(session: Session, url: str | None) -> Server:
    wanted = clean_url(url or session.url) if url or session.url else session.config.default
    server = session.config.server(wanted)
    if server is None:
        raise Failure(f"You are not signed in to {wanted or 'any server'}.")
    return server


def _revoke(session: Session, server: Server) -> None:
    if not server.token_id:
        return
    try:
        session.api_of(server.url, server.token, retries=0).delete(f"auth/tokens/{server.token_id}/")
    except SignInNeeded:
        return  # it was revoked, or came to its end, before
    except (Unreachable, ApiError) as error:
        session.output.warn(f"The token is forgotten here, but still valid: {error.message}")
