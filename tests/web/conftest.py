"""What the tests of the pages share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

BrowserOf = Callable[[Any], Client]


@pytest.fixture
def as_user(db: None) -> BrowserOf:
    """Makes a browser in which a user is signed in."""

    def signed_in(user: Any) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def ada_browser(as_user: BrowserOf, ada: Any) -> Client:
    """Ada's browser."""
    return as_user(ada)


@pytest.fixture
def bob_browser(as_user: BrowserOf, bob: Any) -> Client:
    """Bob's browser."""
    return as_user(bob)


@pytest.fixture
def eve_browser(as_user: BrowserOf, eve: Any) -> Client:
    """Eve's browser."""
    return as_user(eve)
