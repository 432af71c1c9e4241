"""Parts of crates over HTTP: a download that broke off goes on where it ended."""

import io
import zipfile
from typing import Any

import pytest

from rocrate_export.models import CrateExport
from tests.records import RNASEQ

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["instant", "prepared", "original"])
def url(request: Any, registered: Any, ours: Any, run_tasks: Any, a_zip: Any) -> str:
    """The address of a crate of each kind, ready to be had."""
    address = f"/api/v2/workflows/workflowruns/{registered(RNASEQ).pk}/rocrate/"
    if request.param == "prepared":
        request.getfixturevalue("everything_takes_long")
        assert ours.get(address).status_code == 202
        assert run_tasks() == 1
    if request.param == "original":
        assert ours.post(address, {"file": io.BytesIO(a_zip())}).status_code == 201
    return address


@pytest.fixture
def ours(signed_in: Any, ada: Any) -> Any:
    return signed_in(ada)


def test_a_broken_download_goes_on_where_it_ended(ours: Any, url: str, body_of: Any) -> None:
    whole = ours.get(url)
    content = body_of(whole)
    assert len(content) == int(whole["Content-Length"])
    assert whole["Accept-Ranges"] == "bytes"
    half = len(content) // 2
    rest = ours.get(url, headers={"range": f"bytes={half}-", "if-range": whole["ETag"]})
    assert rest.status_code == 206
    assert rest["Content-Range"] == f"bytes {half}-{len(content) - 1}/{len(content)}"
    assert content[:half] + body_of(rest) == content
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


@pytest.mark.parametrize(("wanted", "first", "last"), [("0-0", 0, 1), ("10-99", 10, 100), ("-5", -5, None)])
def test_any_part_can_be_had(ours: Any, url: str, body_of: Any, wanted: str, first: int, last: Any) -> None:
    content = body_of(ours.get(url))
    part = ours.get(url, headers={"range": f"bytes={wanted}"})
    assert (part.status_code, body_of(part)) == (206, content[first:last])
    assert int(part["Content-Length"]) == len(content[first:last])


def test_a_part_behind_the_end_is_refused_with_the_length(ours: Any, url: str) -> None:
    size = int(ours.head(url)["Content-Length"])
    refused = ours.get(url, headers={"range": f"bytes={size}-"})
    assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{size}")


def test_a_part_of_an_older_crate_is_answered_with_the_whole_of_the_new_one(
    ours: Any, url: str, body_of: Any
) -> None:
    answer = ours.get(url, headers={"range": "bytes=10-", "if-range": '"of old"'})
    assert answer.status_code == 200
    assert len(body_of(answer)) == int(answer["Content-Length"])


@pytest.mark.parametrize("header", ["bytes=5-2", "bytes=1-2,5-6", "lines=1-2", "bytes=-", "nonsense"])
def test_a_range_that_nobody_understands_is_left_alone(ours: Any, url: str, header: str) -> None:
    assert ours.get(url, headers={"range": header}).status_code == 200


def test_head_tells_all_and_sends_nothing(ours: Any, url: str) -> None:
    head, full = ours.head(url, headers={"range": "bytes=3-"}), ours.get(url)
    assert (head.status_code, head.content) == (200, b"")
    names = ("Content-Length", "Content-Type", "Content-Disposition", "ETag", "Accept-Ranges")
    assert {name: head[name] for name in names} == {name: full[name] for name in names}


def test_what_one_has_already_is_not_sent_again(ours: Any, url: str) -> None:
    tag = ours.get(url)["ETag"]
    for header in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = ours.get(url, headers={"if-none-match": header})
        assert (again.status_code, again.content) == (304, b"")


def test_a_part_costs_no_preparation(ours: Any, url: str) -> None:
    before = list(CrateExport.objects.values_list("pk", "attempts"))
    ours.get(url, headers={"range": "bytes=0-9"})
    assert list(CrateExport.objects.values_list("pk", "attempts")) == before
