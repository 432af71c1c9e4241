"""Names that turn a line around are seen through, and yet kept as they are."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from web.shown import shown_in_order

TURNED, SEEN = "photo\u202egnp.exe", "photo[U+202E]gnp.exe"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (f"<p>{TURNED}</p>", f"<p>{SEEN}</p>"),
        (f"<title>{TURNED}</title>{TURNED}", f"<title>{SEEN}</title>{SEEN}"),
        ("<b>\u2066a\u2069</b>", "<b>[U+2066]a[U+2069]</b>"),
        (f'<input value="{TURNED}">', f'<input value="{TURNED}">'),
        (f"<textarea name=x>{TURNED}\n</textarea>{TURNED}", f"<textarea name=x>{TURNED}\n</textarea>{SEEN}"),
        (f"<script type=x>{TURNED}</script>", f"<script type=x>{TURNED}</script>"),
        ("<p>تحليل الكبد \u200f肝臓</p>", "<p>تحليل الكبد \u200f肝臓</p>"),
    ],
)  # fmt: skip
def test_what_turns_a_line_is_named_in_text_and_kept_in_forms(page: str, shown: str) -> None:
    assert shown_in_order(page) == shown


@pytest.mark.django_db
def test_pages_name_it_and_forms_and_files_keep_it(ada: Any, ada_browser: Client) -> None:
    dataset = factories.a_dataset(ada, TURNED)
    file = factories.a_file(dataset, TURNED, f"if {TURNED}".encode())
    for name, args in (
        ("dataset-list", []),
        ("dataset", [dataset.pk]),
        ("file", [file.pk]),
        ("file-list", []),
    ):
        page = ada_browser.get(reverse(f"web:{name}", args=args)).content.decode()
        assert SEEN in page, name
        assert f">{TURNED}" not in page, name
    assert (
        f'value="{TURNED}"'
        in ada_browser.get(reverse("web:dataset-edit", args=[dataset.pk])).content.decode()
    )
    kept = ada_browser.get(reverse("datafile-download", args=[file.pk]))
    assert b"".join(kept.streaming_content).decode() == f"if {TURNED}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ['a"; filename="b.exe', "a\r\nSet-Cookie: x=y", "肝臓 \u202egnp.exe", "../../etc/passwd"]
)
def test_a_download_is_named_safely_whatever_the_file_is_called(
    ada: Any, ada_browser: Client, name: str
) -> None:
    file = factories.a_file(factories.a_dataset(ada, name), name, b"x")
    for address in (
        reverse("datafile-download", args=[file.pk]),
        reverse("web:dataset-zip", args=[file.dataset_id]),
    ):
        answer = ada_browser.get(address)
        said = answer["Content-Disposition"]
        assert answer.status_code == 200
        assert said.startswith("attachment")
        assert said.isascii()
        assert said.isprintable()
        assert said.replace('\\"', "").count('"') in (0, 2)
        assert "Set-Cookie" not in answer.headers
