"""Pages that say what went wrong."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults

from config.faults import broken
from config.maintenance import LONGEST

pytestmark = pytest.mark.django_db
HOME, NOWHERE = reverse("web:run-list"), "/there/is/nothing/?a=1&b=<i>"


@pytest.fixture
def maintenance(settings: Any, tmp_path: Path) -> Path:
    """The file that closes the registry."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "maintenance"


def test_who_is_lost_may_search_or_go_on(ada_browser: Client) -> None:
    answer = ada_browser.get(NOWHERE)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Page not found" in page
    assert 'name="search"' in page
    assert reverse("web:workflow-list") in page


def test_who_is_lost_outside_may_sign_in_and_come_back(client: Client) -> None:
    page = client.get(NOWHERE).content.decode()
    assert "?next=/there/is/nothing/%3Fa%3D1%26b%3D" in page
    assert "<i>" not in page


def test_what_is_forbidden_says_who_may(rf: RequestFactory, ada: Any) -> None:
    request = rf.get("/")
    request.user = ada
    answer = defaults.permission_denied(request, PermissionDenied("<b>"))
    assert answer.status_code == 403
    assert "Only the owner" in answer.content.decode()
    assert "<b>" not in answer.content.decode()


def test_a_form_that_is_too_old_leads_back_to_its_page(ada: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    page = "http://testserver/account/preferences/"
    answer = browser.post("/account/preferences/", {"theme": "dark"}, HTTP_REFERER=page)
    assert answer.status_code == 403
    assert f'href="{page}"' in answer.content.decode()


@pytest.mark.parametrize("page", ["https://evil.example/", "javascript:alert(1)", "//evil.example", ""])
def test_a_form_of_another_site_leads_nowhere(page: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("web:theme"), HTTP_REFERER=page)
    assert "Reload the page</a>" not in answer.content.decode()


def test_a_fault_of_ours_needs_neither_database_nor_session(
    rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = broken(rf.get("/"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
    assert broken(rf.get("/api/v2/users/me/"))["Content-Type"] == "application/json"


def test_a_view_that_breaks_shows_the_page(ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("web.people.groups._count_members", breaks)
    browser = Client(raise_request_exception=False)
    browser.force_login(ada)
    answer = browser.get(reverse("web:group-list"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_under_maintenance_pages_and_programs_are_told(
    maintenance: Path, ada_browser: Client, ada_api: Any, django_assert_num_queries: Any
) -> None:
    maintenance.write_text("Back at noon. <script>alert(1)</script>")
    with django_assert_num_queries(0):
        page, api = ada_browser.get(HOME), ada_api.get("/api/v2/users/me/")
    assert (page.status_code, api.status_code) == (503, 503)
    assert page["Retry-After"] == api["Retry-After"] == "300"
    assert "Back at noon. &lt;script&gt;" in page.content.decode()
    assert "Content-Security-Policy" in page
    assert api.json()["code"] == "maintenance"
    assert "Back at noon" in api.json()["message"]


def test_under_maintenance_nothing_is_changed(maintenance: Path, ada: Any, ada_browser: Client) -> None:
    maintenance.touch()
    assert ada_browser.post(reverse("web:account"), {"first_name": "New"}).status_code == 503
    ada.refresh_from_db()
    assert ada.first_name == ""


def test_under_maintenance_ping_and_health_answer(maintenance: Path, client: Client) -> None:
    maintenance.touch()
    assert client.get("/api/v2/ping/").status_code == 200
    assert client.get("/api/v2/health/").json()["database"]["ok"]


def test_the_registry_is_open_again_without_the_file(maintenance: Path, ada_browser: Client) -> None:
    maintenance.mkdir()  # cannot be read: closed all the same
    assert ada_browser.get(HOME).status_code == 503
    maintenance.rmdir()
    assert ada_browser.get(HOME).status_code == 200


def test_of_a_long_notice_the_beginning_is_shown(maintenance: Path, client: Client) -> None:
    maintenance.write_text("x" * LONGEST + "end")
    page = client.get(HOME).content.decode()
    assert "xxx" in page
    assert "end<" not in page
