"""Chromium: signs in and takes the pages."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]
TALLEST = 6000  # a page of any length is told by its first six screens
IS_TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"
NOWHERE = "/there/is/nothing/"  # its page says 404, and so does the console
BUSY = ".htmx-request, [aria-busy=true]"


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it is to be taken: the whole of it, or what the window shows, from ``anchor`` on.

    ``typed`` is what stands in the search of the header, with what is suggested below it.
    """

    file: Path
    address: str
    scheme: str = "light"
    width: int = 1440
    height: int = 900
    is_whole: bool = False
    anchor: str = ""
    signed_in: bool = True
    typed: str = ""


def take(pictures: Sequence[Picture], url: str, password: str, say: Callable[[str], None]) -> list[str]:
    """Take the pictures; returns what the console said and which pages do not fit."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _, same in groupby(pictures, lambda one: (one.scheme, one.width, one.height)):
            group = list(same)
            with _page(chromium, group[0], complaints) as page:
                for one in sorted(group, key=lambda one: one.signed_in):
                    _take(page, one, url, password, complaints)
                say(f"{len(group)} × {group[0].scheme} {group[0].width}")
        chromium.close()
    return complaints


@contextmanager
def _page(chromium: Any, like: Picture, complaints: list[str]) -> Iterator[Any]:
    context = chromium.new_context(
        viewport={"width": like.width, "height": like.height},
        color_scheme=like.scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    page = context.new_page()
    page.on("console", lambda message: _note(complaints, page.url, message.text))
    page.on("pageerror", lambda error: complaints.append(f"error of {page.url}: {error}"))
    yield page
    context.close()


def _note(complaints: list[str], address: str, text: str) -> None:
    if not (address.endswith(NOWHERE) and "404" in text):
        complaints.append(f"console of {address}: {text}")


def _take(page: Any, picture: Picture, url: str, password: str, complaints: list[str]) -> None:
    if picture.signed_in and not any(one["name"] == "sessionid" for one in page.context.cookies()):
        _sign_in(page, url, password)
    if not _is_shown(page, url + picture.address):
        return
    if not _is_settled(page):
        complaints.append(f"still busy: {picture.address}")
    page.wait_for_timeout(400)  # a graph is drawn after its data came
    if picture.anchor and page.locator(picture.anchor).count():
        page.locator(picture.anchor).first.evaluate("element => element.scrollIntoView()")
    if picture.typed:
        _type(page, picture.typed)
    if page.evaluate(IS_TOO_WIDE):
        complaints.append(f"too wide: {picture.address} at {picture.width}")
    picture.file.parent.mkdir(parents=True, exist_ok=True)
    _shoot(page, picture)


def _type(page: Any, text: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(text)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")


def _is_shown(page: Any, address: str) -> bool:
    """Open an address; false where it became a download by now."""
    from playwright.sync_api import Error

    try:
        page.goto(address)
    except Error as problem:
        if "Download is starting" in problem.message:
            return False
        raise
    return True


def _is_settled(page: Any) -> bool:
    from playwright.sync_api import TimeoutError

    try:
        page.locator(BUSY).first.wait_for(state="detached", timeout=5000)
    except TimeoutError:
        return False
    return True


def _shoot(page: Any, picture: Picture) -> None:
    options: dict[str, Any] = {"path": str(picture.file), "animations": "disabled", "caret": "hide"}
    if picture.is_whole:
        height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        clip = {"x": 0, "y": 0, "width": picture.width, "height": height}
        options |= {"full_page": True, "clip": clip}
    page.screenshot(**options)


def _sign_in(page: Any, url: str, password: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.fill("input[name=username]", "ada")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
