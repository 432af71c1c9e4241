"""Addresses that nobody would type by intent: they are answered, and never by a fault of ours."""

from typing import Any

import pytest
from django.test import Client

from tests.web.everything import a_world, addresses
from workflows.filters import WorkflowRunFilterSet

pytestmark = pytest.mark.django_db
OWN_NAMES = [
    "page", "page_size", "step", "stream", "status", "sort", "path", "open", "kind", "job", "wait",
    "view", "type", "tab", "seen", "search", "q", "ordering", "of", "limit", "ids", "from", "direction",
    "diff", "days", "data_type", "data", "as", "annotate", "all", "after", "checksum", "parameter",
    "username", "history", "file", "sha256", "md5", "uri", "deleted", "columns", "owned_by", "format",
    "dataset_type", "order",
]  # fmt: skip
NAMES = sorted({*OWN_NAMES, *WorkflowRunFilterSet.base_filters})
AT_ONCE = 40
HANDFULS = [NAMES[start : start + AT_ONCE] for start in range(0, len(NAMES), AT_ONCE)]
ODD = [
    "\x00",
    "-1",
    "9" * 30,
    "٣",
    "1e400",
    "9999-12-31T23:59:59",
    "0001-01-01",
    "' OR 1=1 --",
    "%",
    "x" * 5000,
]


@pytest.fixture
def everywhere(ada: Any) -> list[str]:
    """Every address of the site."""
    return sorted({address.split("?")[0] for address in addresses(a_world(ada, "<b>text</b>"))})


@pytest.mark.both
def test_no_value_in_an_address_breaks_a_page(everywhere: list[str], ada_browser: Client) -> None:
    broken = []
    for place, address in enumerate(everywhere):
        for turn, names in enumerate(HANDFULS):
            query = {name: ODD[(place + turn + nth) % len(ODD)] for nth, name in enumerate(names)}
            if ada_browser.get(address, query).status_code >= 500:
                broken.append((address, query))
    assert broken == []


@pytest.mark.parametrize("method", ["head", "options", "put", "patch", "delete", "post"])
def test_no_method_breaks_a_page(everywhere: list[str], ada_browser: Client, method: str) -> None:
    answers = {address: getattr(ada_browser, method)(address).status_code for address in everywhere}
    assert [address for address, status in answers.items() if status >= 500] == []


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"]
)
def test_no_body_breaks_a_page(everywhere: list[str], ada_browser: Client, content_type: str) -> None:
    for address in everywhere:
        answer = ada_browser.post(address, data=b'\x00{"a": [', content_type=content_type)
        assert answer.status_code < 500, address
