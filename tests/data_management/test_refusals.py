"""What a registration refuses: all of it, with the path in the request, and nothing is stored."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import Group, User
from data_management.models import DataFile
from tests.conftest import dropbox_of
from tests.data_management.test_register import everything
from tests.factories import a_collection, a_dataset, a_run, a_version, a_workflow

OUTSIDE = [
    "../../outside.txt",
    "results/../../../outside.txt",
    "/etc/passwd",
    "file:///etc/passwd",
    "file://elsewhere/etc/passwd",
    "link-to-file",
    "link-to-directory/outside.txt",
    "link-to-directory",
    "https://example.org/x.txt",
    "s3://bucket/x.txt",
    "nul\0byte",
    "missing.txt",
    "",
    "pipe",
]


@pytest.fixture
def outside(run_dir: Path, tmp_path: Path) -> Path:
    """A directory that is nobody's dropbox, and links to it from the run's directory."""
    directory = tmp_path / "outside"
    directory.mkdir()
    (directory / "outside.txt").write_text("secret")
    (run_dir / "link-to-file").symlink_to(directory / "outside.txt")
    (run_dir / "link-to-directory").symlink_to(directory)
    os.mkfifo(run_dir / "pipe")
    return directory


def violations(answer: Any) -> dict[str, str]:
    """The messages of a refusal by their JSON paths."""
    return {one["field"]: one["message"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("uri", OUTSIDE)
def test_a_path_that_leads_out_of_the_dropbox_is_refused(
    register: Any, with_files: Any, outside: Path, uri: str
) -> None:
    before = everything()
    answer = register(with_files("results/counts.tsv", uri))
    assert answer.status_code == 400, answer.content
    if "\0" not in uri:
        assert list(violations(answer)) == ["$.datasets[0].datafiles[1].uri"]
        assert uri in violations(answer)["$.datasets[0].datafiles[1].uri"]
    assert everything() == before


def test_a_folder_that_holds_a_link_out_is_refused(
    register: Any, with_files: Any, outside: Path, run_dir: Path
) -> None:
    (run_dir / "results" / "sneaky").symlink_to(outside / "outside.txt")
    answer = register(with_files("results"))
    assert answer.status_code == 400
    assert DataFile.objects.count() == 0


def test_a_linked_folder_within_a_folder_is_not_entered(
    register: Any, with_files: Any, outside: Path, run_dir: Path
) -> None:
    (run_dir / "results" / "sneaky").symlink_to(outside)
    answer = register(with_files("results"))
    assert "outside.txt" not in set(DataFile.objects.values_list("name", flat=True)), answer.content


def test_dropboxes_of_others_are_outside(
    register: Any, with_files: Any, bob: User, genomics: Group, tmp_path: Path
) -> None:
    theirs = dropbox_of(bob, genomics, tmp_path / "bob")
    (theirs / "b.txt").write_text("b")
    assert register(with_files(f"{theirs}/b.txt")).status_code == 400
    answer = register({"input_dir": str(theirs), "datasets": [{"name": "x", "new": True}]})
    assert list(violations(answer)) == ["$.input_dir"]


def test_a_directory_whose_name_begins_like_the_dropbox_is_outside(
    register: Any, with_files: Any, dropbox: Path
) -> None:
    sister = dropbox.with_name(dropbox.name + "-private")
    sister.mkdir()
    (sister / "a.txt").write_text("a")
    assert register(with_files(f"{sister}/a.txt")).status_code == 400


def test_the_dropbox_for_another_group_is_outside(
    register: Any, with_files: Any, ada: User, proteomics: Group, tmp_path: Path
) -> None:
    ada.memberships.create(group=proteomics)
    other = dropbox_of(ada, proteomics, tmp_path / "second")
    (other / "a.txt").write_text("a")
    answer = register(with_files(f"{other}/a.txt", owned_by=str(ada.primary_group_id)))
    assert answer.status_code == 400


def test_a_dropbox_that_is_a_link_out_still_is_the_dropbox(
    register: Any, ada: User, proteomics: Group, tmp_path: Path
) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "a.txt").write_text("a")
    (tmp_path / "link").symlink_to(real)
    ada.memberships.create(group=proteomics)
    ada.dropboxes.create(group=proteomics, path=str(tmp_path / "link"))
    body = {
        "input_dir": str(tmp_path / "link"),
        "datasets": [{"name": "x", "new": True, "datafiles": [{"uri": "a.txt"}]}],
    }
    assert register(body).status_code == 201


def test_white_listed_directories_are_for_registration_by_reference_alone(
    register: Any, with_files: Any, outside: Path
) -> None:
    shown = str(outside / "outside.txt")
    with override_settings(REFERENCE_DIRS=[str(outside)]):
        assert register(with_files(shown)).status_code == 400
        assert register(with_files(shown, transfer="move")).status_code == 400
        assert register(with_files(shown, transfer="reference")).status_code == 201


def test_all_violations_are_told_together(register: Any, ada: User) -> None:
    body = {
        "workflowrun": {
            "new": True,
            "status": "DONE",
            "started_at": "yesterday",
            "steps": [{"name": "a", "parent": "b"}],
            "jobs": [{"name": "j", "step": "x", "exit_code": "0"}],
            "parameters": [{"name": "k"}, {"name": "k"}],
        },
        "collections": [{"id": "c", "name": "C"}, {"id": "c"}, 7],
        "datasets": [
            {"new": True, "data_type": "INPUTS", "collection": "d"},
            {"id": "not-a-uuid", "new": False, "data_type": "INPUT"},
            {"name": "x", "new": True, "data_type": "INPUT", "datafiles": [{"md5sum": "zz"}, "file.txt"]},
        ],
        "transfer": "teleport",
    }
    answer = register(body)
    assert answer.status_code == 400
    assert set(violations(answer)) == {
        "$.workflowrun.workflowversion",
        "$.workflowrun.status",
        "$.workflowrun.started_at",
        "$.workflowrun.steps[0].parent",
        "$.workflowrun.jobs[0].step",
        "$.workflowrun.jobs[0].exit_code",
        "$.workflowrun.parameters[1].name",
        "$.collections[1].name",
        "$.collections[1].id",
        "$.collections[2]",
        "$.datasets[0].name",
        "$.datasets[0].data_type",
        "$.datasets[0].collection",
        "$.datasets[1].id",
        "$.datasets[2].datafiles[0].uri",
        "$.datasets[2].datafiles[0].md5sum",
        "$.datasets[2].datafiles[1]",
        "$.transfer",
        "$.input_dir",
    }


@pytest.mark.parametrize("body", [[], "text", 5, None, {}])
def test_a_body_that_registers_nothing_is_refused(register: Any, body: Any) -> None:
    assert register(body).status_code == 400


def test_a_run_that_ends_before_it_begins_is_refused(register: Any, example: dict[str, Any]) -> None:
    example["workflowrun"]["completed_at"] = "2024-01-15T09:00:00Z"
    assert list(violations(register(example))) == ["$.workflowrun.completed_at"]


def test_a_run_that_is_there_cannot_end_before_it_begins_either(register: Any, ada: User) -> None:
    run = a_run(ada, started_at="2024-01-15T10:00:00Z")
    body = {"workflowrun": {"id": str(run.pk), "new": False, "completed_at": "2024-01-15T09:00:00Z"}}
    answer = register(body)
    assert answer.status_code == 400
    assert list(violations(answer)) == ["$.workflowrun.completed_at"]


@pytest.mark.parametrize("name", ["", None])
def test_a_run_that_is_there_keeps_its_name_where_none_is_given(register: Any, ada: User, name: Any) -> None:
    run = a_run(ada)
    register({"workflowrun": {"id": str(run.pk), "new": False, "name": name}})
    run.refresh_from_db()
    assert run.name == "NA12878"


def test_what_the_caller_cannot_see_is_not_there(register: Any, example: dict[str, Any], eve: User) -> None:
    version, dataset = a_version(a_workflow(eve)), a_dataset(eve)
    collection, run = a_collection(eve), a_run(eve)
    bodies = {
        "$.workflowrun.workflowversion": {
            **example,
            "workflowrun": {**example["workflowrun"], "workflowversion": str(version.pk)},
        },
        "$.datasets[0].id": {"datasets": [{"id": str(dataset.pk), "new": False}]},
        "$.collections[0].id": {"collections": [{"id": str(collection.pk), "new": False}]},
        "$.workflowrun.id": {"workflowrun": {"id": str(run.pk), "new": False}},
        "$.owned_by": {"datasets": [{"name": "x", "new": True}], "owned_by": str(eve.primary_group_id)},
    }
    before = everything()
    for path, body in bodies.items():
        answer = register(body)
        assert (answer.status_code, list(violations(answer))) == (404, [path])
    assert everything() == before


def test_a_run_that_can_only_be_seen_is_refused(register: Any, ada: User, bob: User) -> None:
    run = a_run(ada)
    body = {"workflowrun": {"id": str(run.pk), "new": False, "status": "FAILED"}}
    assert register(body, bob).status_code == 403
    run.refresh_from_db()
    assert run.status == "SUCCESS"


def test_a_collection_that_can_only_be_seen_takes_nothing_in(register: Any, ada: User, bob: User) -> None:
    collection = a_collection(ada)
    entry = {"name": "x", "new": True, "collection": str(collection.pk)}
    body = {"collections": [{"id": str(collection.pk), "new": False}], "datasets": [entry]}
    assert register(body, bob).status_code == 403
    assert collection.datasets.count() == 0


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_no_calendar_has_in_utc_is_refused(
    register: Any, example: dict[str, Any], time: str
) -> None:
    example["workflowrun"] |= {"started_at": time, "completed_at": None}
    answer = register(example)
    assert answer.status_code == 400
    assert list(violations(answer)) == ["$.workflowrun.started_at"]


def test_a_file_whose_name_is_no_text_is_refused_and_does_no_harm(
    register: Any, with_files: Any, run_dir: Path
) -> None:
    (Path(os.fsdecode(os.fsencode(run_dir / "results") + b"/\xff.txt"))).write_text("x")
    answer = register(with_files("results"))
    assert answer.status_code == 400
    assert "$.datasets[0].datafiles[0].uri" in violations(answer)


def test_a_path_that_is_too_long_to_be_kept_is_refused(register: Any, with_files: Any, run_dir: Path) -> None:
    deep = run_dir / "results" / "/".join(["d" * 200] * 6)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("a")
    answer = register(with_files("results"))
    assert answer.status_code == 400
    assert "$.datasets[0].datafiles[0].uri" in violations(answer)


def test_deeply_nested_json_is_no_fault_of_ours(register: Any, example: dict[str, Any]) -> None:
    nested: Any = 1
    for _ in range(300):
        nested = [nested]
    example["workflowrun"]["run_environment"] = nested
    answer = register(example)
    assert answer.status_code == 400
    assert "nested deeper" in answer.json()["message"]
