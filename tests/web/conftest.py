"""What the tests of the pages share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

PageOf = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture
def as_user(db: None) -> PageOf:
    """Makes a browser in which a user is signed in."""

    def signed_in(user: Any) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def ada_browser(as_user: PageOf, ada: Any) -> Client:
    """Ada's browser."""
    return as_user(ada)


@pytest.fixture
def bob_browser(as_user: PageOf, bob: Any) -> Client:
    """Bob's browser."""
    return as_user(bob)


@pytest.fixture
def eve_browser(as_user: PageOf, eve: Any) -> Client:
    """Eve's browser."""
    return as_user(eve)
