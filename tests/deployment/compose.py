"""Reads docker-compose.yml as an engine would, to start its processes without one."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.deployment.running import ROOT

VARIABLE = re.compile(r"\$(\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\})")


class MissingVariable(Exception):
    """The file asks for a variable that is not given; the text is the file's own message."""


def services(given: Mapping[str, str], file: Path = ROOT / "docker-compose.yml") -> dict[str, dict[str, Any]]:
    """The services by name, with variables filled in from ``given``; MissingVariable for a required one."""

    def fill(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: fill(value) for name, value in part.items()}
        if isinstance(part, list):
            return [fill(each) for each in part]
        return VARIABLE.sub(lambda found: _value(found, given), part) if isinstance(part, str) else part

    return fill(yaml.safe_load(file.read_text()))["services"]


def _value(found: re.Match[str], given: Mapping[str, str]) -> str:
    if found[1] == "$":
        return "$"
    value = given.get(found["name"], "")
    if not value and found["kind"] == "?":
        raise MissingVariable(found["rest"])
    return value or (found["rest"] if found["kind"] == "-" else "")


def command_of(service: Mapping[str, Any], programs: Path) -> list[str]:
    """The service's command, with the programs of this environment instead of the image's."""
    program, *arguments = shlex.split(service["command"])
    return [str(programs / program), *arguments]
