"""The search of the header in a real browser, and what is told where a part of a page cannot be fetched."""

from typing import Any

from django.contrib.sessions.models import Session

from tests import factories
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, fits, may_sign_in, sign_in, violations

pytestmark = IN_A_BROWSER
PHONE = {"width": 390, "height": 844}


def test_suggestions_are_chosen_by_arrows_by_pointer_and_on_a_phone(live_server: Any, ada: Any) -> None:
    first, second = (factories.a_run(may_sign_in(ada), f"Liver {number} <i>x</i>") for number in (1, 2))
    with a_browser() as chromium, a_page(chromium, reduced_motion="reduce") as page:
        sign_in(page, live_server.url)
        page.goto(f"{live_server.url}/account/")  # a page without a search of its own
        page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Search runs, workflows")
        assert field.evaluate("(one) => one === document.activeElement")
        page.keyboard.type("liver")
        options = page.get_by_role("option")
        options.first.wait_for()
        assert field.get_attribute("aria-expanded") == "true"
        assert options.first.inner_text().startswith("Liver 2 <i>x</i>")
        assert violations(page) == []
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
        page.keyboard.press("Escape")
        assert field.get_attribute("aria-expanded") == "false"
        assert field.input_value() == "liver"
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/runs/{first.pk}/")
        page.keyboard.press("Control+k")
        page.keyboard.type("liver")
        options.first.click()
        page.wait_for_url(f"**/runs/{second.pk}/")
        page.set_viewport_size(PHONE)
        assert not field.is_visible()
        page.get_by_role("button", name="Search", exact=True).click()
        page.keyboard.type("liver")
        options.first.wait_for()
        assert fits(page)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=liver")
        page.get_by_role("heading", name="Results for “liver”").wait_for()


def test_a_part_that_cannot_be_fetched_is_told_and_tried_again(
    live_server: Any, ada: Any, in_a_thread: Any
) -> None:
    factories.a_run(may_sign_in(ada), "Liver 1")
    with a_browser() as chromium:
        # The console says each failed request; here they are meant to fail.
        page = chromium.new_context(reduced_motion="reduce").new_page()
        sign_in(page, live_server.url)
        page.goto(f"{live_server.url}/account/")
        wrong: Any = {"answer": lambda route: route.fulfill(status=500, body="boom")}
        page.route("**/search/suggestions/**", lambda route: wrong["answer"](route))
        page.keyboard.press("Control+k")
        page.keyboard.type("liver")
        trouble = page.get_by_role("alert")
        trouble.get_by_text("Something went wrong on the server (500).").wait_for()
        assert violations(page) == []
        wrong["answer"] = lambda route: route.abort()
        page.get_by_role("button", name="Try again").click()
        trouble.get_by_text("Runstead cannot be reached.").wait_for()
        wrong["answer"] = lambda route: route.continue_()
        field = page.get_by_role("combobox", name="Search runs, workflows")
        page.get_by_role("button", name="Try again").click()
        page.get_by_role("option").first.wait_for()
        assert trouble.count() == 0
        by_itself = "htmx.ajax('GET', '/search/suggestions/?q=x', { swap: 'none' })"
        for answer, said in ((500, 1), (500, 0), (200, 0), (500, 1)):  # once, until it is answered again
            wrong["answer"] = lambda route, status=answer: route.fulfill(status=status, body="")
            page.evaluate(by_itself)
            assert trouble.count() == said
            if said:
                page.get_by_role("button", name="Dismiss").click()
        wrong["answer"] = lambda route: route.continue_()
        in_a_thread(Session.objects.all().delete)
        field.fill("other")
        page.wait_for_url("**/sign-in/?next=%2Faccount%2F")
