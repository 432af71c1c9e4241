"""How complete a run is, over HTTP."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from data_management.models import DataFile, FileTransfer
from tests.conftest import Api
from tests.factories import a_dataset, a_link, a_parameter, a_run, a_transfer, a_version, a_workflow, owned
from tests.workflows.conftest import RUNS
from workflows.models import WorkflowRun

DECLARED = [
    {"path": "reads.fq", "data_type": "INPUT", "optional": False},
    {"path": "out/plot.png", "data_type": "OUTPUT", "optional": False},
    {"path": "out/table.tsv", "data_type": "OUTPUT", "optional": False},
]


def a_known_file(user: Any, run: WorkflowRun | None, path: str, content: bytes, **facts: Any) -> DataFile:
    """A file of a dataset of its own, which is an input of the run if there is one."""
    dataset = a_dataset(user, path)
    if run is not None:
        a_link(run, dataset, facts.pop("data_type", "INPUT"))
    known = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "status": "ONLINE", **facts}
    return DataFile.objects.create(dataset=dataset, name=path.rpartition("/")[2], path=path, **known)


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    """A run that took reads and made a plot, but no table."""
    run = a_run(ada, declared=DECLARED)
    a_known_file(ada, run, "reads.fq", b"ACGT", uri="/data/reads.fq")
    a_known_file(ada, run, "out/plot.png", b"png", data_type="OUTPUT")
    return run


def ask(api: Api, run: WorkflowRun, query: str = "") -> Any:
    answer = api.get(f"{RUNS}{run.pk}/completeness/{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_declared_output_that_is_absent_is_told(ada_api: Api, run: WorkflowRun) -> None:
    told = ask(ada_api, run)
    assert (told["status"], told["declared"], told["absent"]) == ("incomplete", 3, 1)
    assert told["reasons"] == ["1 declared output is absent."]
    assert [(one["name"], one["state"]) for one in told["files"]] == [
        ("out/table.tsv", "absent"),
        ("reads.fq", "present"),
        ("out/plot.png", "present"),
    ]


def test_a_run_with_all_of_it_is_complete(ada_api: Api, ada: Any, run: WorkflowRun) -> None:
    a_known_file(ada, run, "out/table.tsv", b"1", data_type="OUTPUT")
    assert ask(ada_api, run)["status"] == "complete"


def test_an_input_that_was_registered_again_with_another_content_has_changed(
    ada_api: Api, ada: Any, eve: Any, run: WorkflowRun
) -> None:
    WorkflowRun.objects.update(declared=DECLARED[:2])
    a_known_file(ada, None, "reads.fq", b"ACGT", uri="/data/reads.fq")
    a_known_file(eve, None, "reads.fq", b"secret", uri="/data/reads.fq")
    assert ask(ada_api, run)["status"] == "complete"
    later = a_known_file(ada, None, "other.fq", b"ACGTA", uri="/data/reads.fq")
    told = ask(ada_api, run)
    assert (told["status"], told["inputs"]["checked"]) == ("changed", 1)
    (change,) = told["inputs"]["changed"]
    assert (change["path"], change["later"], change["known_from"]) == ("reads.fq", str(later.pk), "registry")
    assert (change["was"]["size"], change["is"]["size"]) == (4, 5)
    assert ask(ada_api, run, "?inputs=none")["status"] == "complete"


@pytest.fixture
def transfer(ada: Any, tmp_path: Path) -> FileTransfer:
    return a_transfer(ada, roots=[str(tmp_path)], mode="reference")


@pytest.mark.parametrize(
    ("now", "status", "reason"),
    [
        (b"ACGT", "complete", ""),
        (b"TTTT", "changed", "1 input changed"),
        (b"TT", "changed", "1 input changed"),
        (None, "complete", "1 of the inputs lie no longer where"),
    ],
)
def test_an_input_is_looked_at_on_the_disk_where_that_is_asked_for(
    ada_api: Api,
    ada: Any,
    transfer: FileTransfer,
    tmp_path: Path,
    now: bytes | None,
    status: str,
    reason: str,
) -> None:
    run, path = a_run(ada, declared=DECLARED[:1]), tmp_path / "reads.fq"
    a_known_file(ada, run, "reads.fq", b"ACGT", uri=str(path), transfer=transfer)
    if now is not None:
        path.write_bytes(now)
    assert ask(ada_api, run)["status"] == "complete"
    told = ask(ada_api, run, "?inputs=disk")
    assert told["status"] == status
    assert reason in " ".join(told["reasons"])
    assert [one["known_from"] for one in told["inputs"]["changed"]] == ["disk"] * (status == "changed")


def test_nothing_outside_of_what_was_allowed_is_opened(
    ada_api: Api, ada: Any, transfer: FileTransfer, tmp_path: Path
) -> None:
    outside = tmp_path.parent / "outside.txt"
    outside.write_bytes(b"other")
    run = a_run(ada, declared=DECLARED[:1])
    a_known_file(ada, run, "reads.fq", b"ACGT", uri=str(outside), transfer=transfer)
    told = ask(ada_api, run, "?inputs=disk")
    assert told["inputs"]["changed"] == []
    assert "1 of the inputs could not be compared with the disk." in told["reasons"]


def test_what_one_may_not_see_is_not_called_absent(ada: Any, run: WorkflowRun, eve: Any) -> None:
    WorkflowRun.objects.filter(pk=run.pk).update(public=True)
    told = ask(Api(eve), run)
    assert (told["status"], told["absent"]) == ("unknown", 0)
    assert {one["state"] for one in told["files"]} == {"unknown"}


def test_the_parameters_of_the_version_count_too(ada_api: Api, ada: Any) -> None:
    version = a_version(a_workflow(ada), parameter_template={"reads": {"type": "File"}, "k": {"type": "int"}})
    run = a_run(ada, workflowversion=version)
    a_parameter(run, "k", 31)
    told = ask(ada_api, run)
    assert (told["status"], told["reasons"]) == ("incomplete", ["1 declared input is absent."])


def test_reruns_are_linked_as_far_as_they_may_be_seen(
    ada_api: Api, ada: Any, eve: Any, run: WorkflowRun
) -> None:
    again = a_run(ada, "again")
    WorkflowRun.objects.create(name="hidden", rerun_of=run, **owned(eve))
    assert ada_api.patch(f"{RUNS}{again.pk}/", {"rerun_of": str(run.pk)}).json()["rerun_of"] == str(run.pk)
    assert [one["name"] for one in ask(ada_api, run)["reruns"]] == ["again"]
    assert ask(ada_api, again)["rerun_of"]["id"] == str(run.pk)


def test_a_run_repeats_no_run_that_is_itself_or_repeats_it(
    ada_api: Api, ada: Any, eve: Any, run: WorkflowRun
) -> None:
    again = a_run(ada, "again", rerun_of=run)
    for wanted, status in ((run, 400), (again, 400), (a_run(eve), 404)):
        answer = ada_api.patch(f"{RUNS}{run.pk}/", {"rerun_of": str(wanted.pk)})
        assert answer.status_code == status, answer.content
    assert ada_api.patch(f"{RUNS}{again.pk}/", {"rerun_of": None}).json()["rerun_of"] is None


def test_it_takes_as_many_statements_however_many_files_there_are(
    ada_api: Api, ada: Any, run: WorkflowRun, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        a_known_file(ada, run, f"in/{number}", b"x", uri=f"/data/{number}")
    with django_assert_max_num_queries(14):
        ask(ada_api, run)


def test_a_question_that_is_not_understood_is_refused(ada_api: Api, run: WorkflowRun) -> None:
    assert ada_api.get(f"{RUNS}{run.pk}/completeness/?inputs=all").status_code == 400
