"""Waiting for processes: look again and again, and say so when it takes too long."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(look: Callable[[], Found], *, seconds: float = 30, told: Callable[[], str] = lambda: "") -> Found:
    """The first true answer of ``look``; without one in time the test fails, with what ``told`` says."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds:g} seconds. {told()}")
        time.sleep(0.02)
    return found
