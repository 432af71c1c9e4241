"""How much a package may hold, and the one error for a package that is not taken in."""

from dataclasses import dataclass

KIB, MIB, TIB = 1 << 10, 1 << 20, 1 << 40


class PackageRefused(Exception):
    """The package is not taken in; ``reason`` tells its user what is wrong with it, and what would help."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that are checked before anything is read. Sizes are in bytes.

    ``ratio`` is how many times its packed size a file may have, if it has more than ``ratio_floor``. The
    metadata may hold ``entities`` things in its graph, nested ``depth`` deep, of ``values`` values in all:
    what a document costs in memory follows from their number more than from its size.
    """

    members: int = 100_000
    total: int = TIB
    ratio: int = 200
    ratio_floor: int = MIB
    name: int = 1024
    metadata: int = 64 * MIB
    entities: int = 1_000_000
    depth: int = 100
    values: int = 6_000_000
