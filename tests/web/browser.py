"""A real browser for the tests: Chromium, one for the whole session, a fresh context for each test."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery staple"
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]


class TheBrowser:
    """Chromium and its driver, started when the first test wants them."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._chromium: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def started(self) -> Any:
        """Chromium, which is started again where it is no more."""
        asyncio._set_running_loop(self._loop)
        if self._chromium is None or not self._chromium.is_connected():
            self.close()
            self._chromium = self._start()
        return self._chromium

    def rest(self) -> None:
        """Let the tests use the database: the loop of the driver runs on when the browser is wanted again."""
        self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)

    def close(self) -> None:
        """End it; a test that wants it later starts another."""
        asyncio._set_running_loop(self._loop)
        self._stack.close()
        self._chromium = self._loop = None
        asyncio._set_running_loop(None)

    def _start(self) -> Any:
        from playwright.sync_api import sync_playwright

        playwright = self._stack.enter_context(sync_playwright())
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        self._stack.callback(chromium.close)
        return chromium


THE_BROWSER = TheBrowser()


@contextmanager
def a_browser() -> Iterator[Any]:
    """Chromium; no row may be touched while it is open, as its driver has a loop of its own."""
    chromium = THE_BROWSER.started()
    try:
        yield chromium
    finally:
        for context in chromium.contexts:
            context.close()
        THE_BROWSER.rest()


@contextmanager
def a_page(chromium: Any, **options: Any) -> Iterator[Any]:
    """A page in a context of its own; at its end nothing may have been said in the console, and no request failed."""
    context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: said.append(_failure(request)))
    page.on(
        "response", lambda answer: said.append(_failure(answer.request)) if answer.status >= 500 else None
    )
    try:
        yield page
    finally:
        context.close()
    wrong = [one for one in said if one]
    assert not wrong, "\n".join(wrong)


def _failure(request: Any) -> str:
    """What failed; a request that was called off because the page was left, or became a download, is no failure."""
    return "" if request.failure and "ERR_ABORTED" in request.failure else f"{request.url} failed"


def violations(page: Any, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds on the page, in words; the options are those of ``axe.run``."""
    from axe_playwright_python.sync_playwright import Axe

    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    asked = {"resultTypes": ["violations"], **(options or {})}
    found = page.evaluate("(asked) => axe.run(asked).then((results) => results.violations)", asked)
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in found]


def fits(page: Any) -> bool:
    """Whether nothing makes the page wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def may_sign_in(user: Any) -> Any:
    """Give a user the password that ``sign_in`` types, and that ``let_in`` sends."""
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Any, url: str, name: str = "ada") -> None:
    """By keyboard alone; ends at the list of runs."""
    page.goto(url)
    page.get_by_label("Username").focus()  # it has the focus, but not always at once
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")


def let_in(page: Any, url: str, name: str = "ada") -> None:
    """Sign in without a page: for tests that go on elsewhere, as to show the two pages takes a second each time."""
    asked, address = page.context.request, f"{url}/sign-in/"
    asked.get(address)
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    said = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert asked.post(address, form=said, max_redirects=0).status == 302
