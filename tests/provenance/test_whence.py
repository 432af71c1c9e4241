"""Where a file is known from: by checksum, path or URI, and only what the asker may see."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from provenance.conditions import MD5_OF_NOTHING, SHA256_OF_NOTHING
from tests.conftest import Api
from tests.factories import a_file, a_link, a_run, a_version, a_workflow
from tests.provenance.weaving import a_named_file, digest, holding, ran

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v2/data-management/datafiles/whence/"


def whence(user: User | None, **query: Any) -> Any:
    """The answer to somebody."""
    answer = Api(user).get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_checksum_tells_the_files_their_datasets_and_the_runs_that_made_and_used_them(ada: User) -> None:
    reads, counts = holding(ada, "reads"), holding(ada, "counts", name="Counts")
    version = a_version(a_workflow(ada, "rnaseq"))
    ran(ada, "count", [reads], [counts], workflowversion=version)
    ran(ada, "plot", [counts], [])
    a_link(a_run(ada, "with settings"), counts, "CONFIG")
    found = whence(ada, sha256=digest("counts").upper())
    assert (found["count"], found["hidden"], found["message"]) == (1, 0, "")
    [file] = found["results"]
    assert (file["name"], file["dataset"]) == (
        "counts",
        {"id": str(counts.pk), "name": "Counts", "group": "Genomics Core"},
    )
    assert [(run["name"], run["data_type"]) for run in file["made_by"]["runs"]] == [("count", "OUTPUT")]
    assert file["made_by"]["runs"][0]["workflow"]["workflow"] == "rnaseq"
    used = {(run["name"], run["data_type"]) for run in file["used_by"]["runs"]}
    assert used == {("plot", "INPUT"), ("with settings", "CONFIG")}
    assert (file["used_by"]["count"], file["used_by"]["hidden"]) == (2, 0)


@pytest.mark.parametrize("name", ["sha256", "md5", "path", "uri"])
def test_each_of_the_four_finds_exactly_it(ada: User, name: str) -> None:
    dataset = holding(ada, "other")
    wanted = a_named_file(dataset, "results/a.tsv", "a", uri="/data/run 1/results/a.tsv")
    value = {"sha256": wanted.sha256, "md5": wanted.md5sum, "path": wanted.path, "uri": wanted.uri}[name]
    assert [file["id"] for file in whence(ada, **{name: value})["results"]] == [str(wanted.pk)]
    if name in ("path", "uri"):
        assert whence(ada, **{name: value[:-1]})["count"] == 0


def test_data_that_nobody_knows_is_no_error(ada: User) -> None:
    found = whence(ada, sha256=digest("never seen"))
    assert (found["count"], found["hidden"], found["results"]) == (0, 0, [])
    assert found["message"].startswith("The registry knows no file")


def test_what_is_hidden_is_counted_and_not_told(ada: User, eve: User) -> None:
    ran(ada, "secret run", [], [holding(ada, "counts", name="secret data")])
    found = whence(eve, sha256=digest("counts"))
    assert (found["count"], found["hidden"], found["results"]) == (0, 1, [])
    assert "may see" in found["message"]
    assert "secret" not in str(found)


def test_hidden_runs_of_data_that_may_be_seen_are_counted(ada: User, eve: User) -> None:
    counts = holding(ada, "counts", public=True)
    ran(ada, "secret one", [], [counts])
    ran(ada, "secret two", [], [counts])
    ran(ada, "open", [counts], [], public=True)
    [file] = whence(eve, sha256=digest("counts"))["results"]
    assert (file["made_by"]["count"], file["made_by"]["hidden"], file["made_by"]["runs"]) == (0, 2, [])
    assert [run["name"] for run in file["used_by"]["runs"]] == ["open"]


def test_what_lies_in_the_trash_is_gone(ada: User) -> None:
    run = ran(ada, "run", [], [data := holding(ada, "data")])
    run.mark_deleted(by=ada)
    [file] = whence(ada, sha256=digest("data"))["results"]
    assert (file["made_by"]["count"], file["made_by"]["hidden"]) == (0, 0)
    data.mark_deleted(by=ada)
    assert (whence(ada, sha256=digest("data"))["count"], whence(ada, sha256=digest("data"))["hidden"]) == (
        0,
        0,
    )


def test_many_files_and_many_runs_are_counted_and_the_newest_told(ada: User) -> None:
    for number in range(12):
        holding(ada, "same", name=f"data {number}")
    newest = holding(ada, "same", name="newest")
    for number in range(12):
        ran(ada, f"run {number}", [newest], [])
    found = whence(ada, sha256=digest("same"), limit=5)
    assert (found["count"], len(found["results"])) == (13, 5)
    used = found["results"][0]["used_by"]
    assert used["count"] == 12
    assert [run["name"] for run in used["runs"]] == [f"run {number}" for number in range(11, 1, -1)]


@pytest.mark.parametrize(("name", "value"), [("sha256", SHA256_OF_NOTHING), ("md5", MD5_OF_NOTHING)])
def test_of_an_empty_file_it_is_said_that_it_is_empty(ada: User, name: str, value: str) -> None:
    a_file(holding(ada, name="data"), "empty", content=b"")
    found = whence(ada, **{name: value})
    assert found["count"] == 1
    assert "empty file" in found["message"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "sha256"),
        ("sha256=xyz", "sha256"),
        ("sha256=" + "a" * 63, "sha256"),
        ("md5=" + "a" * 64, "md5"),
        ("path=", "path"),
        ("path=a%00b", "path"),
        ("uri=" + "u" * 4097, "uri"),
        ("path=a&uri=b", "uri"),
        ("sha=" + "a" * 64, "sha"),
        ("path=a&path=b", "path"),
        ("path=a&limit=0", "limit"),
    ],
)
def test_what_cannot_be_asked_is_named(ada: User, query: str, field: str) -> None:
    answer = Api(ada).get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_who_is_not_signed_in_is_sent_away(db: None) -> None:
    assert Api(None).get(ADDRESS, {"path": "a"}).status_code == 401


def test_twenty_files_cost_as_many_queries_as_one(ada: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            whence(ada, sha256=digest("same"))
        return len(caught)

    ran(ada, "one", [], [holding(ada, "same")])
    few = asked()
    for number in range(19):
        ran(ada, f"run {number}", [], [holding(ada, "same")])
    assert asked() == few <= 9


def test_the_indexes_by_checksum_are_used(ada: User) -> None:
    from provenance.whence import _files

    for column in ("sha256", "md5sum"):
        rows = _files(column, "a" * 32)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
        assert f"datafile_by_{column.removesuffix('sum')}" in rows.explain()
