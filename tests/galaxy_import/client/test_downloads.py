"""Contents of datasets: streamed, taken up where they broke off, and never mixed with something else."""

import io
from contextlib import suppress
from typing import Any

import pytest

from common.outgoing import Limits
from galaxy_import.client import GalaxyClient
from run_sources.errors import NotReadable, SourceError, SourceUnavailable
from run_sources.http import downloading as downloading_module
from tests.galaxy_import.failing import FailingGalaxy, breaks_off, drips, page, says
from tests.galaxy_import.servers import Answering, Double

CONTENT = bytes(range(256)) * 1000
HALF = len(CONTENT) // 2
MARK = '"27a3575e5f81de9c"'
DISPLAY = "/api/datasets/d1/display"


def client_of(server: FailingGalaxy, **options: Any) -> GalaxyClient:
    limits = Limits(connect=2, silence=0.5, total=1)
    return GalaxyClient(server.url, "k", allow_private=True, limits=limits, pause=lambda s: None, **options)


def serves(content: bytes = CONTENT, mark: str = MARK) -> Any:
    """Answers with what was asked for, as servers do that know ranges."""

    def behave(handler: Answering, double: Double) -> None:
        wanted = handler.headers.get("range", "")
        start = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
        if not start or handler.headers.get("if-range") != mark:
            handler.tell(200, content, "application/octet-stream", etag=mark)
        elif start >= len(content):
            handler.tell(416, b"", content_range=f"bytes */{len(content)}")
        else:
            which = f"bytes {start}-{len(content) - 1}/{len(content)}"
            handler.tell(206, content[start:], "application/octet-stream", etag=mark, content_range=which)

    return behave


def test_a_dataset_is_written_as_it_is(failing_galaxy):
    failing_galaxy.on(DISPLAY, serves())
    into, told = io.BytesIO(), []
    done = client_of(failing_galaxy).download("d1", into, limit=10**6, told=lambda *each: told.append(each))
    assert into.getvalue() == CONTENT
    assert (done.size, done.etag) == (len(CONTENT), MARK)
    assert told == [(MARK, len(CONTENT))]
    assert "preview" not in failing_galaxy.asked[0].path
    assert failing_galaxy.asked[0].headers["accept-encoding"] == "identity"


def test_what_broke_off_goes_on_where_it_was(failing_galaxy):
    failing_galaxy.on(DISPLAY, breaks_off(CONTENT, HALF, etag=MARK), page(502), serves())
    into = io.BytesIO()
    assert client_of(failing_galaxy).download("d1", into, limit=10**6).size == len(CONTENT)
    assert into.getvalue() == CONTENT
    ranges = [each.headers.get("range") for each in failing_galaxy.asked]
    assert ranges[0] is None
    assert ranges[1] == ranges[2] != "bytes=0-"
    assert failing_galaxy.asked[2].headers["if-range"] == MARK


def test_what_a_killed_worker_left_is_gone_on_with(failing_galaxy):
    failing_galaxy.on(DISPLAY, serves())
    into = io.BytesIO(CONTENT[:HALF])
    client_of(failing_galaxy).download("d1", into, offset=HALF, etag=MARK, limit=10**6)
    assert into.getvalue() == CONTENT
    assert failing_galaxy.asked[0].headers["range"] == f"bytes={HALF}-"


@pytest.mark.parametrize("mark", ['"another"', ""])
def test_what_is_not_the_same_any_more_is_begun_again(failing_galaxy, mark):
    failing_galaxy.on(DISPLAY, serves())
    into = io.BytesIO(b"old" * 100_000)
    client_of(failing_galaxy).download("d1", into, offset=HALF, etag=mark, limit=10**6)
    assert into.getvalue() == CONTENT


def test_what_is_complete_already_is_not_fetched_again(failing_galaxy):
    failing_galaxy.on(DISPLAY, serves())
    into = io.BytesIO(CONTENT)
    done = client_of(failing_galaxy).download("d1", into, offset=len(CONTENT), etag=MARK, limit=10**6)
    assert done.size == len(CONTENT)
    assert into.getvalue() == CONTENT


def test_what_is_longer_than_the_dataset_is_begun_again(failing_galaxy):
    failing_galaxy.on(DISPLAY, serves())
    into = io.BytesIO(CONTENT + b"more")
    client_of(failing_galaxy).download("d1", into, offset=len(CONTENT) + 4, etag=MARK, limit=10**6)
    assert into.getvalue() == CONTENT


