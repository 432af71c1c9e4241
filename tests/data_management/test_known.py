"""Which of many contents are here already."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from data_management.known import MOST_ASKED, _best
from data_management.models import DataFile
from tests.conftest import Api
from tests.factories import a_dataset, a_file, a_link, a_run, sha256_of

KNOWN = "/api/v2/data-management/datafiles/known/"
FILES = "/api/v2/data-management/datafiles/"


def ask(client: Api, *contents: str) -> Any:
    return client.post(KNOWN, {"sha256": list(contents)}).json()


def test_a_content_that_is_here_is_told_with_its_dataset(ada: User, ada_api: Api) -> None:
    dataset = a_dataset(ada, "Reads", file_count=1)
    file = a_file(dataset, "reads.fastq", b"ACGT\n")
    assert ask(ada_api, sha256_of(b"ACGT\n").upper(), sha256_of(b"nothing")) == [
        {
            "sha256": file.sha256,
            "id": str(file.pk),
            "name": "reads.fastq",
            "path": "reads.fastq",
            "size": 5,
            "status": "ONLINE",
            "dataset": str(dataset.pk),
            "dataset_name": "Reads",
            "file_count": 1,
        }
    ]


def test_what_the_caller_may_not_see_is_not_known(ada: User, eve: User, ada_api: Api) -> None:
    a_file(a_dataset(eve), "secret", b"secret")
    a_file(a_dataset(ada, deleted=True), "gone", b"gone")
    assert ask(ada_api, sha256_of(b"secret"), sha256_of(b"gone")) == []


def test_of_many_files_with_a_content_the_best_is_told(ada: User, ada_api: Api) -> None:
    content = {"sha256": sha256_of(b"same")}
    a_file(a_dataset(ada, "Broken", file_count=1), "broken", None, status="ERROR", **content)
    a_file(a_dataset(ada, "Many", file_count=12), "many", b"same")
    a_file(a_dataset(ada, "Coming", file_count=1), "coming", None, status="NEW", **content)
    a_file(a_dataset(ada, "Here", file_count=1), "here", b"same")
    a_file(a_dataset(ada, "Later", file_count=1), "later", b"same")
    assert [one["dataset_name"] for one in ask(ada_api, content["sha256"])] == ["Here"]


@pytest.mark.parametrize("contents", [["xyz"], [5], "a" * 64, None, ["a" * 64] * (MOST_ASKED + 1)])
def test_what_is_no_list_of_checksums_is_refused(ada_api: Api, contents: Any) -> None:
    assert ada_api.post(KNOWN, {"sha256": contents}).status_code == 400


def test_ten_thousand_contents_are_looked_up_through_the_index(ada: User, ada_api: Api) -> None:
    wanted = [f"{number:064x}" for number in range(1, MOST_ASKED + 1)]
    file = a_file(a_dataset(ada, file_count=1), "one", None, status="ONLINE", sha256=wanted[-1])
    with CaptureQueriesContext(connection) as queries:
        assert [one["id"] for one in ask(ada_api, *wanted)] == [str(file.pk)]
    assert len([one for one in queries if "ROW_NUMBER" in one["sql"]]) == 2


@pytest.mark.sqlite_only
def test_the_index_of_contents_is_used(ada: User) -> None:
    statement, values = _best(["a" * 64, "b" * 64], ada).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        assert "datafile_by_sha256" in str(cursor.fetchall())


def test_the_files_of_a_run_can_be_listed(ada: User, ada_api: Api) -> None:
    run, dataset = a_run(ada), a_dataset(ada)
    inside = a_file(dataset, "in.txt", b"in")
    a_file(a_dataset(ada), "out.txt", b"out")
    a_link(run, dataset, "INPUT")
    a_link(run, dataset, "OUTPUT")
    answer = ada_api.get(FILES, {"workflowrun": str(run.pk), "cursor": ""}).json()
    assert [one["id"] for one in answer["results"]] == [str(inside.pk)]
    assert DataFile.objects.count() == 2
