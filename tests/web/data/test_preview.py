"""What a page shows of the content of a file, and that nothing in it runs."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from data_management.models import DataFile
from tests.factories import a_dataset, a_file
from web.data.excerpt import MOST
from web.data.preview import MOST_RAW, Kind, preview_of

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
SCRIPT = b"<script>alert(1)</script>"


def a_held(user: Any, name: str, content: bytes) -> DataFile:
    """A file with this content."""
    return a_file(a_dataset(user), name, content)


def page_of(browser: Client, file: DataFile) -> str:
    """The page of a file."""
    return browser.get(reverse("web:file", args=[file.pk])).content.decode()


def raw(file: DataFile) -> str:
    """Where a browser gets it to show it by itself."""
    return reverse("web:file-raw", args=[file.pk])


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"plain", Kind.TEXT),
        ("a.unheard-of", b"plain", Kind.TEXT),
        ("a.tsv", b"x\ty\n1\t2\n", Kind.TABLE),
        ("a.csv", b"x;y\n1;2\n", Kind.TABLE),
        ("a.csv", b"one column\nonly\n", Kind.TEXT),
        ("a.csv.gz", gzip.compress(b"x,y\n1,2\n"), Kind.TABLE),
        ("a.json", b'{"a": 1}', Kind.JSON),
        ("a.json", b'{"a": ', Kind.TEXT),
        ("a.json", b"[" * 100_000, Kind.TEXT),
        ("a.json", b"[" * 900 + b"1," * 50_000 + b"1" + b"]" * 900, Kind.TEXT),
        ("a.md", b"# Title", Kind.MARKDOWN),
        ("a.png", PNG, Kind.PICTURE),
        ("a.txt", PNG, Kind.PICTURE),
        ("a.png", b"<html>" + SCRIPT, Kind.TEXT),
        ("a.svg", b"<svg></svg>", Kind.PICTURE),
        ("a.svg", b"no drawing", Kind.TEXT),
        ("a.html", b"<h1>Report</h1>", Kind.REPORT),
        ("a.html.gz", gzip.compress(b"<h1>Report</h1>"), Kind.TEXT),
        ("a.bam", bytes(range(256)) * 9, Kind.NOTHING),
        ("a.txt", b"", Kind.NOTHING),
        ("a.gz", b"\x1f\x8bbroken", Kind.NOTHING),
    ],
)
def test_the_content_says_how_a_file_is_shown(ada: Any, name: str, content: bytes, kind: Kind) -> None:
    assert preview_of(a_held(ada, name, content)).kind == kind


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        ("Größe".encode("utf-16"), "Größe"),
        (b"\xef\xbb\xbfmarked", "marked"),
        (b"\x1b[31mred\x1b[0m", "red"),
        (b"bell \x07", "bell \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_texts_are_read_as_they_were_written(ada: Any, content: bytes, text: str) -> None:
    assert preview_of(a_held(ada, "a.txt", content)).text == text


def test_of_a_large_text_only_the_beginning_is_read(ada: Any, ada_browser: Client) -> None:
    file = a_held(ada, "a.log", "é".encode() * MOST)
    preview = preview_of(file)
    assert (preview.is_cut, preview.encoding, len(preview.text)) == (True, "utf-8", MOST // 2)
    assert "Only the beginning is shown" in page_of(ada_browser, file)


def test_a_small_file_that_unpacks_into_a_large_one_stays_small(ada: Any) -> None:
    preview = preview_of(a_held(ada, "bomb.txt.gz", gzip.compress(b"0" * 50_000_000)))
    assert (len(preview.text), preview.is_cut, preview.is_unpacked) == (MOST, True, True)


def test_all_members_of_a_gzip_file_are_read(ada: Any) -> None:
    assert (
        preview_of(a_held(ada, "a.txt.gz", gzip.compress(b"one ") + gzip.compress(b"two"))).text == "one two"
    )


def test_a_table_has_its_head_and_its_numbers_aligned(ada: Any, ada_browser: Client) -> None:
    page = page_of(ada_browser, a_held(ada, "a.tsv", b"gene\tcount\nTP53\t12\nNA\tNA\n"))
    assert '<th scope="col" class="number">count</th>' in page
    assert '<td class="number">12</td>' in page
    assert "<td>TP53</td>" in page


def test_of_a_long_and_wide_table_a_corner_is_shown(ada: Any) -> None:
    line = "\t".join(map(str, range(100))) + "\n"
    table = preview_of(a_held(ada, "a.tsv", (line * 1000).encode())).table
    assert table is not None
    assert (len(table.rows), len(table.rows[0]), table.is_cut, table.head) == (200, 40, True, [])


def test_json_is_laid_out(ada: Any) -> None:
    text = preview_of(a_held(ada, "a.json", b'{"b":[1],"a":"\xc3\xa9"}')).text
    assert text == json.dumps({"b": [1], "a": "é"}, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("name", ["a.txt", "a.png", "a.tsv", "a.json", "a.md", "a.csv", SCRIPT.decode()])
def test_scripts_in_texts_are_words(ada: Any, ada_browser: Client, name: str) -> None:
    content = b'["x","<script>alert(1)</script>","<img src=x onerror=alert(1)>"]\t[x](javascript:alert(1))\n'
    page = page_of(ada_browser, a_held(ada, name, content * 2))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript:' not in page


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.html", b"<h1>Report</h1>" + SCRIPT, "text/html"),
        ("a.svg", b"<svg>" + SCRIPT + b"</svg>", "image/svg+xml"),
        ("a.png", PNG + SCRIPT, "image/png"),
        ("a.html", PNG + SCRIPT, "image/png"),
    ],
)
def test_what_the_browser_shows_by_itself_may_do_nothing(
    ada: Any, ada_browser: Client, name: str, content: bytes, media_type: str
) -> None:
    answer = ada_browser.get(raw(a_held(ada, name, content)))
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "allow-" not in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == media_type


@pytest.mark.parametrize("name", ["a.png", "a.txt", "a.js", "a.svg", "a.xhtml", "a.pdf"])
def test_nothing_else_is_given_to_the_browser_to_show(ada: Any, ada_browser: Client, name: str) -> None:
    assert ada_browser.get(raw(a_held(ada, name, b"<html>" + SCRIPT))).status_code == 404


def test_a_report_stands_in_a_frame_that_allows_nothing(ada: Any, ada_browser: Client) -> None:
    file = a_held(ada, "report.html", b"<h1>Report</h1>")
    page = page_of(ada_browser, file)
    assert f'src="{raw(file)}" sandbox=""' in page
    assert "<h1>Report" not in page


def test_a_drawing_is_a_picture_and_no_part_of_the_page(ada: Any, ada_browser: Client) -> None:
    file = a_held(ada, "a.svg", b"<svg onload='alert(1)'></svg>")
    page = page_of(ada_browser, file)
    assert f'<img src="{raw(file)}"' in page
    assert "onload" not in page


def test_what_is_too_large_to_show_is_not_shown(ada: Any, ada_browser: Client) -> None:
    for name, content in (("a.png", PNG), ("a.html", b"<h1>Report</h1>")):
        file = a_held(ada, name, content)
        DataFile.objects.filter(pk=file.pk).update(size=MOST_RAW + 1)
        assert ada_browser.get(raw(file)).status_code == 404


def test_what_the_registry_does_not_hold_says_so(ada: Any, ada_browser: Client) -> None:
    away = a_file(a_dataset(ada), "a.txt", status="OFFLINE")
    lost = a_held(ada, "b.txt", b"text")
    DataFile.objects.filter(pk=lost.pk).update(storage_key="data/gone")
    for file in (away, lost):
        assert "does not hold the content of this file" in page_of(ada_browser, file)
        assert ada_browser.get(raw(file)).status_code == 404


def test_a_dialog_gets_the_preview_alone(ada: Any, ada_browser: Client, eve_browser: Client) -> None:
    file = a_held(ada, "a.txt", b"what is in it")
    address = reverse("web:file-preview", args=[file.pk])
    part = ada_browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "what is in it" in part
    assert "<html" not in part
    assert ada_browser.get(address)["Location"] == reverse("web:file", args=[file.pk])
    for hidden in (address, raw(file), reverse("web:file", args=[file.pk])):
        assert eve_browser.get(hidden, headers={"HX-Request": "true"}).status_code == 404
