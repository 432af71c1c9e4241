"""Signing in and out, and the theme."""

import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.rows import a_run
from web.people.session import SignInThrottle

pytestmark = pytest.mark.django_db
DOOR, HOME = reverse("web:sign-in"), reverse("web:run-list")
PASSWORD = "correct horse battery staple"
ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///x"]


@pytest.fixture(autouse=True)
def _ada_has_a_password(ada: Any) -> None:
    ada.set_password(PASSWORD)
    ada.save()


def knock(client: Client, password: str = PASSWORD, **more: str) -> Any:
    """Send the form of the door."""
    return client.post(DOOR, {"username": "ada", "password": password, **more})


def test_the_right_password_leads_to_where_one_wanted_to_go(client: Client) -> None:
    assert knock(client, next="/datasets/?q=x")["Location"] == "/datasets/?q=x"
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize("address", [*ELSEWHERE, DOOR, ""])
def test_the_door_leads_to_no_other_site_and_not_to_itself(client: Client, address: str) -> None:
    assert knock(client, next=address)["Location"] == HOME


@pytest.mark.parametrize("address", [*ELSEWHERE, DOOR, f"{DOOR}?next=/"])
def test_who_is_in_already_is_led_on(client: Client, ada: Any, address: str) -> None:
    client.force_login(ada)
    assert client.get(DOOR, {"next": address})["Location"] == HOME


def test_a_wrong_password_stays_outside_and_is_told_so(client: Client) -> None:
    answer = knock(client, "wrong", next="/datasets/")
    assert answer.status_code == 200
    assert "User name or password is wrong" in answer.content.decode()
    assert 'name="next" value="/datasets/"' in answer.content.decode()
    assert client.get(HOME).status_code == 302


def test_a_user_who_is_not_active_stays_outside(client: Client, ada: Any) -> None:
    ada.is_active = False
    ada.save()
    assert "User name or password is wrong" in knock(client).content.decode()


def test_after_too_many_attempts_even_the_right_password_waits(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignInThrottle, "THROTTLE_RATES", {"sign-in": "2/min"})
    knock(client, "wrong")
    knock(client, "wrong")
    answer = knock(client)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "Too many attempts" in answer.content.decode()
    assert client.get(HOME).status_code == 302


def test_five_wrong_passwords_for_one_name_make_it_wait_and_others_do_not(
    client: Client, eve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve.set_password(PASSWORD)
    eve.save()
    assert [knock(client, "wrong").status_code for _ in range(5)] == [200] * 5
    answer = knock(client)
    assert answer.status_code == 429
    assert "Try again in 5 minutes" in answer.content.decode()
    assert knock(client, username="eve").status_code == 302
    client.logout()
    now = time.time()
    monkeypatch.setattr("accounts.attempts.time.time", lambda: now + 301)
    assert knock(client).status_code == 302


def test_signing_out_takes_a_form(client: Client, ada: Any) -> None:
    client.force_login(ada)
    assert client.get(reverse("web:sign-out")).status_code == 405
    assert client.get(HOME).status_code == 200
    assert client.post(reverse("web:sign-out"))["Location"] == DOOR
    assert client.get(HOME).status_code == 302


FORM = "http://testserver/runs/?page=2"


def test_a_form_that_is_sent_after_the_session_ended_leads_back_to_its_page(client: Client, ada: Any) -> None:
    deed = reverse("web:note-run", args=[a_run(ada).pk])
    answer = client.post(deed, {"content": "x"}, HTTP_REFERER=FORM)
    assert answer["Location"] == f"{DOOR}?next=%2Fruns%2F%3Fpage%3D2&sent=1"
    page = client.get(answer["Location"]).content.decode()
    assert "what you sent was not saved" in page
    assert 'name="next" value="/runs/?page=2"' in page
    foreign = client.post(deed, {"content": "x"}, HTTP_REFERER="https://evil.example/")
    assert foreign["Location"] == f"{DOOR}?{urlencode({'next': deed, 'sent': '1'})}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_part_of_a_page_is_not_swapped_for_the_door(client: Client, ada: Any, method: str) -> None:
    address = {"get": HOME, "post": reverse("web:note-run", args=[a_run(ada).pk])}[method]
    answer = getattr(client, method)(address, headers={"HX-Request": "true", "Referer": FORM})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"].startswith(f"{DOOR}?next=%2Fruns%2F")


def test_an_address_that_only_takes_forms_says_so_and_leads_on(client: Client, ada: Any) -> None:
    client.force_login(ada)
    run = a_run(ada)
    answer = client.get(reverse("web:note-run", args=[run.pk]))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address is not a page" in answer.content.decode()
    assert f'href="{reverse("web:run", args=[run.pk])}"' in answer.content.decode()
    assert "This address is not a page" in client.get(reverse("web:sign-out")).content.decode()
    assert client.get("/api/v2/auth/token/")["Content-Type"] == "application/json"


def test_a_form_from_another_site_is_refused_with_a_page_that_helps() -> None:
    answer = knock(Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_a_theme_is_kept_and_forgotten(client: Client) -> None:
    theme = reverse("web:theme")
    assert client.post(theme, {"theme": "dark", "next": "/sign-in/?next=/"})["Location"] == "/sign-in/?next=/"
    assert 'data-theme="dark"' in client.get(DOOR).content.decode()
    client.post(theme, {"theme": ""})
    assert "data-theme=" not in client.get(DOOR).content.decode()


@pytest.mark.parametrize("address", ELSEWHERE)
def test_choosing_a_theme_leads_to_no_other_site(client: Client, address: str) -> None:
    assert client.post(reverse("web:theme"), {"theme": "dark", "next": address})["Location"] == HOME


def test_a_theme_is_one_of_two(client: Client) -> None:
    client.post(reverse("web:theme"), {"theme": '"><script>'})
    assert "theme" not in client.cookies or not client.cookies["theme"].value
