"""The files of a run: listed, found by patterns, downloaded one by one or as an archive, added."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from data_management.models import DataFile, Dataset
from tests.conftest import Api
from tests.factories import a_dataset, a_file, a_job, a_link, a_run, sha256_of, shared
from tests.workflows.conftest import RUNS
from workflows import run_file_uploads
from workflows.models import JobFileLink, WorkflowRun

pytestmark = pytest.mark.django_db


def address(run: WorkflowRun, rest: str = "") -> str:
    """The files of a run."""
    return f"{RUNS}{run.pk}/files/{rest}"


def placed(dataset: Dataset, path: str, content: bytes | None = None, **facts: Any) -> DataFile:
    """A file at a path of its run."""
    file = a_file(dataset, path.rpartition("/")[2], content, **facts)
    DataFile.objects.filter(pk=file.pk).update(path=path)
    return file


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    """Inputs, outputs, one of both, and what the registry does not hold."""
    run = a_run(ada, "My run")
    reads, results = a_dataset(ada, "Reads"), a_dataset(ada, "Results")
    for dataset, kind in ((reads, "INPUT"), (results, "OUTPUT"), (reads, "CONFIG")):
        a_link(run, dataset, kind)
    placed(reads, "data/a.fastq", b"ACGT")
    placed(results, "results/a.bam", b"BAM")
    placed(results, "results/deep/b.bam", status="OFFLINE", uri="s3://bucket/b.bam")
    lost = placed(results, "results/lost.bam", b"LOST")
    default_storage.delete(lost.storage_key)
    placed(results, "results/new.bam", status="NEW")
    a_file(results, "bad.txt", status="ERROR", error="The disk was full.")
    DataFile.objects.filter(name="bad.txt").update(path="")
    job = a_job(run)
    JobFileLink.objects.create(job=job, datafile=DataFile.objects.get(name="a.bam"), role="MADE")
    return run


EVERYTHING = [
    "bad.txt", "data/a.fastq", "results/a.bam", "results/deep/b.bam", "results/lost.bam", "results/new.bam",
]  # fmt: skip


def listed(api: Api, run: WorkflowRun, **query: Any) -> list[str]:
    """The paths that are listed."""
    answer = api.get(address(run), query)
    assert answer.status_code == 200, answer.content
    return [one["path"] for one in answer.json()["results"]]


def test_every_file_is_listed_once_with_what_is_known(ada_api: Api, run: WorkflowRun) -> None:
    assert listed(ada_api, run) == EVERYTHING
    rows = {one["path"]: one for one in ada_api.get(address(run)).json()["results"]}
    reads = rows["data/a.fastq"]
    assert (reads["data_types"], reads["dataset"]["name"]) == (["CONFIG", "INPUT"], "Reads")
    assert (reads["sha256"], reads["size"], reads["is_downloadable"]) == (sha256_of(b"ACGT"), 4, True)
    assert [path for path, one in rows.items() if one["is_downloadable"] is bool(one["why_not"])] == []
    assert rows["bad.txt"]["why_not"] == "The file could not be taken in: The disk was full."
    assert ada_api.get(address(run, f"{reads['id']}/")).json() == reads


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"path": "results/*.bam"}, ["results/a.bam", "results/lost.bam", "results/new.bam"]),
        ({"path": "*.bam", "search": "B.B"}, ["results/deep/b.bam"]),
        ({"path": "**/[ab].*"}, ["data/a.fastq", "results/a.bam", "results/deep/b.bam"]),
        ({"path": "*.txt"}, ["bad.txt"]),
        ({"search": hashlib.sha256(b"BAM").hexdigest().upper()}, ["results/a.bam"]),
        ({"data_type": "CONFIG"}, ["data/a.fastq"]),
        ({"data_type": "LOG"}, []),
        ({"status": "NEW"}, ["results/new.bam"]),
        ({"is_downloadable": "false"}, ["bad.txt", "results/deep/b.bam", "results/new.bam"]),
        ({"ordering": "-path", "page_size": 2}, ["results/new.bam", "results/lost.bam"]),
        ({"ordering": "-size", "page_size": 2}, ["results/lost.bam", "data/a.fastq"]),
    ],
)
def test_the_list_is_narrowed_and_put_in_order(
    ada_api: Api, run: WorkflowRun, query: dict[str, Any], expected: list[str]
) -> None:
    found = listed(ada_api, run, **query)
    assert found == expected or (sorted(found) == sorted(expected) and query.get("ordering") == "-size")


def test_the_files_of_a_job_and_pages_by_cursor(ada_api: Api, run: WorkflowRun) -> None:
    assert listed(ada_api, run, job=str(run.jobs.get().pk)) == ["results/a.bam"]
    page = ada_api.get(address(run) + "?page_size=4&cursor=").json()
    assert [one["path"] for one in page["results"]] == EVERYTHING[:4]
    assert [one["path"] for one in ada_api.get(page["next"]).json()["results"]] == EVERYTHING[4:]


@pytest.mark.parametrize("query", [{"glob": "*"}, {"status": "GONE"}, {"path": "a" * 501}, {"job": "x"}])
def test_what_is_not_understood_is_told(ada_api: Api, run: WorkflowRun, query: dict[str, str]) -> None:
    answer = ada_api.get(address(run), query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(query)))


def test_many_files_cost_no_more_queries_than_few(ada_api: Api, run: WorkflowRun, ada: User) -> None:
    with CaptureQueriesContext(connection) as few:
        listed(ada_api, run)
    for n in range(20):
        dataset = a_dataset(ada, f"d {n}")
        placed(dataset, f"more/{n}")
        a_link(run, dataset)
    with CaptureQueriesContext(connection) as many:
        assert len(listed(ada_api, run)) == 26
    assert len(many) == len(few)


# --- downloading --------------------------------------------------------------------------------------------


def test_a_file_is_downloaded_by_its_path_or_id_or_the_reason_is_told(
    ada_api: Api, run: WorkflowRun, body_of: Callable[[Any], bytes]
) -> None:
    ids = {one["path"]: one["id"] for one in ada_api.get(address(run)).json()["results"]}
    assert body_of(ada_api.get(address(run, "content/?path=results/a.bam"))) == b"BAM"
    assert body_of(ada_api.get(address(run, f"{ids['results/a.bam']}/content/"))) == b"BAM"
    for path, status, word in (
        ("results/deep/b.bam", 410, "never took"),
        ("results/lost.bam", 410, "lost it"),
        ("results/new.bam", 409, "on its way"),
        ("bad.txt", 410, "The disk was full"),
    ):
        for rest in (f"content/?path={path}", f"{ids[path]}/content/"):
            answer = ada_api.get(address(run, rest))
            assert (answer.status_code, word in answer.json()["message"]) == (status, True)
    assert ada_api.get(address(run, "content/?path=nothing")).status_code == 404
    assert ada_api.get(address(run, "content/")).status_code == 400


def names_in(answer: Any, body_of: Callable[[Any], bytes]) -> list[str]:
    """The members of an archive."""
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_a_selection_comes_as_an_archive_that_says_what_is_missing(
    ada_api: Api, run: WorkflowRun, body_of: Callable[[Any], bytes]
) -> None:
    zipped = address(run, "zip/")
    some = {"paths": ["data/a.fastq"], "glob": "results/a.*"}
    assert names_in(ada_api.post(zipped, some), body_of) == ["my-run/data/a.fastq", "my-run/results/a.bam"]
    by_id = {"ids": [str(DataFile.objects.get(name="a.bam").pk)]}
    assert names_in(ada_api.post(zipped, by_id), body_of) == ["my-run/results/a.bam"]
    whole = names_in(ada_api.post(zipped, {"glob": "**"}), body_of)
    assert whole == ["my-run/data/a.fastq", "my-run/results/a.bam", "LEFT-OUT.txt"]


def test_a_selection_of_nothing_or_of_too_much_is_refused(
    ada_api: Api, run: WorkflowRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped = address(run, "zip/")
    assert ada_api.post(zipped, {}).status_code == 400
    missing = ada_api.post(zipped, {"paths": ["data/a.fastq", "secret"], "glob": "*.bam"})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (404, "paths[1]")
    assert ada_api.post(zipped, {"glob": "*.none"}).status_code == 404
    monkeypatch.setattr("rocrate_export.zips_of_files.MOST_FILES", 1)
    many = ada_api.post(zipped, {"glob": "**"})
    assert (many.status_code, "RO-Crate" in many.json()["message"]) == (413, True)


# --- adding -------------------------------------------------------------------------------------------------


def sent(api: Api, run: WorkflowRun, content: bytes = b"42\n", **fields: Any) -> Any:
    """The answer to an upload."""
    upload = {"file": SimpleUploadedFile("notes.txt", content, "text/plain"), "data_type": "REPORT", **fields}
    return api.post(address(run), upload, format="multipart")


def stored_files() -> list[Path]:
    """What lies in the storage."""
    storage: Any = default_storage
    return sorted(path for path in Path(storage.location, "data").rglob("*") if path.is_file())


def test_a_file_is_added_once(
    ada_api: Api, run: WorkflowRun, ada: User, body_of: Callable[[Any], bytes]
) -> None:
    digests: dict[str, Any] = {"sha256": sha256_of(b"42\n").upper(), "md5": hashlib.md5(b"42\n").hexdigest()}
    made = sent(ada_api, run, path="notes/answer.txt", **digests)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["path"], told["data_types"], told["mime_type"]) == (
        "notes/answer.txt",
        ["REPORT"],
        "text/plain",
    )
    assert (told["status"], told["sha256"], told["is_downloadable"]) == ("ONLINE", sha256_of(b"42\n"), True)
    assert body_of(ada_api.get(address(run, "content/?path=notes/answer.txt"))) == b"42\n"
    dataset = Dataset.objects.get(pk=told["dataset"]["id"])
    assert (dataset.owner, dataset.owned_by, dataset.file_count) == (ada, run.owned_by, 1)
    before = stored_files()
    again = sent(ada_api, run, path="notes/answer.txt")
    assert (again.status_code, again.json()["id"]) == (200, told["id"])
    other = sent(ada_api, run, b"43\n", path="notes/answer.txt")
    assert (other.status_code, "another content" in other.json()["message"]) == (409, True)
    assert stored_files() == before
    assert sent(ada_api, run).json()["path"] == "notes.txt"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"path": "../etc/passwd"}, "path"),
        ({"path": "/etc/passwd"}, "path"),
        ({"path": "a//b"}, "path"),
        ({"path": "a\nb"}, "path"),
        ({"path": "a/" * 600 + "b"}, "path"),
        ({"path": "x" * 256}, "path"),
        ({"data_type": "RESULT"}, "data_type"),
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": "0" * 64}, "sha256"),
        ({"md5": "0" * 32}, "md5"),
    ],
)
def test_what_is_wrong_with_an_upload_is_told_and_nothing_stays(
    ada_api: Api, run: WorkflowRun, fields: dict[str, Any], field: str
) -> None:
    before, rows = stored_files(), DataFile.objects.count()
    answer = sent(ada_api, run, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), answer.content
    assert (stored_files(), DataFile.objects.count()) == (before, rows)


def test_a_file_beyond_the_limit_is_refused_whatever_it_says_of_its_length(
    ada_api: Api, run: WorkflowRun, settings: Any
) -> None:
    settings.RUN_FILE_MAX_BYTES = 1000
    assert sent(ada_api, run, b"x" * 100_000).status_code == 413
    assert sent(ada_api, run, b"x" * 1001).status_code == 413
    assert sent(ada_api, run, b"x" * 1000).status_code == 201


def test_what_cannot_be_written_down_is_not_left_in_the_storage(
    ada_api: Api, run: WorkflowRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored_files()
    rows = Dataset.objects.count()

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_file_uploads, "store", full)
    answer = sent(ada_api, run)
    assert (answer.status_code, "disk of the storage is full" in answer.json()["message"]) == (503, True)
    monkeypatch.undo()
    monkeypatch.setattr(run_file_uploads, "tell", full)
    with pytest.raises(OSError, match="No space"):
        sent(ada_api, run)
    assert (stored_files(), Dataset.objects.count()) == (before, rows)


# --- rights -------------------------------------------------------------------------------------------------


def test_files_of_a_dataset_that_one_may_not_see_do_not_exist(
    api: Callable[[User], Api],
    ada: User,
    bob: User,
    eve: User,
    run: WorkflowRun,
    body_of: Callable[[Any], bytes],
) -> None:
    shared(run, eve, edit=True)
    stranger = api(eve)
    assert listed(stranger, run) == []
    file = DataFile.objects.get(name="a.bam")
    for rest in (f"{file.pk}/", f"{file.pk}/content/", "content/?path=results/a.bam"):
        assert stranger.get(address(run, rest)).status_code == 404
    assert stranger.post(address(run, "zip/"), {"ids": [str(file.pk)]}).status_code == 404
    assert sent(stranger, run, path="results/a.bam").status_code == 201
    shared(DataFile.objects.get(name="a.fastq").dataset, eve)
    assert listed(stranger, run) == ["data/a.fastq", "results/a.bam"]
    assert sent(api(bob), run).status_code == 403
    other = a_run(ada)
    assert api(ada).get(address(other, f"{file.pk}/content/")).status_code == 404
