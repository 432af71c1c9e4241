"""The judge of pages finds what is wrong with them."""

from typing import Any

import pytest

from tests.web.browser import IN_A_BROWSER, a_browser, a_page
from tests.web.walk import DESK, wrong_in

pytestmark = IN_A_BROWSER
BAD = """<!doctype html><html lang="en"><head><title>Bad</title><meta name="viewport" content="width=device-width">
<style>body { background: #fff; color: #000; }
@media (prefers-color-scheme: dark) { p { color: #ddd; } }
@media (max-width: 30rem) { p { width: 50rem; } }</style></head>
<body><main><h1>Bad</h1><p>Pale in the dark</p><input></main></body></html>"""


def test_a_missing_label_pale_letters_and_too_much_width_are_found() -> None:
    with a_browser() as chromium:
        page = chromium.new_context(viewport=DESK, color_scheme="light").new_page()
        page.set_content(BAD)
        found = [one.replace(page.url, "").split(": ")[:3] for one in wrong_in(page)]
    assert [" ".join(words[:1] + words[2:3]).strip() for words in found] == [
        "light label",
        "dark color-contrast",
        "phone label",
        "phone",
        "narrow",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<script>console.log('a word')</script>", "a word"),
        ("<script>boom()</script>", "boom is not defined"),
        ("<img src='http://127.0.0.1:9/none.png' alt=''>", "none.png"),
    ],
)
def test_words_in_the_console_and_failed_requests_are_found(content: str, said: str) -> None:
    with a_browser() as chromium, pytest.raises(AssertionError, match=said):
        _shown(chromium, content)


def _shown(chromium: Any, content: str) -> None:
    with a_page(chromium) as page:
        page.set_content(content)
        page.wait_for_timeout(100)
