"""Walks through pages in a real browser, and notes what is wrong with each: axe in both themes, and the widths."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.web.browser import a_page, fits, let_in, violations

DESK, PHONE, NARROW = ({"width": width, "height": 900} for width in (1440, 390, 320))
ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]
COLOURS = {"runOnly": {"type": "rule", "values": ABOUT_COLOURS}}
ABOUT_LAYOUT = [
    "scrollable-region-focusable",
    "label",
    "button-name",
    "link-name",
    "empty-heading",
    "aria-hidden-focus",
]
LAYOUT = {"runOnly": {"type": "rule", "values": ABOUT_LAYOUT}}
SETTLED = """() => !document.querySelector(".htmx-request, [aria-busy=true]")
  && [...document.querySelectorAll(".graph")].every((one) => one.querySelector("svg"))"""


def walked(chromium: Any, url: str, addresses: Iterable[str], name: str = "ada", **options: Any) -> list[str]:
    """What is wrong with pages that a signed-in person sees; the console and failed requests fail by themselves."""
    with a_page(chromium, viewport=DESK, color_scheme="light", reduced_motion="reduce", **options) as page:
        let_in(page, url, name)
        return [wrong for address in addresses for wrong in _visited(page, url + address)]


def wrong_in(page: Any) -> Iterator[str]:
    """What is wrong with what is open, in both themes, at a desk, on a phone, and enlarged four times.

    Everything is judged once, in the light and at a desk. The dark changes nothing but colours, and on a phone
    the elements are the same: what is judged there is what hangs on which of them are shown, and which scroll.
    """
    yield from _said("light", page, {})
    page.emulate_media(color_scheme="dark")
    yield from _said("dark", page, COLOURS)
    page.set_viewport_size(PHONE)
    yield from _said("phone", page, LAYOUT)
    page.set_viewport_size(NARROW)  # a desk at 400 %
    yield from _too_wide("narrow", page)
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")


def _visited(page: Any, address: str) -> Iterator[str]:
    page.goto(address)
    page.wait_for_function(SETTLED)
    yield from wrong_in(page)


def _said(where: str, page: Any, options: dict[str, Any]) -> Iterator[str]:
    yield from (f"{where}: {one}" for one in violations(page, options))
    yield from _too_wide(where, page)


def _too_wide(where: str, page: Any) -> Iterator[str]:
    if not fits(page):
        yield f"{where}: {page.url} is wider than its window"
