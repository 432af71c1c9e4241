"""Leaves out what by its name is secret, before anything of a run is shown or sent."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from run_directories.findings import FoundRun

HIDDEN = "***"
_SECRET = re.compile(r"passw|token|secret|api[_-]?key|credential", re.IGNORECASE)
_OPTION = re.compile(rf"(--?[\w.-]*(?:{_SECRET.pattern})[\w.-]*)(=|\s+)(?!-)\S+", re.IGNORECASE)
_ASSIGNED = re.compile(rf"(?<![\w.-])([\w.]*(?:{_SECRET.pattern})[\w.]*)=(?!\*\*\*)\S+", re.IGNORECASE)
_NOTHING = (None, "", False)


def confidential(run: FoundRun) -> FoundRun:
    """The run without secrets in its parameters and its command; a remark names what was left out."""
    parameters, hidden = without_secrets(run.parameters)
    said = f"These parameters were left out, as their names say that they are secret: {', '.join(hidden)}."
    return replace(
        run,
        parameters=parameters,
        run_command=command_without_secrets(run.run_command),
        remarks=(*run.remarks, said) if hidden else run.remarks,
    )


def without_secrets(parameters: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The parameters but for those whose names say that they are secret, at any depth, and the names of these."""
    hidden: list[str] = []
    return _kept(parameters, "", hidden), hidden


def command_without_secrets(command: str) -> str:
    """The command with secret values hidden: ``--token x``, ``--api-key=x``, ``password=x``."""
    if not _SECRET.search(command):  # nearly all; of a hundred thousand jobs that matters
        return command
    return _ASSIGNED.sub(rf"\1={HIDDEN}", _OPTION.sub(rf"\1\2{HIDDEN}", command))


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a name says that what it names is secret."""
    return _SECRET.search(name) is not None


def _kept(parameters: dict[str, Any], above: str, hidden: list[str]) -> dict[str, Any]:
    kept = {}
    for name, value in parameters.items():
        if is_secret(str(name)) and value not in _NOTHING:
            hidden.append(f"{above}{name}")
        else:
            kept[name] = _kept(value, f"{above}{name}.", hidden) if isinstance(value, dict) else value
    return kept
