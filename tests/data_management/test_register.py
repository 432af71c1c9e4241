"""What a registration makes of a request that is right."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import Group, User
from common.models import IdempotentAnswer
from data_management.models import DataFile, Dataset, DatasetCollection, FileTransfer
from data_management.register.body import Reader
from data_management.register.serializers import DataRegisterSerializer
from tests.conftest import Api, dropbox_of
from tests.data_management.conftest import REGISTER
from tests.factories import a_collection, a_dataset, a_run
from workflows.models import WorkflowRun, WorkflowRunDataset

RUNS = "/api/v2/workflows/workflowruns/"


def everything() -> dict[str, int]:
    """How many rows a registration could have made."""
    kinds = (WorkflowRun, WorkflowRunDataset, Dataset, DatasetCollection, DataFile, FileTransfer)
    return {kind.__name__: kind._base_manager.count() for kind in kinds}


def test_the_example_of_the_specification_is_registered(
    register: Any, example: dict[str, Any], ada: User, run_dir: Path
) -> None:
    answer = register(example)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert [one["label"] for one in made["collections"]] == ["input-collection", "output-collection"]
    assert made["datasets"][0]["id"] == example["datasets"][0]["id"]
    assert made["transfer"]["state"] == "PENDING"
    assert made["transfer"]["files_total"] == 1
    run = Api(ada).get(f"{RUNS}{made['workflowrun']['id']}/").json()
    for name in ("name", "workflowversion", "run_command", "run_environment", "status", "started_at"):
        assert run[name] == example["workflowrun"][name]
    assert run["duration"] == 9000
    assert {(one["data_type"], one["dataset"]["name"]) for one in run["datasets"]} == {
        ("INPUT", "Known reads"),
        ("OUTPUT", "Final Results"),
    }
    link = WorkflowRunDataset.objects.get(dataset=made["datasets"][1]["id"])
    assert {link.created_by, link.modified_by, link.owner} == {ada}
    file = DataFile.objects.get(pk=made["datasets"][1]["datafiles"][0]["id"])
    assert (file.uri, file.path, file.format) == (
        f"{run_dir}/results/counts.tsv",
        "results/counts.tsv",
        "tsv",
    )
    collection = DatasetCollection.objects.get(name="Results")
    assert [one.name for one in collection.datasets.all()] == ["Final Results"]


def test_everything_that_is_made_belongs_to_the_caller_and_the_group(
    register: Any, example: dict[str, Any], ada: User, genomics: Group
) -> None:
    made = register(example).json()
    rows = [
        WorkflowRun.objects.get(pk=made["workflowrun"]["id"]),
        DatasetCollection.objects.get(pk=made["collections"][0]["id"]),
        Dataset.objects.get(pk=made["datasets"][1]["id"]),
        FileTransfer.objects.get(pk=made["transfer"]["id"]),
    ]
    assert {(row.owner, row.owned_by, row.created_by, row.public) for row in rows} == {
        (ada, genomics, ada, False)
    }


def test_datasets_join_a_run_that_is_there(register: Any, with_files: Any, ada: User) -> None:
    run = a_run(ada, status="RUNNING")
    body = with_files(
        "results/counts.tsv", workflowrun={"id": str(run.pk), "new": False, "status": "SUCCESS"}
    )
    body["datasets"][0]["data_type"] = "OUTPUT"
    answer = register(body)
    assert answer.status_code == 201, answer.content
    run.refresh_from_db()
    assert run.status == "SUCCESS"
    assert run.name == "NA12878"
    assert [link.data_type for link in run.dataset_links.all()] == ["OUTPUT"]
    assert [one.status for one in run.status_changes.all()] == ["RUNNING", "SUCCESS"]


def test_parts_of_a_run_come_with_it(register: Any, with_files: Any, version: Any, ada: User) -> None:
    run = {
        "name": "With parts",
        "new": True,
        "workflowversion": str(version.pk),
        "parameters": [{"name": "k", "value": 31}],
        "steps": [{"key": "a", "name": "align"}, {"key": "b", "name": "sort", "parent": "a"}],
        "jobs": [
            {
                "name": "align (1)",
                "step": "a",
                "files": [
                    {"path": "results/counts.tsv", "role": "MADE"},
                    {"path": "{dir}/results/counts.tsv", "role": "MADE"},
                ],
            }
        ],
    }
    body = with_files("results/counts.tsv", workflowrun=run)
    run["jobs"][0]["files"][1]["path"] = f"{body['input_dir']}/results/counts.tsv"
    body["datasets"][0]["data_type"] = "OUTPUT"
    made = register(body).json()
    found = WorkflowRun.objects.with_everything().get(pk=made["workflowrun"]["id"])
    record = found.to_record()
    assert [(one.name, one.value) for one in record.parameters] == [("k", 31)]
    assert [(one.key, one.parent) for one in record.steps] == [("a", ""), ("b", "a")]
    assert [link.path for link in record.jobs[0].files] == ["results/counts.tsv"]
    assert Api(ada).get(f"{RUNS}?parameter=k:31").json()["count"] == 1


def test_a_group_may_be_named_by_its_name_or_left_out(register: Any, with_files: Any, ada: User) -> None:
    for more in ({"owned_by": "Genomics Core"}, {"owned_by": str(ada.primary_group_id)}, {}):
        made = register(with_files("results/counts.tsv", **more))
        assert made.status_code == 201, made.content
        assert Dataset.objects.get(pk=made.json()["datasets"][0]["id"]).owned_by_id == ada.primary_group_id


def test_left_out_the_group_is_the_one_of_the_dropbox(
    register: Any, ada: User, dropbox: Path, proteomics: Group, tmp_path: Path
) -> None:
    ada.memberships.create(group=proteomics)
    other = dropbox_of(ada, proteomics, tmp_path / "second")
    (other / "a.txt").write_text("a")
    body = {
        "input_dir": str(other),
        "datasets": [{"name": "x", "new": True, "datafiles": [{"uri": "a.txt"}]}],
    }
    made = register(body).json()
    assert Dataset.objects.get(pk=made["datasets"][0]["id"]).owned_by == proteomics


@pytest.mark.parametrize(
    "spelling", ["results/counts.tsv", "{}/results/counts.tsv", "file://{}/results/counts.tsv"]
)
def test_a_file_may_be_named_in_three_ways(
    register: Any, with_files: Any, run_dir: Path, spelling: str
) -> None:
    answer = register(with_files(spelling.format(run_dir)))
    assert answer.status_code == 201, answer.content
    assert DataFile.objects.get().uri == f"{run_dir}/results/counts.tsv"


def test_a_folder_stands_for_all_its_files(register: Any, with_files: Any) -> None:
    register(with_files({"uri": "results", "is_folder": True, "type": "text"}))
    assert [(one.name, one.format) for one in DataFile.objects.order_by("position")] == [
        ("counts.tsv", "text"),
        ("table.csv", "text"),
    ]


def test_a_link_that_stays_in_the_dropbox_is_followed(register: Any, with_files: Any, run_dir: Path) -> None:
    (run_dir / "latest.tsv").symlink_to(run_dir / "results" / "counts.tsv")
    assert register(with_files("latest.tsv")).status_code == 201
    assert DataFile.objects.get().uri == f"{run_dir}/results/counts.tsv"


def test_a_collection_that_is_there_takes_more(register: Any, with_files: Any, ada: User) -> None:
    collection = a_collection(ada, a_dataset(ada, "first"))
    body = with_files("results/counts.tsv", collections=[{"id": str(collection.pk), "new": False}])
    body["datasets"][0]["collection"] = str(collection.pk)
    for _ in range(2):
        answer = register(body)
        assert answer.status_code == 201, answer.content
    assert [one.name for one in collection.datasets.order_by("id")] == ["first", "Results", "Results"]


def test_a_dataset_that_is_there_stands_once_in_its_collection(register: Any, ada: User) -> None:
    dataset = a_dataset(ada)
    collection = a_collection(ada, dataset)
    key = str(collection.pk)
    entry = {"id": str(dataset.pk), "new": False, "collection": key}
    assert (
        register({"collections": [{"id": key, "new": False}], "datasets": [entry, entry]}).status_code == 201
    )
    assert collection.datasets.count() == 1


def test_a_dry_run_tells_and_makes_nothing(register: Any, example: dict[str, Any]) -> None:
    before = everything()
    answer = register(example, query="?dry_run=true")
    assert answer.status_code == 200
    made = answer.json()
    assert made["dry_run"] is True
    assert made["workflowrun"] == {"id": None, "name": "Analysis Run 2024-01-15", "new": True}
    assert made["datasets"][1]["datafiles"][0]["name"] == "counts.tsv"
    assert everything() == before


def test_a_dry_run_finds_what_is_wrong(register: Any, example: dict[str, Any]) -> None:
    example["datasets"][1]["data_type"] = "OUTPUTS"
    assert register(example, query="?dry_run=true").status_code == 400


def test_a_repeated_request_with_a_key_gets_the_first_answer(register: Any, example: dict[str, Any]) -> None:
    first, second = (register(example, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert WorkflowRun.objects.count() == 1


def test_a_key_is_for_one_request(register: Any, example: dict[str, Any]) -> None:
    register(example, **{"Idempotency-Key": "k1"})
    example["workflowrun"]["name"] = "Another"
    assert register(example, **{"Idempotency-Key": "k1"}).status_code == 409
    assert WorkflowRun.objects.count() == 1


def test_a_key_of_a_request_that_failed_can_be_used_again(register: Any, example: dict[str, Any]) -> None:
    wrong = {**example, "input_dir": "/nowhere"}
    assert register(wrong, **{"Idempotency-Key": "k1"}).status_code == 400
    assert register(example, **{"Idempotency-Key": "k1"}).status_code == 201


def test_an_empty_request_with_a_key_is_refused_like_any_other(ada: User) -> None:
    answer = Api(ada).generic("POST", REGISTER, HTTP_IDEMPOTENCY_KEY="k1")
    assert answer.status_code == 400, answer.content
    assert not IdempotentAnswer.objects.exists()


def test_keys_of_two_people_never_meet(register: Any, bob: User) -> None:
    body = {"datasets": [{"name": "Mine", "new": True}]}
    answers = [register(body, user, **{"Idempotency-Key": "k1"}).json() for user in (None, bob)]
    assert answers[0]["datasets"][0]["id"] != answers[1]["datasets"][0]["id"]


def test_the_same_run_of_the_same_origin_is_a_conflict(register: Any, example: dict[str, Any]) -> None:
    example["workflowrun"] |= {"source": "slurm", "external_id": "4711"}
    assert register(example).status_code == 201
    before = everything()
    answer = register(example)
    assert answer.status_code == 409
    assert "external_id" in answer.json()["message"]
    assert everything() == before


@override_settings(REGISTER_MAX_BYTES=100)
def test_a_request_above_the_limit_is_refused(register: Any, example: dict[str, Any]) -> None:
    answer = register(example)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@override_settings(REQUEST_MAX_BYTES=100)
def test_a_registration_may_be_larger_than_other_requests(register: Any, example: dict[str, Any]) -> None:
    assert register(example).status_code == 201


def test_a_registration_costs_as_many_queries_for_many_files_as_for_few(
    ada_api: Api, with_files: Any, run_dir: Path, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(count: int) -> int:
        body = with_files("results/counts.tsv")
        body["datasets"] = [{**body["datasets"][0], "name": f"d{number}"} for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert ada_api.post(REGISTER, body).status_code == 201
        return len([one for one in queries if "INSERT" not in one["sql"]])

    assert cost(30) == cost(1)


def _keys(serializer: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, one in serializer.fields.items():
        inner = getattr(one, "child", one)
        found[name] = _keys(inner) if hasattr(inner, "fields") else None
    return found


def _example_of(serializer: Any) -> dict[str, Any]:
    """A body in which every key of the schema stands."""
    body: dict[str, Any] = {}
    for name, one in serializer.fields.items():
        inner = getattr(one, "child", one)
        if hasattr(inner, "fields"):
            value = _example_of(inner)
            body[name] = [value] if getattr(one, "many", False) else value
        else:
            body[name] = None
    return body


def test_the_schema_and_the_reader_know_the_same_keys() -> None:
    """Each key of the schema is read (asked for by the reader), and each that is read is in the schema."""
    asked: dict[str, set[str]] = {}

    class Watched(dict):
        path = "$"

        def get(self, key: str, default: Any = None) -> Any:
            asked.setdefault(self.path, set()).add(key)
            return super().get(key, default)

        def __getitem__(self, key: str) -> Any:
            asked.setdefault(self.path, set()).add(key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            asked.setdefault(self.path, set()).add(str(key))
            return super().__contains__(key)

    def watched(value: Any, path: str) -> Any:
        if isinstance(value, dict):
            made = Watched({name: watched(inner, f"{path}.{name}") for name, inner in value.items()})
            made.path = path
            return made
        return [watched(one, path) for one in value] if isinstance(value, list) else value

    def flat(keys: dict[str, Any], path: str) -> dict[str, set[str]]:
        found = {path: set(keys)}
        for name, inner in keys.items():
            if inner is not None:
                found |= flat(inner, f"{path}.{name}")
        return found

    schema = flat(_keys(DataRegisterSerializer()), "$")
    body = _example_of(DataRegisterSerializer())
    body["datasets"][0]["new"] = True
    reader = Reader()
    reader.read(watched(body, "$"))
    del body["datasets"][0]["datafiles"][0]["size"]  # of two spellings the first one counts
    reader.read(watched(body, "$"))
    read_or_known = {"is_raw", "is_folder"}  # understood and not needed: nothing depends on them here
    assert {path: keys - read_or_known for path, keys in asked.items()} == {
        path: keys - read_or_known for path, keys in schema.items()
    }
    assert reader.warnings == []


def test_keys_that_nobody_knows_are_told(register: Any) -> None:
    answer = register({"datasets": [{"name": "x", "new": True, "colour": "red"}], "flavour": 1})
    assert answer.status_code == 201
    assert sorted(answer.json()["warnings"]) == [
        "$.datasets[0].colour: not understood and left out",
        "$.flavour: not understood and left out",
    ]


def test_a_body_may_be_json_alone(ada_api: Api) -> None:
    assert ada_api.post(REGISTER, json.dumps({}), content_type="text/plain").status_code == 415


@pytest.mark.parametrize("uris", [["results/counts.tsv", "results/table.csv"]])
def test_sizes_and_numbers_of_files_stand_in_the_dataset(
    register: Any, with_files: Callable[..., Any], uris: list[str], run_dir: Path
) -> None:
    register(with_files(*uris))
    dataset = Dataset.objects.get()
    assert dataset.file_count == 2
    assert dataset.size == sum((run_dir / uri).stat().st_size for uri in uris)
    assert dataset.status == "NEW"
