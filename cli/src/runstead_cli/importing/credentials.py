"""One's own credentials for the servers that runs come from: asked for or read, never told."""

from typing import Any
from urllib.parse import urlsplit

import click

from runstead_cli.errors import Failure, NotFound, NotThere
from runstead_cli.importing.secrets import asked_for, plain_ones, read_in
from runstead_cli.importing.sources import sources_of
from runstead_cli.output import moment
from runstead_cli.session import Session, pass_session

SERVERS = "workflows/runservers/"

Server = dict[str, Any]


@click.command()
@click.argument("server", required=False)
@click.option("--source", help="Of which source, where a server is listed for several.")
@click.option("--set", "given", metavar="NAME=VALUE", multiple=True,
              help="A field that is no secret: region=us-east-1; NAME=@FILE takes any field from a file.")  # fmt: skip
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read the rest from stdin: a JSON object, or one secret."
)
@click.option("--show", is_flag=True, help="Say whose are stored.")
@click.option("--forget", is_flag=True, help="Remove what is stored.")
@pass_session
def credentials(
    session: Session,
    server: str | None,
    source: str | None,
    given: tuple[str, ...],
    from_stdin: bool,
    show: bool,
    forget: bool,
) -> None:
    """Store your credentials for SERVER, which is asked whose they are; without SERVER, list the servers.

    SERVER is an address, a name or an id. Secrets are asked for, or come from stdin or a file; they are never
    arguments, and never shown. They are kept encrypted, and used for your imports alone.
    """
    if server is None:
        return _list(session, source)
    found = _server(session, server, source)
    path = f"{SERVERS}{found['id']}/credentials/"
    if forget:
        session.api.delete(path)
        return session.output.say(
            f"Your credentials for {found['url']} are forgotten here; they stay valid there."
        )
    if show:
        return _show(session, found, path)
    fields = _fields_of(session, found)
    values = plain_ones(fields, given)
    left = [one for one in fields if one["name"] not in values]
    values |= read_in(left) if from_stdin else asked_for(session.output, left)
    return _store(session, found, path, values)


def _store(session: Session, server: Server, path: str, values: dict[str, str]) -> None:
    if not values:
        raise Failure("Nothing was given, and nothing is stored.")
    kept = session.api.put(path, {"values": values})
    who = f" as {kept['account']}" if kept["account"] else ""
    session.output.result(
        kept, lambda: session.output.line(f"{server['url']} knows you{who}; your credentials are stored.")
    )


def _show(session: Session, server: Server, path: str) -> None:
    try:
        kept = session.api.get(path)
    except NotThere as error:
        raise NotFound(
            f"You have stored no credentials for {server['url']}: runstead import credentials {server['url']}"
        ) from error
    facts = [("Server", server["url"]), ("Source", server["source"]), ("Account", kept["account"]),
             ("Checked", moment(kept["checked_at"])), *kept["shown"].items()]  # fmt: skip
    session.output.result(kept, lambda: session.output.facts(facts))


def _list(session: Session, source: str | None) -> None:
    rows = list(session.api.pages(SERVERS, **({"source": source} if source else {})))
    if not rows:
        session.output.say("This registry knows no servers yet; an administrator lists them.")
    columns = ["SERVER", "SOURCE", "NAME", "CREDENTIALS"]
    session.output.result(
        rows,
        lambda: session.output.table(
            columns, [[one["url"], one["source"], one["name"], _whose(one)] for one in rows]
        ),
    )


def _whose(server: Server) -> str:
    if server["has_credentials"]:
        return f"yours ({server['account']})" if server["account"] else "yours"
    return "shared" if server["has_shared_credentials"] else ""


def _fields_of(session: Session, server: Server) -> list[dict[str, Any]]:
    for one in sources_of(session):
        if one["name"] == server["source"]:
            if not one["is_available"]:
                raise Failure(one["problem"])
            return list(one["credential_fields"])
    raise Failure(f"{server['source']} is no source of this registry any more.")


def _server(session: Session, text: str, source: str | None) -> Server:
    """The server that is meant; Failure for several, NotFound for none."""
    rows = list(session.api.pages(SERVERS, **({"source": source} if source else {})))
    words = {text.rstrip("/").lower(), urlsplit(text).netloc.lower()} - {""}
    found = [one for one in rows if words & {one["id"], one["name"].lower(), one["url"].lower()}]
    if len(found) == 1:
        return found[0]
    if found:
        names = "\n".join(f"  {one['id']}  {one['source']}  {one['url']}" for one in found)
        raise Failure(f"{text} may be {len(found)} servers; say which by --source or its id:\n{names}")
    known = ", ".join(one["url"] for one in rows) or "none"
    raise NotFound(
        f"No server {text} is known here. Known: {known}. Another one becomes known when an "
        "administrator lists it, or by an import from it where any public server may be asked."
    )
