"""The fields of credentials: what is no secret may be an option, what is one comes from a prompt, stdin or a file."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from runstead_cli.errors import Failure
from runstead_cli.output import Output

Field = dict[str, Any]


def plain_ones(fields: Sequence[Field], given: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` as values; a secret is refused there, for all users of a machine can see arguments."""
    known = {one["name"]: one for one in fields}
    values = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in known:
            raise click.UsageError(f"--set takes NAME=VALUE with one of: {', '.join(known)}.")
        if value.startswith("@"):
            value = _of_file(Path(value[1:]))
        elif known[name]["secret"]:
            raise click.UsageError(
                f"{name} is a secret, and no option: leave it out to be asked, or use --stdin or {name}=@FILE."
            )
        values[name] = value
    return values


def asked_for(output: Output, fields: Sequence[Field]) -> dict[str, str]:
    """What somebody types; secrets are not shown, and what is not needed may be left empty."""
    values = {}
    for one in fields:
        if one["help"]:
            output.say(one["help"])
        label = one["label"] if one["required"] else f"{one['label']} (Enter for none)"
        default = None if one["required"] else ""
        value = click.prompt(label, default, hide_input=one["secret"], show_default=False, err=True).strip()
        if value:
            values[one["name"]] = value
    return values


def read_in(fields: Sequence[Field]) -> dict[str, str]:
    """What stdin holds: a JSON object with the fields by their names, or the one secret alone."""
    text = sys.stdin.read().strip()
    if not text:
        raise Failure("Nothing came from stdin; expected a JSON object, or the secret.")
    if text.startswith("{"):
        return _object(text, fields)
    secrets = [one["name"] for one in fields if one["secret"] and one["required"]]
    secrets = secrets or [one["name"] for one in fields if one["secret"]]
    if len(secrets) != 1:
        raise Failure(f"There are several fields: give a JSON object with {_names(fields)}.")
    return {secrets[0]: text}


def _object(text: str, fields: Sequence[Field]) -> dict[str, str]:
    """What was given is not repeated in the error: it may be a secret."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Failure(f"stdin holds no JSON object with texts by the names {_names(fields)}.")
    return found


def _of_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise Failure(f"{path} holds no text.") from None


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(one["name"] for one in fields)
