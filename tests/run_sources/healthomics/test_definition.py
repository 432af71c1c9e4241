"""A workflow's definition comes from where it should, whole, and is opened without trusting it."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from run_sources.healthomics import definition
from run_sources.healthomics.definition import Exported, fetch_exported, may_be_fetched
from run_sources.healthomics.translate import read_workflow
from run_sources.healthomics.translate.workflow import remarks_on
from run_sources.seam import Access
from tests.run_sources.healthomics.wire import BASE, recorded
from workflows.records import FileType

LINK = "https://omics-definition.s3.eu-west-1.amazonaws.com/1234567/"
ZIP, README = f"{LINK}definition.zip?X-Amz-Signature=hidden", f"{LINK}README.md?X-Amz-Signature=hidden"
SCRIPT = b"# Mini\n<script>alert(document.cookie)</script>\n"


@pytest.fixture
def s3() -> Iterator[responses.RequestsMock]:
    """What S3 answers; nothing else is there."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as found:
        yield found


def packed(**files: bytes) -> bytes:
    """An archive; ``__`` in a name is a slash, ``_`` at the end a dot."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_nf", ".nf"), content)
    return held.getvalue()


def archive_of(name: str, content: bytes = b"x") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("main.nf", b"workflow {}")
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def fetch(*links: dict[str, str], base: str = BASE, **more: Any) -> Exported:
    """What the links lead to: the first at once, the next when it is asked for new ones."""
    waiting = list(links)
    return fetch_exported(Access(base, **more), lambda: waiting.pop(0) if len(waiting) > 1 else waiting[0])


def test_the_files_are_there_by_their_paths(s3: responses.RequestsMock) -> None:
    archive = packed(main_nf=b"workflow {}", modules__quant_nf=b"process QUANT {}")
    s3.get(ZIP, archive)
    s3.get(README, SCRIPT)
    found = fetch({"definition": ZIP, "readme": README})
    assert dict(found.files) == {
        "main.nf": b"workflow {}", "modules/quant.nf": b"process QUANT {}", "README.md": SCRIPT
    }  # fmt: skip
    assert found.digest == f"sha256:{hashlib.sha256(archive).hexdigest()}"
    assert found.remarks == ()


def test_a_readme_with_a_script_is_kept_as_the_text_that_it_is(s3: responses.RequestsMock) -> None:
    s3.get(README, SCRIPT)
    found = fetch({"definition": "", "readme": README})
    record = read_workflow(recorded("get_run_1"), recorded("get_workflow"), {}, found)
    (file,) = record.files
    assert (file.path, file.data_type, file.sha256) == (
        "README.md", FileType.README, hashlib.sha256(SCRIPT).hexdigest()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inside", "path"), [(SCRIPT, "readme.md"), (b"another one", "README.healthomics.md")]
)
def test_a_readme_is_not_kept_twice_and_replaces_none(
    s3: responses.RequestsMock, inside: bytes, path: str
) -> None:
    s3.get(ZIP, archive_of("readme.md", inside))
    s3.get(README, SCRIPT)
    found = fetch({"definition": ZIP, "readme": README})
    assert found.files["readme.md"] == inside
    assert (found.readme, found.files[path]) == (path, SCRIPT)


@pytest.mark.parametrize(
    "archive",
    [
        archive_of("../../etc/cron.d/x"), archive_of("/etc/passwd"), archive_of("C:/x"), archive_of("a\\..\\b"),
        archive_of("MAIN.NF"), archive_of("x" * 501), archive_of("bomb", b"\0" * 5_000_000), b"PK\3\4 half", b"<html>",
    ],
    ids=["slip", "absolute", "drive", "backslash", "collision", "long", "bomb", "half", "page"],
)  # fmt: skip
def test_an_archive_that_is_not_as_it_should_be_gives_nothing_and_a_remark(
    s3: responses.RequestsMock, archive: bytes
) -> None:
    s3.get(ZIP, archive)
    found = fetch({"definition": ZIP})
    assert dict(found.files) == {}
    assert len(found.remarks) == 1
    assert found.remarks[0].startswith("The workflow's definition is not taken in, because of")


def test_too_many_files_are_refused(s3: responses.RequestsMock) -> None:
    s3.get(ZIP, packed(**{f"f{number}": b"" for number in range(2001)}))
    found = fetch({"definition": ZIP})
    assert not found.files
    assert len(found.remarks) == 1


def test_what_is_too_large_is_not_fetched(
    s3: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definition, "LARGEST_DEFINITION", 100)
    s3.get(ZIP, archive_of("x", bytes(range(256)) * 4))
    (remark,) = fetch({"definition": ZIP}).remarks
    assert "more than 100 bytes" in remark


def test_a_link_that_has_run_out_is_asked_for_anew(s3: responses.RequestsMock) -> None:
    s3.get(ZIP, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", status=403)
    s3.get(f"{LINK}fresh.zip", archive_of("x"))
    found = fetch({"definition": ZIP}, {"definition": f"{LINK}fresh.zip"})
    assert set(found.files) == {"main.nf", "x"}
    assert not found.remarks


def test_a_link_that_stays_bad_is_a_remark_without_the_link(s3: responses.RequestsMock) -> None:
    s3.get(ZIP, "expired", status=403)
    s3.get(README, "gone", status=404)
    found = fetch({"definition": ZIP, "readme": README})
    assert [one.split(":")[0] for one in found.remarks] == [
        "The workflow's definition could not be fetched", "The workflow's README could not be fetched",
    ]  # fmt: skip
    assert "hidden" not in repr(found)
    assert "Import the run again" in found.remarks[0]


def test_s3_being_away_is_a_remark_too(s3: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("run_sources.http.session.HttpSession.rest", lambda self, seconds: None)
    s3.get(ZIP, body=requests.ConnectionError("refused"))
    (remark,) = fetch({"definition": ZIP}).remarks
    assert "cannot answer at the moment" in remark
    assert "hidden" not in remark


@pytest.mark.parametrize(
    ("link", "is_followed"),
    [
        (ZIP, True),
        ("https://s3.eu-west-1.amazonaws.com/bucket/key", True),
        ("https://bucket.s3.dualstack.eu-west-1.amazonaws.com/key", True),
        ("https://bucket.s3-us-west-2.amazonaws.com/key", True),
        ("https://bucket.s3.amazonaws.com:443/key", True),
        ("http://bucket.s3.amazonaws.com/key", False),
        ("https://bucket.s3.amazonaws.com:8443/key", False),
        ("https://bucket.s3.amazonaws.com.evil.example/key", False),
        ("https://evils3.amazonaws.com/key", False),
        ("https://ec2-1-2-3-4.compute.amazonaws.com/key", False),
        ("https://ada@bucket.s3.amazonaws.com/key", False),
        ("http://169.254.169.254/latest/meta-data/", False),
        ("http://127.0.0.1:9000/definition.zip", False),
        ("file:///etc/passwd", False),
        ("https://[half", False),
    ],
)
def test_only_links_to_s3_are_followed(s3: responses.RequestsMock, link: str, is_followed: bool) -> None:
    assert may_be_fetched(link, Access(BASE)) == is_followed
    if not is_followed:
        (remark,) = fetch({"definition": link}).remarks
        assert "does not lead to S3" in remark


def test_a_listed_server_gives_its_own_files(s3: responses.RequestsMock) -> None:
    here = "http://127.0.0.1:9000"
    s3.get(f"{here}/definition.zip", archive_of("x"))
    link = {"definition": f"{here}/definition.zip"}
    assert fetch(link, base=here, allow_private=True).files
    assert not fetch(link, base=here).files
    assert not may_be_fetched("http://127.0.0.1:9001/x", Access(here, allow_private=True))


def test_s3_does_not_send_us_elsewhere(s3: responses.RequestsMock) -> None:
    s3.get(ZIP, status=302, headers={"location": "http://169.254.169.254/latest/meta-data/"})
    s3.get("http://169.254.169.254/latest/meta-data/", "secret")
    found = fetch({"definition": ZIP})
    assert not found.files
    assert len(s3.calls) == 2  # the link, and the new one: never what they send to


def test_digests_are_compared(s3: responses.RequestsMock) -> None:
    archive = archive_of("x")
    digest = f"sha256:{hashlib.sha256(archive).hexdigest()}"
    s3.get(ZIP, archive)
    found = fetch({"definition": ZIP})
    same = recorded("get_workflow") | {"digest": digest}
    assert not told(recorded("get_run_1") | {"digest": digest}, same, found)
    (other,) = told(recorded("get_run_1"), recorded("get_workflow"), found)
    assert digest[7:] in other
    (changed,) = told(recorded("get_run_1"), same, found)
    assert "changed since the run" in changed


def told(run: dict[str, Any], workflow: dict[str, Any], found: Exported) -> list[str]:
    return list(remarks_on(run, read_workflow(run, workflow, {}, found), found))
