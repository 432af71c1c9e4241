"""Archives that are given for a run or a version: checked, kept byte for byte, served, never lost."""

import hashlib
import io
import json
import os
import struct
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from common.storage import store
from data_management.models import Dataset
from rocrate_export.models import StoredCrate
from rocrate_export.originals import keep_original
from rocrate_packages import Limits
from tests.factories import shared
from tests.records import RNASEQ
from workflows.models import Workflow, WorkflowRun

pytestmark = pytest.mark.django_db
METADATA = "ro-crate-metadata.json"


@pytest.fixture
def run(registered: Any) -> WorkflowRun:
    return registered(RNASEQ)


@pytest.fixture(params=["run", "version"])
def url(request: Any, run: WorkflowRun) -> str:
    """The address of the crate of a run, and of a version."""
    if request.param == "run":
        return f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/"
    return f"/api/v2/workflows/workflowversions/{run.workflowversion_id}/rocrate/"


def upload(api: Any, url: str, content: bytes, name: str = "given.crate.zip") -> Any:
    file = io.BytesIO(content)
    file.name = name
    return api.post(url, {"file": file}, format="multipart")


# --- Given, kept, served ---------------------------------------------------------------------------------------------


def test_what_is_given_is_served_byte_for_byte(ada_api: Any, url: str, a_zip: Any, body_of: Any) -> None:
    content = a_zip() + b""
    given = upload(ada_api, url, content)
    told = given.json()
    assert given.status_code == 201
    assert (told["size"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    served = ada_api.get(url)
    assert body_of(served) == content
    assert served["Content-Type"] == "application/zip"
    assert '.crate.zip"' in served["Content-Disposition"]
    assert body_of(ada_api.get(url, {"kind": "original"})) == content
    assert body_of(ada_api.get(url, {"kind": "generated"})) != content


def test_the_metadata_is_that_of_what_is_served(ada_api: Any, url: str, a_zip: Any) -> None:
    upload(ada_api, url, a_zip())
    assert ada_api.get(f"{url}metadata/").json()["@graph"][1]["name"] == "Given"
    generated = ada_api.get(f"{url}metadata/", {"kind": "generated"}).json()
    assert generated["@graph"][1]["name"] != "Given"


def test_who_chooses_files_wants_ours(ada_api: Any, url: str, a_zip: Any) -> None:
    upload(ada_api, url, a_zip())
    chosen = ada_api.get(f"{url}metadata/", {"include": "none"}).json()
    assert chosen["@graph"][1]["name"] != "Given"


def test_without_an_original_it_is_said_what_to_do(ada_api: Any, url: str) -> None:
    missing = ada_api.get(url, {"kind": "original"})
    assert missing.status_code == 404
    assert "kind=generated" in missing.json()["message"]
    assert "POST" in missing.json()["message"]


def test_the_same_bytes_twice_are_one(
    ada_api: Any, url: str, a_zip: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first, again = upload(ada_api, url, a_zip()), upload(ada_api, url, a_zip(), "other name.zip")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    kept = StoredCrate.objects.get()
    assert default_storage.exists(kept.storage_key)
    assert not list(Path(default_storage.path("crates")).rglob("other_name.zip"))


def test_the_newest_is_served_and_older_ones_are_not_lost(
    ada_api: Any, url: str, a_zip: Any, body_of: Any
) -> None:
    older, newer = a_zip(), a_zip(compression=zipfile.ZIP_DEFLATED)
    for content in (older, newer):
        upload(ada_api, url, content)
    assert body_of(ada_api.get(url)) == newer
    rows = ada_api.get(f"{url}originals/").json()["results"]
    assert [body_of(ada_api.get(row["download"])) for row in rows] == [newer, older]
    assert ada_api.get(f"{url}originals/", {"page_size": 1}).json()["next"]


def test_giving_a_crate_stands_in_the_history(ada_api: Any, url: str, a_zip: Any) -> None:
    upload(ada_api, url, a_zip())
    told = ada_api.get(url.replace("rocrate/", "history/")).json()
    events = told["results"] if isinstance(told, dict) else told
    assert {"crate": [None, "given.crate.zip"]} in [event["changes"] for event in events]


# --- Rights ----------------------------------------------------------------------------------------------------------


def test_who_may_edit_may_give_and_who_may_see_may_have(
    api: Any, ada: Any, bob: Any, meg: Any, eve: Any, url: str, a_zip: Any
) -> None:
    people = (ada, bob, meg, eve)
    given = {user.username: upload(api(user), url, a_zip()).status_code for user in people}
    assert given == {"ada": 201, "bob": 403, "meg": 200, "eve": 404}
    parts = ("", "metadata/", "originals/", f"originals/{StoredCrate.objects.get().pk}/download/")
    for part in parts:
        had = {user.username: api(user).get(url + part).status_code for user in people}
        assert had == {"ada": 200, "bob": 200, "meg": 200, "eve": 404}, part


def test_an_original_of_another_run_is_not_here(ada_api: Any, url: str, a_zip: Any, registered: Any) -> None:
    other = registered(RNASEQ.__class__(name="Other", status=RNASEQ.status))
    theirs = f"/api/v2/workflows/workflowruns/{other.pk}/rocrate/"
    made = upload(ada_api, theirs, a_zip()).json()
    assert ada_api.get(f"{url}originals/{made['id']}/download/").status_code == 404
    assert ada_api.get(f"{url}originals/").json()["count"] == 0


def test_crates_are_visible_with_what_they_belong_to(
    run: WorkflowRun, ada: Any, bob: Any, eve: Any, a_zip: Any
) -> None:
    keep_original(stream=io.BytesIO(a_zip()), name="a.zip", user=ada, run=run)
    keep_original(stream=io.BytesIO(a_zip()), name="a.zip", user=ada, version=run.workflowversion)
    seen = {user.username: StoredCrate.objects.visible_to(user).count() for user in (ada, bob, eve)}
    assert seen == {"ada": 2, "bob": 2, "eve": 0}
    shared(run, eve)
    Dataset.objects.update(public=True)
    assert not StoredCrate.objects.visible_to(eve).exists()  # the workflow is still not to be seen
    Workflow.objects.update(public=True)
    assert StoredCrate.objects.visible_to(eve).count() == 2
    Workflow.objects.update(public=False)
    WorkflowRun.objects.update(workflowversion=None)
    assert StoredCrate.objects.visible_to(eve).get().run == run
    run.mark_deleted(by=ada)
    assert StoredCrate.objects.visible_to(ada).get().version == run.workflowversion


# --- keep_original ---------------------------------------------------------------------------------------------------


def second_copy(ada: Any, run: WorkflowRun, content: bytes) -> str:
    """The key of bytes that lie in the storage, and that the run has already."""
    keep_original(stream=io.BytesIO(content), name="a.zip", user=ada, run=run)
    store(io.BytesIO(content), "crates/second.zip")
    return "crates/second.zip"


def test_bytes_that_are_kept_already_go_when_that_is_committed(
    ada: Any, run: WorkflowRun, a_zip: Any, django_capture_on_commit_callbacks: Any
) -> None:
    key = second_copy(ada, run, a_zip())
    with django_capture_on_commit_callbacks(execute=True):
        kept = keep_original(key=key, name="b.zip", user=ada, run=run)
        assert default_storage.exists(key)
    assert not default_storage.exists(key)
    assert default_storage.exists(kept.storage_key)


def test_bytes_stay_where_what_took_them_in_was_undone(
    ada: Any, run: WorkflowRun, a_zip: Any, django_capture_on_commit_callbacks: Any
) -> None:
    key = second_copy(ada, run, a_zip())
    with django_capture_on_commit_callbacks(execute=True), suppress(InterruptedError), transaction.atomic():
        keep_original(key=key, name="b.zip", user=ada, run=run)
        raise InterruptedError
    assert default_storage.exists(key)


def test_bytes_that_lie_in_the_storage_already_are_not_copied(run: WorkflowRun, ada: Any, a_zip: Any) -> None:
    content = a_zip()
    store(io.BytesIO(content), "crates/there/already.zip")
    warnings = [{"entity": "#x", "message": "is odd"}]
    kept = keep_original(key="crates/there/already.zip", name="a.zip", user=ada, run=run, warnings=warnings)
    assert (kept.storage_key, kept.size) == ("crates/there/already.zip", len(content))
    assert (kept.sha256, kept.warnings) == (hashlib.sha256(content).hexdigest(), warnings)
    store(io.BytesIO(content), "crates/there/again.zip")
    again = keep_original(
        key="crates/there/again.zip", name="a.zip", user=ada, run=run, sha256=kept.sha256, size=kept.size
    )
    assert again == kept
    assert default_storage.exists(kept.storage_key)


def test_one_archive_may_be_of_several_runs(run: WorkflowRun, ada: Any, a_zip: Any, registered: Any) -> None:
    other = registered(RNASEQ.__class__(name="Other", status=RNASEQ.status))
    for one in (run, other):
        keep_original(stream=io.BytesIO(a_zip()), name="a.zip", user=ada, run=one)
    assert StoredCrate.objects.count() == 2


def test_the_database_itself_wants_a_run_or_a_version(run: WorkflowRun) -> None:
    facts = {"name": "a.zip", "storage_key": "k", "sha256": "0" * 64, "size": 1}
    for owner in ({}, {"run": run, "version": run.workflowversion}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredCrate.objects.create(**facts, **owner)


# --- What is refused -------------------------------------------------------------------------------------------------

GRAPH = [{"@id": METADATA, "@type": "CreativeWork"}, {"@id": "./", "@type": "Dataset"}]
DOCUMENT = json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": GRAPH}).encode()


def packed(*members: tuple[Any, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def a_link() -> bytes:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    return packed((METADATA, DOCUMENT), (link, b"/etc/passwd"))


def encrypted() -> bytes:
    content = bytearray(packed((METADATA, DOCUMENT)))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 8] |= 1
    return bytes(content)


def lying_directory(members: int, size: int) -> bytes:
    content = bytearray(packed((METADATA, DOCUMENT)))
    end = content.rfind(b"PK\x05\x06")
    struct.pack_into("<2HL", content, end + 8, members, members, size)
    return bytes(content)


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(METADATA, DOCUMENT + b" " * (Limits().metadata + 1))
    return target.getvalue()


def long_metadata() -> bytes:
    """More than is read, but not out of proportion to its packed size."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(METADATA, os.urandom(1 << 20) + b" " * Limits().metadata)
    return target.getvalue()


def damaged() -> bytes:
    return packed((METADATA, DOCUMENT)).replace(b"CreativeWork", b"creativework")


REFUSED = {
    "no zip": (lambda: b"hello", "no zip archive"),
    "empty": (lambda: packed(), "no ro-crate-metadata.json"),
    "no metadata": (lambda: packed(("a.txt", b"a")), "no ro-crate-metadata.json"),
    "metadata too deep": (lambda: packed((f"a/b/c/{METADATA}", DOCUMENT)), "no ro-crate-metadata.json"),
    "two crates": (
        lambda: packed((f"a/{METADATA}", DOCUMENT), (f"b/{METADATA}", DOCUMENT)),
        "several crates",
    ),
    "no JSON": (lambda: packed((METADATA, b"{nothing")), "no JSON"),
    "no graph": (lambda: packed((METADATA, b'{"@context": "x"}')), "no @graph"),
    "a list": (lambda: packed((METADATA, b"[1]")), "no @graph"),
    "no descriptor": (lambda: packed((METADATA, b'{"@graph": [{"@id": "./"}]}')), "no descriptor"),
    "deep JSON": (lambda: packed((METADATA, b"[" * 100_000 + b"]" * 100_000)), "nested too deeply"),
    "much JSON": (lambda: packed((METADATA, b"[" + b"0," * Limits().values + b"0]")), "values"),
    "bomb": (bomb, "200 times its packed size"),
    "long metadata": (long_metadata, "at most 67108864 are read"),
    "two values": (lambda: packed((METADATA, DOCUMENT[:-1] + b', "@graph": []}')), "'@graph' twice"),
    "metadata alone": (lambda: DOCUMENT, "Pack the crate as a zip"),
    "encrypted": (encrypted, "encrypted"),
    "damaged": (damaged, "is damaged"),
    "a way out": (lambda: packed((METADATA, DOCUMENT), ("../x", b"")), "leads out of the package"),
    "absolute": (lambda: packed((METADATA, DOCUMENT), ("/etc/x", b"")), "is absolute"),
    "a drive": (lambda: packed((METADATA, DOCUMENT), ("C:/x", b"")), "the letter of a drive"),
    "backslashes": (lambda: packed((METADATA, DOCUMENT), ("..\\x", b"")), "backslash"),
    "a link": (a_link, "link"),
    "many members": (lambda: many_members(), "at most 100000 are taken in"),
    "long directory": (lambda: lying_directory(1, 2**31), "not where the archive says"),
    "cut off": (lambda: packed((METADATA, DOCUMENT))[:-30], "cut off"),
}


def many_members() -> bytes:
    """A ZIP64 end that speaks of more members than are taken."""
    content = packed((METADATA, DOCUMENT))
    place, directory = content.rfind(b"PK\x05\x06"), content.rfind(b"PK\x01\x02")
    many = Limits().members + 1
    told = (many, many, place - directory, directory)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, *told)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0)
    return content[:place] + record + locator + end


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_crate_is_refused_with_the_reason_and_not_kept(
    ada_api: Any, run: WorkflowRun, what: str
) -> None:
    make, reason = REFUSED[what]
    refused = upload(ada_api, f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/", make())
    assert refused.status_code == 400
    assert [one["field"] for one in refused.json()["errors"]] == ["file"]
    assert reason in refused.json()["message"]
    assert not StoredCrate.objects.exists()


@pytest.mark.parametrize(
    "name", [METADATA, f"wrapped/{METADATA}", f"bag/data/{METADATA}", "ro-crate-metadata.jsonld"]
)
def test_crates_are_found_where_they_may_stand(ada_api: Any, run: WorkflowRun, name: str) -> None:
    document = DOCUMENT.replace(METADATA.encode(), name.rpartition("/")[2].encode())
    content = packed(
        (name, document),
        ("bag/bagit.txt", b""),
        ("more/x:1-2.txt", b"x"),
        (f"deep/er/still/{METADATA}", b"no crate"),
    )
    url = f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/"
    assert upload(ada_api, url, content).status_code == 201
    assert ada_api.get(f"{url}metadata/").json()["@graph"]


def test_a_crate_above_the_limit_is_refused(ada_api: Any, url: str, a_zip: Any, settings: Any) -> None:
    settings.CRATE_MAX_BYTES = len(a_zip())
    assert upload(ada_api, url, a_zip()).status_code == 201
    settings.CRATE_MAX_BYTES = len(a_zip()) - 1
    assert upload(ada_api, url, a_zip()).status_code == 413


def test_a_body_without_a_file_is_refused(ada_api: Any, url: str) -> None:
    refused = ada_api.post(url, {}, format="multipart")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "file")


def test_an_original_that_the_storage_has_lost_is_told(ada_api: Any, url: str, a_zip: Any) -> None:
    upload(ada_api, url, a_zip())
    default_storage.delete(StoredCrate.objects.get().storage_key)
    assert ada_api.get(url).status_code == 409
    assert ada_api.get(f"{url}metadata/").status_code == 409
    assert ada_api.get(url, {"kind": "generated"}).status_code == 200


def test_an_archive_is_for_those_who_may_see_all_that_is_in_it(
    ada_api: Any, api: Any, eve: Any, run: WorkflowRun, a_zip: Any, body_of: Any
) -> None:
    url = f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/"
    given = upload(ada_api, url, a_zip()).json()
    theirs = api(eve)

    def what_eve_gets() -> list[bool]:
        served = body_of(theirs.get(url)) == a_zip()
        asked = theirs.get(url, {"kind": "original"}).status_code == 200
        listed = theirs.get(f"{url}originals/").json()["count"] == 1
        return [
            served,
            asked,
            listed,
            theirs.get(f"{url}originals/{given['id']}/download/").status_code == 200,
        ]

    WorkflowRun.objects.update(public=True)
    assert what_eve_gets() == [False] * 4
    Dataset.objects.update(public=True)
    assert what_eve_gets() == [False] * 4
    Workflow.objects.update(public=True)
    assert what_eve_gets() == [True] * 4
    Dataset.objects.filter(name="Alignment").update(public=False)
    assert what_eve_gets() == [False] * 4
