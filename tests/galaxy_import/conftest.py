"""Galaxies to ask: one that answers from recordings, and one that fails."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.galaxy_import.failing import FailingGalaxy
from tests.galaxy_import.replay import Replay, find_case


@pytest.fixture
def galaxy() -> Iterator[Callable[..., Replay]]:
    """``galaxy("26.1/b_mapped")``: a server that answers what a real Galaxy answered."""
    with ExitStack() as servers:

        def replay(case: str, scene: str = "") -> Replay:
            folder = find_case(case)
            if folder is None:
                pytest.skip(f"no recordings of {case} beside the repository (RUNSTEAD_SHARED)")
            return servers.enter_context(Replay(folder, scene))

        yield replay


@pytest.fixture
def failing_galaxy() -> Iterator[FailingGalaxy]:
    """A Galaxy on a bad day."""
    with FailingGalaxy() as server:
        yield server
