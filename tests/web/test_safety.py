"""What every page keeps to: its policy, its dress, and inertness whatever people and files say."""

import re
import shlex
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import Group
from tests.conftest import member
from tests.web.everything import OTHERS, a_world, is_whole, pages
from web.urls import urlpatterns

pytestmark = pytest.mark.django_db
HOSTILE = (
    "'\"><x-boom></x-boom><script>boom()</script><img src=x onerror=boom()><svg onload=boom()></svg>"
    "</textarea></title></pre><a href=javascript:boom()>here</a> [here](javascript:boom()) ![i](//evil.example/i)"
    '<iframe srcdoc="<b>"></iframe><style>*{}</style>{{ 7|add:7 }}\x1b[31m'
)
ADDRESSES = ("href", "src", "action", "formaction", "srcset", "xlink:href", "poster", "data")
ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
KNOWN = (
    "http://testserver/",
    "data:image/svg+xml",
    "https://galaxy.example.org",
    "https://reana.example.org",
)  # the last ones are listed servers


class Reader(HTMLParser):
    """Reads a page as a browser does, and notes what could do something."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge one tag."""
        known = dict(attrs)
        if tag in ("x-boom", "style", "base", "object", "embed"):
            self.wrong.append(f"<{tag}>")
        if tag == "script" and not (known.get("src") or "").startswith("/static/"):
            self.wrong.append(f"<script {known}>")
        if tag == "iframe" and ("srcdoc" in known or "sandbox" not in known):
            self.wrong.append(f"<iframe {known}>")
        for name, value in attrs:
            if name.startswith(("on", "hx-on")) or name == "style":
                self.wrong.append(f"<{tag} {name}={value}>")
            if name in ADDRESSES and ELSEWHERE.match(value or "") and not (value or "").startswith(KNOWN):
                self.wrong.append(f"<{tag} {name}={value}>")


def wrong_in(answer: Any) -> list[str]:
    """What is not inert in an answer."""
    reader = Reader()
    reader.feed(answer.content.decode())
    return reader.wrong


@dataclass(frozen=True)
class Walk:
    """What every page answered, and what the API answered to the call that each page tells."""

    shown: dict[str, Any]
    calls: dict[str, tuple[str, int]]
    ids: dict[str, Any]


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: Any) -> Walk:
    """Every page and part of a page, once, in a world where everything that can be said is hostile."""
    with django_db_blocker.unblock(), transaction.atomic():
        ada, browser = member("ada", Group.objects.create(name="Genomics Core")), Client()
        browser.force_login(ada)
        ids = a_world(ada, HOSTILE)
        found = {
            address: answer
            for address, answer in pages(browser, ids).items()
            if not answer.streaming and "sandbox" not in answer.get("Content-Security-Policy", "")
        }
        calls = {address: call for address, answer in found.items() if (call := api_call_of(answer))}
        asked = {address: (call, browser.get(call).status_code) for address, call in calls.items()}
        door = reverse("web:sign-in")
        walk = Walk({**found, door: Client().get(door)}, asked, ids)
        transaction.set_rollback(True)
    return walk


@pytest.fixture
def shown(walk: Walk) -> dict[str, Any]:
    """The answers of the pages."""
    return walk.shown


def test_the_reader_finds_what_is_not_inert() -> None:
    reader = Reader()
    reader.feed(HOSTILE)
    assert len(reader.wrong) >= 7


def test_whatever_people_say_is_inert_on_every_page(shown: dict[str, Any]) -> None:
    assert len(shown) >= 20
    assert {address: wrong for address, answer in shown.items() if (wrong := wrong_in(answer))} == {}


def test_the_hostile_words_are_really_shown(shown: dict[str, Any]) -> None:
    with_words = [address for address, one in shown.items() if "x-boom" in one.content.decode()]
    assert len(with_words) >= 15


def test_no_template_says_again_what_somebody_wrote_in_its_language(shown: dict[str, Any]) -> None:
    for address, answer in shown.items():
        assert "14\x1b" not in answer.content.decode(), address


def test_the_policy_allows_nothing_inline(shown: dict[str, Any]) -> None:
    for address, answer in shown.items():
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert answer["X-Content-Type-Options"] == "nosniff", address


def test_every_page_has_one_heading_a_title_and_a_way_to_the_content(shown: dict[str, Any]) -> None:
    whole = {address: answer for address, answer in shown.items() if is_whole(answer)}
    assert len(whole) >= 20
    for address, answer in whole.items():
        page = answer.content.decode()
        assert page.count("<h1") == 1, address
        assert re.search(r"<title>\s*\S[^<]* · Runstead</title>", page), address
        assert 'href="#content"' in page, address


def test_no_two_pages_have_the_same_title(shown: dict[str, Any]) -> None:
    of = {
        address: re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)
        for address, answer in shown.items()
        if is_whole(answer) and answer.status_code == 200 and "?" not in address
    }
    titles = [found[1].strip() for found in of.values() if found]
    assert sorted(titles) == sorted(set(titles))


def test_the_world_holds_something_for_every_route(walk: Walk) -> None:
    missing = [address for address, answer in walk.shown.items() if answer.status_code == 404]
    assert [one for one in missing if not one.endswith((".txt", ".gz"))] == [OTHERS]  # files may be missing
    without = {
        part for pattern in urlpatterns for part in re.findall(r"<\w+:(\w+)>", str(pattern.pattern))
    } - {name.removeprefix("galaxy_").removeprefix("registration_") for name in walk.ids}
    assert without == {"share_id", "note_id", "annotation_id", "user_id"}  # of deeds, which are no pages


def test_the_api_call_of_each_page_is_answered_with_the_same_rights(walk: Walk) -> None:
    assert len(walk.calls) >= 15
    wrong = {address: one for address, one in walk.calls.items() if one[1] not in answered(one[0])}
    assert wrong == {}


def answered(call: str) -> tuple[int, ...]:
    """What is an answer: 503 where crates cannot be validated, as their contexts were never fetched."""
    return (200, 503) if call.endswith("/rocrate/validation/") else (200,)


def api_call_of(answer: Any) -> str:
    """The path that the page tells programs to ask; "" where it tells none."""
    told = re.search(r'aria-label="As an API call"><code>(.*?)</code>', answer.content.decode(), re.DOTALL)
    if not told:
        return ""
    words = shlex.split(unescape(told[1]))
    assert words[0] == "curl"
    assert words[-1].startswith("http://testserver/api/v2/")
    return words[-1].removeprefix("http://testserver")


def test_what_is_not_there_says_so_in_our_dress(ada_browser: Client) -> None:
    answer = ada_browser.get("/there/is/nothing/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert "Datasets" in answer.content.decode()


@pytest.mark.parametrize(
    "template", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html", "503.html"]
)
def test_an_error_page_needs_neither_request_nor_user(template: str) -> None:
    page, reader = render_to_string(template), Reader()
    reader.feed(page)
    assert reader.wrong == []
    assert page.count("<h1>") == 1
    assert "/static/web/js/app.js" in page
