"""What can go wrong, as one sentence for a person and an exit code for a script."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

import click

from run_directories.registering.registry import NoAnswer, NotDone

FAILED = 1
WRONG_USAGE = 2
SIGN_IN_NEEDED = 3
NOT_FOUND = 4
UNREACHABLE = 5
REFUSED = 6
INTERRUPTED = 130


class Failure(click.ClickException):
    """Something did not work; its text says what, and what to do."""

    exit_code = FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        """Red where it is read on a terminal."""
        click.echo(click.style("Error: ", fg="red") + self.format_message(), file=file, err=file is None)


class NotFound(Failure):
    """There is nothing of this name, or it is not to be seen."""

    exit_code = NOT_FOUND


class Unreachable(Failure, NoAnswer):
    """The server does not answer."""

    exit_code = UNREACHABLE


class SignInNeeded(Failure):
    """Nobody is signed in, or no longer."""

    exit_code = SIGN_IN_NEEDED


class ApiError(Failure, NotDone):
    """The server did not do it. ``errors`` are its own words: ``{"field", "message"}`` each.

    ``more`` is what else it says, for example what would be allowed instead.
    """

    def __init__(
        self,
        message: str,
        status: int,
        errors: Sequence[dict[str, str]] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.errors = list(errors)
        self.more = dict(more or {})


class Refused(ApiError):
    """The server understood, and will not."""

    exit_code = REFUSED


class NotThere(ApiError, NotFound):
    """The server has nothing there, or nothing for this person."""

    exit_code = NOT_FOUND


def api_error(
    message: str,
    status: int,
    errors: Sequence[dict[str, str]] = (),
    more: Mapping[str, Any] | None = None,
) -> ApiError:
    """The error that fits an answer's status."""
    if status == 404:
        return NotThere(message, status, errors, more)
    kind = Refused if 400 <= status < 500 else ApiError
    return kind(message, status, errors, more)
