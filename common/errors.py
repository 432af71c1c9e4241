"""Errors that say what happened, in a sentence for the person who can act. One handler turns them into answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with an input: where (a field or a JSON path) and what was expected.

    ``missing`` says that it names a record which the caller cannot see.
    """

    field: str
    message: str
    missing: bool = False


class RegistryError(Exception):
    """The base of what the registry refuses; ``status`` is the HTTP status of the answer."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid"

    def __init__(self, message: str, violations: Sequence[Violation] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.violations = tuple(violations)
        self.headers: Mapping[str, str] = {}  # that the answer carries
        self.more: Mapping[str, object] = {}  # that the answer says beside its sentence


class InvalidInput(RegistryError):
    """The input is not what it should be; every violation is listed."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        count = len(violations)
        first = violations[0]
        more = f" and {count - 1} more" if count > 1 else ""
        super().__init__(f"{first.field}: {first.message}{more}", violations)


class UnknownReference(InvalidInput):
    """The input names only records that do not exist for the caller."""

    status = 404
    code = "not_found"


class NotAllowed(RegistryError):
    """The caller may see the record, but not do this with it."""

    status = 403
    code = "permission_denied"


class Conflict(RegistryError):
    """The state of the registry stands against it."""

    status = 409
    code = "conflict"


class ChangedMeanwhile(RegistryError):
    """The record is no longer what the caller's ``If-Match`` header says."""

    status = 412
    code = "changed"


class TooLarge(RegistryError):
    """The request is larger than this registry takes."""

    status = 413
    code = "too_large"


class NotReady(RegistryError):
    """This installation lacks something that its administrator can give it."""

    status = 503
    code = "not_ready"


def refuse(violations: Sequence[Violation]) -> None:
    """Raise for the violations, if there are any: 404 if all of them are unknown records, else 400."""
    if violations:
        kind = UnknownReference if all(one.missing for one in violations) else InvalidInput
        raise kind(violations)
