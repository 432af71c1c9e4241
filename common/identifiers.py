"""Identifiers that sort by time: UUID version 7 (RFC 9562, section 5.7)."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last_tick = 0


def uuid7() -> UUID:
    """A new UUID version 7; within one process each is greater than the one before.

    The 12 bits after the version hold the fraction of the millisecond (RFC 9562, section 6.2,
    method 3), so rows that are made in the same millisecond keep their order, too.
    """
    return _assemble(_next_ticks(1), os.urandom(8))


def uuid7_batch(count: int) -> list[UUID]:
    """``count`` new identifiers in ascending order, for bulk writing."""
    first, noise = _next_ticks(count), os.urandom(8 * count)
    return [_assemble(first + i, noise[8 * i : 8 * i + 8]) for i in range(count)]


def uuid_of(text: str) -> UUID | None:
    """The identifier that somebody wrote, None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _next_ticks(count: int) -> int:
    """Reserve ``count`` successive ticks of 1/4096 ms and return the first."""
    global _last_tick
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    now = (milliseconds << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        first = max(now, _last_tick + 1)
        _last_tick = first + count - 1
    return first


def _assemble(tick: int, noise: bytes) -> UUID:
    milliseconds, fraction = tick >> 12, tick & 0xFFF
    low = int.from_bytes(noise, "big") & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=(milliseconds << 80) | (7 << 76) | (fraction << 64) | (0b10 << 62) | low)
