"""What the tests of the pages share."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.web.browser import THE_BROWSER
from web.lists.in_time import LONGEST, Patience

BrowserOf = Callable[[Any], Client]


@pytest.fixture(autouse=True, scope="session")
def _the_browser_is_closed() -> Iterator[None]:
    yield
    THE_BROWSER.close()


@pytest.fixture(autouse=True)
def _nobody_is_in_a_hurry(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists wait for their answer, however busy the machine is; but for the tests of what happens when they do not."""
    if request.path.name != "test_run_list_in_time.py":
        monkeypatch.setattr(Patience, "of", lambda asked, milliseconds: Patience(LONGEST))


@pytest.fixture
def in_a_thread() -> Iterator[Callable[..., Any]]:
    """Calls what touches rows while a browser is open, as the browser's driver keeps this thread."""

    def called(what: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        try:
            return what(*args, **facts)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield lambda *args, **facts: pool.submit(called, *args, **facts).result()


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
