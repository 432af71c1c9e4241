"""How Markdown is shown."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import Note
from tests import factories
from web.templatetags.remarks import LONGEST, markdown

WIDE = "|a" * 1000 + "\n" + "|-" * 1000 + "\n" + "a\n" * 20_000


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "**bold** and *soft* and ~~gone~~",
            "<p><strong>bold</strong> and <em>soft</em> and <s>gone</s></p>",
        ),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("`x < y`", "<p><code>x &lt; y</code></p>"),
        ("# Title", "<h3>Title</h3>"),
        ("###### Small", "<h6>Small</h6>"),
        ("Title\n===", "<h3>Title</h3>"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_is_written_is_formatted(written: str | None, shown: str) -> None:
    assert markdown(written).strip() == shown


def test_a_table_is_a_table_without_styles() -> None:
    shown = markdown("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<th class="number">b</th>' in shown
    assert '<td class="number">2</td>' in shown
    assert "style" not in shown


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=1", "http://example.org", "mailto:ada@example.org"]
)
def test_a_link_leads_out_without_telling_from_where(address: str) -> None:
    link = f'<a href="{address}" rel="noreferrer noopener nofollow">'
    assert link in markdown(f"[x]({address})")
    assert link in markdown(f"<{address}>")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/svg+xml,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/runs/",
        "#x",
        "https:",
    ],
)
def test_nothing_else_becomes_a_link(address: str) -> None:
    for written in (f"[x]({address})", f"![x]({address})", f"<{address}>", f"[x]\n\n[x]: {address}"):
        shown = markdown(written)
        assert "<a " not in shown
        assert "href" not in shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<!-- x --><iframe src=x></iframe>",
        "<style>*{display:none}</style>",
        "`<b>`",
        "    <b>in code</b>",
        "```<b>\n<b>\n```",
        "| <b>a</b> |\n|---|\n| <b> |",
    ],
)
def test_html_is_shown_as_it_was_written(hostile: str) -> None:
    shown = markdown(hostile)
    for tag in ("<script", "<img", "<svg", "<a ", "<iframe", "<style", "<!--", "<b>", "<b\n"):
        assert tag not in shown
    assert "&lt;" in shown


@pytest.mark.parametrize(
    "written",
    [
        '[x](https://a.example/"onmouseover="alert(1))',
        "[x](https://a.example 'x\" onmouseover=\"alert(1)')",
        '![a" onerror="alert(1)](https://a.example/x.png)',
        '```" onclick="alert(1)\nx\n```',
    ],
)
def test_no_attribute_can_be_smuggled_in(written: str) -> None:
    shown = markdown(written)
    assert not any(f' {name}="' in shown for name in ("onmouseover", "onerror", "onclick"))


def test_a_picture_becomes_a_link_as_nothing_is_fetched_from_elsewhere() -> None:
    shown = markdown("![a <map>](https://example.org/map.png)")
    assert shown.strip() == (
        '<p><a href="https://example.org/map.png" rel="noreferrer noopener nofollow">a &lt;map&gt;</a></p>'
    )


def test_a_picture_in_a_link_is_its_text() -> None:
    shown = markdown("[![badge](https://a.example/b.svg)](https://b.example)")
    assert shown.count("<a ") == 1
    assert ">badge</a>" in shown


@pytest.mark.parametrize(
    "written",
    [
        "[" * 50_000,
        "![" * 25_000,
        "> " * 25_000,
        "*a " * 16_000,
        "<" * 50_000,
        "`" * 50_000,
        "[a](" * 12_000,
        WIDE,
    ],
)
def test_brackets_in_brackets_do_not_take_long(written: str) -> None:
    begun = time.monotonic()
    markdown(written)
    assert time.monotonic() - begun < 8


def test_a_table_of_very_many_cells_stays_a_text() -> None:
    assert "<table>" in markdown("|a|b|\n|-|-|\n" + "|1|2|\n" * 1000)
    assert "<table>" not in markdown(WIDE)


@pytest.mark.django_db
def test_many_long_notes_do_not_make_a_page_slow(ada: Any, ada_browser: Client) -> None:
    run = factories.a_run(ada)
    for number in range(30):
        about = {"kind": run.record_kind(), "object_id": run.pk, "created_by": ada}
        Note.objects.create(content=f"**{number}** " + "# a\n" * 10_000, **about)
    shown = ada_browser.get(reverse("web:run-notes", args=[run.pk])).content.decode()
    assert "<strong>0</strong>" in shown
    assert "**29**" in shown
    assert "<strong>29</strong>" not in shown


def test_a_very_long_text_is_cut_off_and_says_so() -> None:
    shown = markdown("word " * LONGEST)
    assert len(shown) < LONGEST * 1.2
    assert "… and 200,000 more characters" in shown
