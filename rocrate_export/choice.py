"""What of a run's files is copied into a crate."""

from dataclasses import dataclass
from enum import StrEnum

LIMIT = 10 * 1024 * 1024  # bytes


class Include(StrEnum):
    """Which files are copied in: all, those that are not larger than the limit, or none."""

    ALL = "all"
    SMALL = "small"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a crate is to be made.

    ``limit`` is the size in bytes up to which a file counts as small. With ``absolute``, what the registry
    shows at an address of its own is named by that address.
    """

    include: Include = Include.ALL
    limit: int = LIMIT
    absolute: bool = False
