"""Every page in a real browser: judged by axe in both themes, on desk and phone, without a word in the console."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import Group
from tests.conftest import member
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in
from tests.web.everything import OTHERS, a_world, is_whole, pages
from tests.web.odd_rows import bare_pages, empty_lists, pages_of_a_thousand_jobs
from tests.web.walk import DESK, walked, wrong_in

pytestmark = IN_A_BROWSER
LONG = (
    "photo\u202egnp.exe <img src=x onerror=boom()> A name that is longer than any line has room for: "
    "differential_expression_of_liver_and_kidney_2024 肝臓サンプル Анализ تحليل"
)
ERRORS = ("400.html", "403.html", "403_csrf.html", "405.html", "500.html", "503.html")


def whole_pages(user: Any, asked: Iterable[str] | None = None) -> list[str]:
    """The addresses of all pages about one of everything, or which of those that are asked for are pages."""
    browser = Client()
    browser.force_login(user)
    answers = (
        {one: browser.get(one) for one in asked}
        if asked
        else pages(browser, a_world(user, LONG, report="<p>Fine</p>"))
    )
    return [where for where, one in answers.items() if one.status_code == 200 and is_whole(one)]


def test_every_page_is_accessible_and_quiet_and_fits_in_both_themes_on_desk_and_phone(
    live_server: Any, ada: Any
) -> None:
    addresses = whole_pages(may_sign_in(ada))
    assert len(addresses) >= 25
    assert OTHERS not in addresses
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []


def test_so_is_every_page_where_there_is_nothing_yet_or_very_much(live_server: Any, eve: Any) -> None:
    ned = member("ned", Group.objects.create(name="New lab"))
    nothing = whole_pages(may_sign_in(ned), empty_lists())
    odd = whole_pages(may_sign_in(eve), [*bare_pages(eve), *pages_of_a_thousand_jobs(eve)])
    assert len(nothing) == len(empty_lists())
    assert len(odd) >= 15
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, nothing, name="ned") == []
        assert walked(chromium, live_server.url, odd, name="eve") == []


def test_so_is_what_opens_on_every_page(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    with a_browser() as chromium, a_page(chromium, reduced_motion="reduce") as page:
        let_in(page, live_server.url)
        page.goto(live_server.url)
        for opens in (
            page.get_by_label("Theme"),
            page.locator(".site-tools summary", has_text="Ada"),
            page.locator(".site-tools [data-whence-open]"),
            page.get_by_text("This page as an API call"),
        ):
            opens.click()
            assert list(wrong_in(page)) == []
            page.keyboard.press("Escape")
        page.locator("[data-keys]").click()
        assert page.locator("#keys").is_visible()
        assert list(wrong_in(page)) == []


def test_so_are_the_sign_in_and_the_pages_of_errors(live_server: Any, ada: Any) -> None:
    with a_browser() as chromium:
        page = chromium.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce").new_page()
        said = {name: render_to_string(name) for name in ERRORS}
        page.route(
            "**/*.html",
            lambda route: route.fulfill(
                body=said[route.request.url.rpartition("/")[2]], content_type="text/html"
            ),
        )
        for address in (
            reverse("web:sign-in") + "?next=/datasets/",
            OTHERS,
            *(f"/{name}" for name in ERRORS),
        ):
            page.goto(live_server.url + address)  # the second one is a 404 to the console
            assert list(wrong_in(page)) == []
