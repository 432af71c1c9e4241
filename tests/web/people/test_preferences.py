"""How a person likes the pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.web.rows import START, a_run
from web.models import Preferences

pytestmark = pytest.mark.django_db
PAGE, THEME, HOME = reverse("web:preferences"), reverse("web:theme"), reverse("web:run-list")
CHOSEN = {"theme": "dark", "page_size": "25", "time_zone": "Asia/Tokyo"}


def theme_in(browser: Client) -> str:
    """The theme that a page is sent in."""
    page = browser.get(PAGE).content.decode().split("<head>")[0]
    return page.split('data-theme="')[1].split('"')[0] if "data-theme" in page else ""


def test_preferences_are_kept_and_heeded(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, started_at=START)
    assert ada_browser.post(PAGE, CHOSEN)["Location"] == PAGE
    kept = Preferences.objects.get(user=ada)
    assert (kept.theme, kept.page_size, kept.time_zone) == ("dark", 25, "Asia/Tokyo")
    assert theme_in(ada_browser) == "dark"
    assert "19:00:00 JST" in ada_browser.get(reverse("web:run", args=[run.pk])).content.decode()


def test_a_zone_that_is_no_more_is_no_end_of_the_pages(ada: Any, ada_browser: Client) -> None:
    Preferences.objects.create(user=ada, time_zone="Atlantis/Poseidonis")
    assert ada_browser.get(HOME).status_code == 200


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Olympus"}, {"page_size": "7"}, {"theme": "pink"}])
def test_what_cannot_be_preferred_is_refused(ada: Any, ada_browser: Client, wrong: dict[str, str]) -> None:
    answer = ada_browser.post(PAGE, CHOSEN | wrong)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert not Preferences.objects.exists()


def test_chosen_columns_are_forgotten_and_nothing_else(ada: Any, ada_browser: Client) -> None:
    Preferences.objects.create(user=ada, run_columns=["name"], page_size=100)
    assert "default columns" in ada_browser.get(PAGE).content.decode()
    ada_browser.post(PAGE, {"deed": "forget-columns"})
    kept = Preferences.objects.get(user=ada)
    assert (kept.run_columns, kept.page_size) == ([], 100)


def test_the_theme_chosen_last_in_any_browser_is_that_of_all(ada: Any, as_user: Any) -> None:
    here, there = as_user(ada), as_user(ada)
    here.post(THEME, {"theme": "dark"})
    assert theme_in(there) == "dark"
    there.post(THEME, {"theme": "light"})
    assert theme_in(here) == "light"  # though its own cookie says dark
    there.post(THEME, {"theme": ""})
    assert theme_in(here) == ""


def test_the_theme_of_the_menu_is_the_one_of_the_preferences(ada: Any, ada_browser: Client) -> None:
    ada_browser.post(PAGE, CHOSEN)
    assert ada_browser.cookies["theme"].value == "dark"
    ada_browser.post(THEME, {"theme": "light"})
    kept = Preferences.objects.get(user=ada)
    assert (kept.theme, kept.page_size) == ("light", 25)


def test_a_script_that_told_the_theme_is_sent_nowhere(ada_browser: Client) -> None:
    answer = ada_browser.post(THEME, {"theme": "dark"}, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.cookies["theme"].value) == (204, "dark")


def test_without_a_choice_the_cookie_from_before_the_sign_in_holds(ada: Any, client: Client) -> None:
    client.post(THEME, {"theme": "dark"})
    client.force_login(ada)
    assert theme_in(client) == "dark"


def test_the_page_says_what_time_it_is_there(ada: Any, ada_browser: Client) -> None:
    Preferences.objects.create(user=ada, time_zone="Asia/Tokyo")
    assert " JST</strong>" in ada_browser.get(PAGE).content.decode()
    assert timezone.get_current_timezone_name() == "UTC"
