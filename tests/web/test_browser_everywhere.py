"""Every page in a real browser: judged by axe in both themes, on desk and phone, without a word in the console."""

from typing import Any

from django.test import Client

from tests.web.browser import IN_A_BROWSER, a_browser, may_sign_in
from tests.web.everything import OTHERS, a_world, is_whole, pages
from tests.web.walk import DESK, walked, wrong_in

pytestmark = IN_A_BROWSER
LONG = (
    "A name that is longer than any line has room for: differential_expression_of_liver_and_kidney_2024 "
    "肝臓サンプル Анализ تحليل"
)


def whole_pages(user: Any) -> list[str]:
    """The addresses of all pages about one of everything."""
    browser = Client()
    browser.force_login(user)
    answers = pages(browser, a_world(user, LONG))
    return [where for where, one in answers.items() if one.status_code == 200 and is_whole(one)]


def test_every_page_is_accessible_and_quiet_and_fits_in_both_themes_on_desk_and_phone(
    live_server: Any, ada: Any
) -> None:
    addresses = whole_pages(may_sign_in(ada))
    assert len(addresses) >= 25
    assert OTHERS not in addresses
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []


def test_the_pages_before_the_sign_in_are_accessible_too(live_server: Any, ada: Any) -> None:
    with a_browser() as chromium:
        page = chromium.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce").new_page()
        for address in ("/sign-in/?next=/datasets/", OTHERS):  # the second is a 404 to the console
            page.goto(live_server.url + address)
            assert list(wrong_in(page)) == []
