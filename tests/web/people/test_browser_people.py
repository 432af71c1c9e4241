"""The account and the groups as people live them, in a real browser."""

from typing import Any

from django.urls import reverse

from accounts.models import ApiToken, Membership
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in, sign_in
from web.models import Preferences

pytestmark = IN_A_BROWSER


def test_a_person_makes_a_token_copies_it_and_revokes_it(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    with a_browser() as chromium, a_page(chromium, permissions=["clipboard-read", "clipboard-write"]) as page:
        sign_in(page, live_server.url)
        page.get_by_text("ada", exact=True).first.click()
        page.get_by_role("link", name="API tokens").click()
        page.get_by_label("Name").fill("login node")
        page.get_by_role("button", name="Create token").click()
        page.get_by_role("button", name="Copy the token").click()
        page.get_by_role("button", name="Copied").wait_for()
        key = page.evaluate("navigator.clipboard.readText()")
        assert page.locator("#login-line").inner_text() == f"runstead login {live_server.url} --token"
        asked = page.request.get(
            f"{live_server.url}/api/v2/users/me/", headers={"Authorization": f"Token {key}", "Cookie": ""}
        )
        assert asked.json()["username"] == "ada"
        page.goto(live_server.url + reverse("web:tokens"))
        assert key not in page.content()
        page.get_by_label("Revoke login node").click()
        page.get_by_role("button", name="Revoke token").click()
        page.get_by_text("The token “login node” is revoked.").wait_for()
    assert not ApiToken.objects.valid().exists()


def test_a_theme_chosen_in_one_browser_is_that_of_the_next(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    with a_browser() as chromium:
        with a_page(chromium, color_scheme="light") as page:
            sign_in(page, live_server.url)
            page.locator("summary[aria-label=Theme]").click()
            with page.expect_response("**/theme/") as told:
                page.get_by_role("button", name="Dark").click()
            assert told.value.status == 204
            assert page.locator("html").get_attribute("data-theme") == "dark"
        with a_page(chromium, color_scheme="light", timezone_id="Asia/Tokyo") as page:
            sign_in(page, live_server.url)
            assert page.locator("html").get_attribute("data-theme") == "dark"
            page.goto(live_server.url + reverse("web:preferences"))
            page.get_by_role("button", name="Use this browser’s time zone: Asia/Tokyo").click()
            page.get_by_label("Light", exact=True).check()
            page.get_by_role("button", name="Save preferences").click()
            page.get_by_text("JST").wait_for()
            assert page.locator("html").get_attribute("data-theme") == "light"
    kept = Preferences.objects.get(user=ada)
    assert (kept.theme, kept.time_zone) == ("light", "Asia/Tokyo")


def test_a_manager_finds_adds_and_promotes_somebody(
    live_server: Any, meg: Any, eve: Any, genomics: Any
) -> None:
    may_sign_in(meg)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url, "meg")
        page.goto(live_server.url + reverse("web:group-list"))
        page.get_by_role("link", name="Genomics Core").click()
        page.get_by_label("User name").press_sequentially("ev")
        page.locator("#people option[value=eve]").wait_for(state="attached")
        page.get_by_label("User name").fill("eve")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_text("eve is in the group now.").wait_for()
        page.get_by_label("Change eve").click()
        page.get_by_role("button", name="Make manager").click()
        page.get_by_text("eve is a manager now.").wait_for()
    assert Membership.objects.get(group=genomics, user=eve).role == "manager"


def test_who_is_lost_goes_back(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    with a_browser() as chromium:
        page = chromium.new_context().new_page()
        sign_in(page, live_server.url)
        page.goto(live_server.url + "/there/is/nothing/")
        page.get_by_role("button", name="Go back").click()
        page.wait_for_url(f"{live_server.url}/")
        page.goto(live_server.url + "/there/is/nothing/")
        page.locator("#sought").fill("liver")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/?search=liver*")