def test_without_a_mark_nothing_is_joined(failing_galaxy):
    failing_galaxy.on(DISPLAY, breaks_off(CONTENT, HALF), says(CONTENT))
    into = io.BytesIO()
    client_of(failing_galaxy).download("d1", into, limit=10**6)
    assert into.getvalue() == CONTENT
    assert all("range" not in each.headers for each in failing_galaxy.asked)


def test_a_server_that_never_gets_further_is_given_up(failing_galaxy):
    failing_galaxy.on(DISPLAY, breaks_off(CONTENT, 0, etag=MARK))
    with pytest.raises(SourceUnavailable, match="broke off"):
        client_of(failing_galaxy).download("d1", io.BytesIO(), limit=10**6)
    assert len(failing_galaxy.asked) == 4


def test_a_download_that_drips_is_given_up(failing_galaxy, monkeypatch):
    monkeypatch.setattr(downloading_module, "MOST_TRIES", 1)
    failing_galaxy.on(DISPLAY, drips(0.05))
    with pytest.raises(SourceUnavailable, match="did not come in time"):
        client_of(failing_galaxy).download("d1", io.BytesIO(), limit=10**6)


def test_a_dataset_without_content_says_why(failing_galaxy):
    words = "The dataset you are attempting to view is in paused state."
    failing_galaxy.on(DISPLAY, says({"err_msg": words, "err_code": 409001}, 409))
    with pytest.raises(NotReadable, match="paused state"):
        client_of(failing_galaxy).download("d1", io.BytesIO(), limit=10**6)


@pytest.mark.parametrize(
    ("headers", "is_archive"),
    [
        ({"content_disposition": "attachment; filename=\"Graph.zip\"; filename*=UTF-8''Graph.zip"}, True),
        ({"content_disposition": 'attachment; filename="Galaxy5-[tab].tabular"'}, False),
        ({"content_disposition": 'attachment; filename="a.zip.txt"'}, False),
        ({}, False),
    ],
)
def test_a_dataset_of_several_files_comes_as_an_archive_if_asked_for(failing_galaxy, headers, is_archive):
    failing_galaxy.on(rf"{DISPLAY}\?to_ext=data", says(b"PK", content_type="text/html", **headers))
    done = client_of(failing_galaxy).download("d1", io.BytesIO(), limit=10**6, packed=True)
    assert (done.size, done.is_archive) == (2, is_archive)


def test_a_download_that_is_called_off_stops(failing_galaxy):
    failing_galaxy.on(DISPLAY, serves(CONTENT * 100))
    into = io.BytesIO()

    def check() -> None:
        if into.tell() > 100_000:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        client_of(failing_galaxy, check=check).download("d1", into, limit=10**9)
    assert into.tell() < 1_000_000


@pytest.mark.parametrize(
    ("case", "dataset"), [("26.1/b_mapped", "5b63bbf80209c895"), ("24.2/a_linear", "289fb816f21cd775")]
)
def test_a_recorded_dataset_is_fetched_in_two_goes(galaxy, case, dataset):
    server = galaxy(case)
    recorded = next(e for e in server.entries if e["path"] == f"/api/datasets/{dataset}/display")
    content, mark = server.body(recorded), recorded["headers"]["etag"]
    with GalaxyClient(server.url, "owner-key", allow_private=True) as client:
        into = io.BytesIO(content[:30])
        client.download(dataset, into, offset=30, etag=mark, limit=10**6)
    assert into.getvalue() == content
    assert server.asked[-1].headers["range"] == "bytes=30-"


@pytest.mark.parametrize(
    "head",
    [
        "200 OK\r\nContent-Length: {}",
        "206 Partial\r\nContent-Range: bytes 0-1/{}",
        "206 Partial\r\nContent-Range: bytes {0}-{0}/9",
    ],
)
def test_a_size_of_thousands_of_digits_is_no_fault_of_ours(failing_galaxy, monkeypatch, head):
    monkeypatch.setattr(downloading_module, "MOST_TRIES", 1)

    def boasts(handler, double):
        handler.wfile.write(f"HTTP/1.1 {head.format('9' * 5000)}\r\n\r\nAC".encode())
        handler.close_connection = True

    failing_galaxy.on(DISPLAY, boasts)
    with suppress(SourceError):
        assert client_of(failing_galaxy).download("d1", io.BytesIO(), limit=10**6).size == 2
