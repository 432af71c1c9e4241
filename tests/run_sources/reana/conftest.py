"""A REANA to ask, and a source that asks it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from run_sources.reana import ReanaSource
from run_sources.seam import Access
from tests.run_sources.reana.replay import TOKEN, Replay


@pytest.fixture
def reana() -> Iterator[Replay]:
    """A server that answers what a real one did."""
    with Replay() as server:
        yield server


@pytest.fixture
def open_source(reana: Replay) -> Iterator[Callable[..., ReanaSource]]:
    """Makes sources that ask it, without waiting."""
    made: list[ReanaSource] = []

    def make(token: str = TOKEN, base: str = "", **options: Any) -> ReanaSource:
        access = Access(base or reana.url, {"token": token} if token else {}, allow_private=True, **options)
        source = ReanaSource(access)
        source.session._pause = lambda seconds: None
        made.append(source)
        return source

    yield make
    for source in made:
        source.close()
