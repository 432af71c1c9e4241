"""What registering asks of a registry, whoever carries the questions there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class NotDone(Exception):
    """The registry answered, and did not do it; ``status`` is the answer's."""

    status: int


class NoAnswer(Exception):
    """The registry did not answer; whether it was done is not known."""


class CannotRegister(Exception):
    """The run cannot be registered as it is; the text says why, and what to do."""


class Registry(Protocol):
    """A registry for one person. Paths are relative to ``/api/v2/``; NotDone for an answer that says no."""

    def get(self, path: str, /, **params: Any) -> Any:
        """What lies at a path."""

    def pages(self, path: str, /, **params: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list."""

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """Send JSON; ``options`` are ``params`` and ``headers``."""

    def delete(self, path: str) -> Any:
        """Delete what lies at a path."""

    def upload(self, path: str, file: Path, fields: dict[str, str]) -> Any:
        """Send a file with these fields, as a form would."""


@dataclass(frozen=True, slots=True)
class Place:
    """The group that a registration is for, and the directories that the registry takes files from for it.

    ``group`` is an id, ``roots`` are real paths.
    """

    group: str
    roots: tuple[str, ...]
