"""A HealthOmics that answers from recordings, below the real boto3."""

from collections.abc import Callable
from typing import Any

import pytest

from run_sources.healthomics.client import OmicsClient
from run_sources.healthomics.sessions import Clients
from run_sources.healthomics.source import HealthOmicsSource
from run_sources.seam import Access
from tests.run_sources.healthomics.wire import BASE, CREDENTIALS, Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """What AWS answers; nothing goes further than to it."""
    wire, made = Wire(), Clients.of

    def of(self: Clients, service: str, session: Any = None) -> Any:
        client = made(self, service, session)
        client.meta.events.register("before-send", wire)
        return client

    monkeypatch.setattr(Clients, "of", of)
    return wire


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were waited for, without waiting."""
    return []


@pytest.fixture
def source_of(wire: Wire, pauses: list[float]) -> Callable[..., HealthOmicsSource]:
    """A source with some access."""

    def make(base: str = BASE, credentials: dict[str, str] = CREDENTIALS, **more: Any) -> HealthOmicsSource:
        access = Access(base, credentials, **more)
        return HealthOmicsSource(access, OmicsClient(access, pause=pauses.append))

    return make


@pytest.fixture
def source(source_of: Callable[..., HealthOmicsSource]) -> HealthOmicsSource:
    """A source as a user has it."""
    return source_of()
