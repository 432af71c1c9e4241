"""What must not leave with a crate: passwords, tokens and keys in environments, parameters and commands."""

import re
from typing import Any

from run_directories.secrets import command_without_secrets as without_secrets
from run_directories.secrets import is_secret as is_secret_parameter

__all__ = [
    "is_secret_parameter",
    "is_secret_variable",
    "open_lines",
    "open_parameter",
    "open_values",
    "without_secrets",
]

_ENVIRONMENT = re.compile(
    r"TOKEN|KEY|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|COOKIE|SESSION|PRIVATE|SIGNATURE", re.IGNORECASE
)
_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([\w.-]+)\s*[=:]")


def is_secret_variable(name: str) -> bool:
    """Whether a variable of an environment may hold a secret, by its name; rather one too many."""
    return bool(_ENVIRONMENT.search(name))


def open_lines(text: str) -> str:
    """A text without the lines that set a variable which may hold a secret."""
    kept = [line for line in text.splitlines(keepends=True) if not _sets_secret(line)]
    return without_secrets("".join(kept))


def open_values(value: Any) -> Any:
    """A JSON value without the members, at any depth, that may hold a secret."""
    if isinstance(value, dict):
        return {name: open_values(one) for name, one in value.items() if not is_secret_variable(str(name))}
    if isinstance(value, list):
        return [open_values(one) for one in value]
    return open_lines(value) if isinstance(value, str) else value


def open_parameter(value: Any) -> Any:
    """A parameter's value without the members, at any depth, that hold a secret by their name."""
    if isinstance(value, dict):
        open_names = (name for name in value if not is_secret_parameter(str(name)))
        return {name: open_parameter(value[name]) for name in open_names}
    if isinstance(value, list):
        return [open_parameter(one) for one in value]
    return without_secrets(value) if isinstance(value, str) else value


def _sets_secret(line: str) -> bool:
    found = _ASSIGNMENT.match(line)
    return bool(found and is_secret_variable(found[1]))
