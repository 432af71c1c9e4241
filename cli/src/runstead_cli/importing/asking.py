"""Asking the server to import: the options that every way of asking has, and the request that is made of them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from runstead_cli.importing.following import show_imports, until_ended
from runstead_cli.naming import find_group
from runstead_cli.session import Session
from runstead_cli.waiting import goes_on_without_us

Command = TypeVar("Command", bound=Callable[..., Any])
FLAGS = {
    "create_datasets": "Make datasets of inputs and outputs.",
    "download": "Fetch their contents; makes datasets, too.",
    "rocrate": "Keep the source's own RO-Crate as the run's, where it has one.",
    "follow": "Ask again until the run has ended.",
    "public": "Show the run to everyone who is signed in.",
}


def asking_options(command: Command) -> Command:
    """What all imports can be asked to do."""
    wait = "Wait until all are done; exit code 1 if one failed."
    group = "The group that is to own it, by name or id; your primary one if not said."
    command = click.option("--wait", is_flag=True, help=wait)(command)
    command = click.option("--group", help=group)(command)
    for name, words in reversed(FLAGS.items()):
        flag = name.replace("_", "-")
        command = click.option(f"--{flag}/--no-{flag}", name, default=None, help=words)(command)
    return command


def ask(
    session: Session, path: str, urls: Sequence[str], group: str | None, wait: bool, options: dict[str, Any]
) -> None:
    """Have these imported, wait if that is wanted, and tell."""
    answer = session.api.post(path, _body(session, urls, group, options))
    imports = answer.get("results", [answer])  # of Galaxy's own endpoint one alone stands for itself
    for one in imports:
        session.output.say(f"{one['url'] or one['external_id']}: import {one['id']}")
    if wait:
        with goes_on_without_us(session, f"The server goes on importing. {_how_to_see(imports)}"):
            imports = [until_ended(session, one) for one in imports]
    show_imports(session, imports, waited=wait)
    if not wait:
        session.output.say(f"The server imports now. {_how_to_see(imports)}")


def _body(
    session: Session, urls: Sequence[str], group: str | None, options: dict[str, Any]
) -> dict[str, Any]:
    body: dict[str, Any] = {"url": urls[0]} if len(urls) == 1 else {"urls": list(urls)}
    body |= {name: given for name, given in options.items() if given is not None}
    if body.get("download") and "create_datasets" not in body:
        body["create_datasets"] = True
    if group:
        body["owned_by"] = find_group(session.api, group)
    return body


def _how_to_see(imports: list[dict[str, Any]]) -> str:
    return f"runstead import status {' '.join(one['id'] for one in imports)}"
