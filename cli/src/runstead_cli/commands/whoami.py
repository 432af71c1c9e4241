"""Who is signed in where."""

from typing import Any

import click

from runstead_cli.config import Server
from runstead_cli.session import Session, pass_session


@click.command()
@click.option(
    "--all", "all_servers", is_flag=True, help="List the known servers instead, without asking them."
)
@pass_session
def command(session: Session, all_servers: bool) -> None:
    """Say who you are to the server."""
    if all_servers:
        _list(session)
        return
    me, server = session.api.get("users/me/"), session.server
    groups = [group["name"] for group in me["groups"]]
    value = {"url": server.url, "token_from": session.token_place, **me}
    facts: list[tuple[str, Any]] = [
        ("Server", server.url),
        ("User", me["username"]),
        ("Name", me["full_name"]),
        ("Groups", ", ".join(groups)),
        ("Administrator", "yes" if me["is_superuser"] else ""),
        ("Token from", session.token_place),
    ]
    session.output.result(value, lambda: session.output.facts(facts))


def _list(session: Session) -> None:
    default = session.config.default
    value = [_told(server, default) for server in session.config.servers]
    rows = [[one["url"], one["user"], one["is_default"]] for one in value]
    session.output.result(value, lambda: session.output.table(["SERVER", "USER", "DEFAULT"], rows))


def _told(server: Server, default: str) -> dict[str, Any]:
    """Never with the token."""
    return {"url": server.url, "user": server.user, "is_default": server.url == default}
