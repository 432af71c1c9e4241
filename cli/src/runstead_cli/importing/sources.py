"""The sources that runs can be imported from."""

from typing import Any

import click

from runstead_cli.output import Output
from runstead_cli.session import Session, pass_session

SOURCES = "workflows/workflowruns/import/sources/"

Source = dict[str, Any]


@click.command()
@pass_session
def sources(session: Session) -> None:
    """List what is understood: each source with example addresses, and why one is not available here."""
    found = sources_of(session)
    session.output.result(found, lambda: _show(session.output, found))


def sources_of(session: Session) -> list[Source]:
    """All sources of the server."""
    return list(session.api.get(SOURCES)["results"])


def _show(output: Output, found: list[Source]) -> None:
    for place, one in enumerate(found):
        output.line(("\n" if place else "") + f"{one['name']}  {one['title']}")
        if not one["is_available"]:
            output.line(f"  not available: {one['problem']}")
        for example in one["examples"]:
            output.line(f"  {example}")
        if fields := _fields(one):
            need = "needed" if one["wants_credentials"] else "if the server asks for them"
            output.line(f"  credentials ({need}): {fields}")


def _fields(source: Source) -> str:
    return ", ".join(
        field["name"] if field["required"] else f"[{field['name']}]" for field in source["credential_fields"]
    )
