"""Every recorded input and output, compared with what Galaxy says of it."""

from collections import Counter

import pytest

from data_management.records import FileStatus
from galaxy_import.answers import Json
from galaxy_import.values import Condition, GalaxyData
from tests.galaxy_import.recorded import BASE
from tests.galaxy_import.translate.cases import (
    ALL,
    BIG,
    NESTED,
    PAIRS,
    PURGED,
    SKIPPED,
    WHOLE,
    Case,
    case,
)
from workflows.records import DataType

every = pytest.mark.parametrize(("version", "name"), ALL)
whole = pytest.mark.parametrize(("version", "name"), WHOLE)


def of_role(told: Case, role: DataType) -> dict[str, GalaxyData]:
    """What the run took in, or made, by its labels."""
    return {one.label: one for one in told.run.data if one.role == role}


@every
def test_inputs_and_labelled_outputs_are_those_of_the_invocation(version: str, name: str) -> None:
    told = case(version, name)
    said = told.invocation
    inputs = {one["label"]: (one["src"], one["id"]) for one in said["inputs"].values()}
    outputs = {
        key: (one["src"], one["id"]) for key, one in {**said["outputs"], **said["output_collections"]}.items()
    }
    assert {key: (one.src, one.id) for key, one in of_role(told, DataType.INPUT).items()} == inputs
    assert {key: (one.src, one.id) for key, one in of_role(told, DataType.OUTPUT).items()} == outputs
    assert all(one.is_labelled for one in told.run.data)


@every
def test_an_output_names_the_step_that_made_it(version: str, name: str) -> None:
    told = case(version, name)
    orders = {one["workflow_step_id"]: str(one["order_index"]) for one in told.invocation["steps"]}
    said = {**told.invocation["outputs"], **told.invocation["output_collections"]}
    for label, data in of_role(told, DataType.OUTPUT).items():
        assert data.step == orders[said[label]["workflow_step_id"]]


@whole
def test_datasets_are_as_galaxy_has_them(version: str, name: str) -> None:
    told = case(version, name)
    known = told.said.datasets()
    for data in told.run.data:
        for file in data.files:
            said = known[file.id]
            assert (file.name, file.uuid, file.state) == (said["name"], said["uuid"], said["state"])
            assert (file.extension, file.size) == (said["extension"], said["file_size"])
            assert (file.job, file.history_id) == (said["creating_job"], said["history_id"])
            assert file.hashes == {one["hash_function"]: one["hash_value"] for one in said["hashes"]}
            assert file.content_url == f"{BASE}/api/datasets/{file.id}/display"
            assert file.url == f"{BASE}/datasets/{file.id}/details"


def expected_condition(said: Json, job_state: str) -> Condition:
    """What can be had of a dataset, by Galaxy's words for it and for the job that made it."""
    if said["purged"]:
        return Condition.PURGED
    if job_state == "skipped":
        return Condition.SKIPPED
    if job_state == "deleted" or said["state"] in ("error", "paused"):
        return Condition.FAILED
    assert said["state"] == "ok"
    return Condition.DELETED if said["deleted"] else Condition.READY


@whole
def test_what_can_be_had_follows_from_state_and_job(version: str, name: str) -> None:
    told = case(version, name)
    known = told.said.datasets()
    jobs = {job["id"]: job["state"] for _, job in told.jobs_listed()}
    for data in told.run.data:
        for file in data.files:
            assert file.condition == expected_condition(known[file.id], jobs.get(file.job, ""))
            assert (file.note == "") == (file.condition == Condition.READY)


@whole
def test_the_registry_records_what_is_there_and_says_why_the_rest_is_not(version: str, name: str) -> None:
    for data in case(version, name).run.data:
        assert data.dataset.name == data.name
        assert data.dataset.dataset_type == ("collection" if data.src == "hdca" else "generic")
        files = [file for file in data.files if file.condition != Condition.SKIPPED]
        for record, file in zip(data.dataset.files, files, strict=True):
            assert (record.path, record.uri, record.format) == (file.path, file.content_url, file.extension)
            assert record.sha256 == file.hashes.get("SHA-256", "")
            assert record.md5sum == file.hashes.get("MD5", "")
            failed = file.condition == Condition.FAILED
            assert record.status == (FileStatus.ERROR if failed else FileStatus.OFFLINE)
            assert record.error == ("" if file.is_readable else file.note)
            assert record.mime_type == "text/tab-separated-values"


def test_what_was_purged_is_told_apart_from_what_was_deleted() -> None:
    told = case(*PURGED)
    conditions = {data.label: data.condition for data in told.run.data}
    known = told.said.datasets()
    said = {data.label: (known[data.id]["purged"], known[data.id]["deleted"]) for data in told.run.data}
    assert {label for label, one in said.items() if one[0]} == {
        label for label, one in conditions.items() if one == Condition.PURGED
    }
    assert {label for label, one in said.items() if one == (False, True)} == {
        label for label, one in conditions.items() if one == Condition.DELETED
    }
    assert Counter(conditions.values()) == {Condition.PURGED: 2, Condition.DELETED: 1, Condition.READY: 1}


def test_a_null_in_the_place_of_a_skipped_output_is_no_file() -> None:
    outputs = of_role(case(*SKIPPED), DataType.OUTPUT)
    skipped = [one for one in outputs.values() if one.condition == Condition.SKIPPED]
    assert [(one.label, one.note, one.dataset.files) for one in skipped] == [
        ("cut", "Its step was skipped; Galaxy holds a null in its place.", ())
    ]


def test_a_list_of_pairs_has_as_many_leaves_as_galaxy_counts_below_their_pairs() -> None:
    told = case(*PAIRS)
    pairs = {one.label: one for one in told.run.data if one.collection_type == "list:paired"}
    assert set(pairs) == {"reads", "cut reads"}
    ways = [f"{one}/{way}" for one in ("s1", "s2", "sample three") for way in ("forward", "reverse")]
    for data in pairs.values():
        said = told.said.get(f"/api/dataset_collections/{data.id}?view=collection")
        assert Counter(file.state for file in data.files) == said["elements_states"]
        assert data.element_count == said["element_count"] == 3
        assert [file.element for file in data.files] == ways
        top = "inputs" if data.role == DataType.INPUT else "outputs"
        assert [file.path for file in data.files] == [f"{top}/{data.label}/{one}.tabular" for one in ways]
    jobs = Counter(key for key, _ in told.jobs_listed())
    assert jobs["3"] == len(ways)  # a job for each leaf
    assert jobs["5"] == 3  # a job for each pair


def test_names_of_elements_that_no_path_can_hold_are_kept_beside_their_paths() -> None:
    (tables,) = of_role(case(*NESTED), DataType.INPUT).values()
    assert [file.element for file in tables.files] == ["g/g1", "g/g2", "h/é/h/é1", "h/é/h/é2"]
    assert [file.path.count("/") for file in tables.files] == [3, 3, 3, 3]


def test_collections_have_their_elements_in_order_and_below_their_label() -> None:
    told = case("26.1", "b_mapped")
    collections = [one for one in told.run.data if one.src == "hdca"]
    assert len(collections) == 4
    for data in collections:
        said = told.said.get(f"/api/dataset_collections/{data.id}")
        names = [one["element_identifier"] for one in said["elements"]]
        assert (data.name, data.collection_type) == (said["name"], said["collection_type"])
        assert (data.element_count, data.state) == (said["element_count"], said["populated_state"])
        assert [file.id for file in data.files] == [one["object"]["id"] for one in said["elements"]]
        assert [file.element for file in data.files] == names
        top = "inputs" if data.role == DataType.INPUT else "outputs"
        assert [file.path for file in data.files] == [f"{top}/{data.label}/{one}.tabular" for one in names]
        assert (data.condition, data.note) == (Condition.READY, "")


def test_a_collection_of_two_hundred_says_how_many_of_it_failed() -> None:
    told = case(*BIG)
    for data in told.run.data:
        if data.src == "hdca":
            said = told.said.get(f"/api/dataset_collections/{data.id}?view=collection")
            assert len(data.files) == data.element_count == said["element_count"] == 200
            assert Counter(file.state for file in data.files) == said["elements_states"]
            assert data.condition == Condition.READY
    notes = {data.label: data.note for data in told.run.data}
    assert notes["cut"] == notes["counts"] == "3 of 200 elements failed."


def test_what_a_cancelled_job_was_to_make_failed_though_galaxy_says_that_it_is_new() -> None:
    last = of_role(case("26.1", "d_cancelled"), DataType.OUTPUT)["last"]
    assert (last.state, last.condition) == ("new", Condition.FAILED)
    assert last.note == "The job that was to make it was cancelled."


@whole
def test_every_output_of_every_step_can_be_told_of(version: str, name: str) -> None:
    told = case(version, name, all_outputs=True)
    invocations = [workflow.answer for workflow in told.plan.workflows]
    made = {
        (one["src"], one["id"])
        for invocation in invocations
        for step in invocation["steps"]
        if step["jobs"]
        for one in [*step["outputs"].values(), *step["output_collections"].values()]
    }
    outputs = [one for one in told.run.data if one.role == DataType.OUTPUT]
    assert {(one.src, one.id) for one in outputs} == made
    assert len(outputs) == len(made)
    unlabelled = [one for one in outputs if not one.is_labelled]
    steps = {step.key: step.name for step in told.run.record.steps}
    assert all(one.label.startswith(f"{steps[one.step]}: ") for one in unlabelled)
    labelled = {one.id: one.label for one in case(version, name).run.data}
    assert all(labelled.get(one.id) == one.label for one in told.run.data if one.is_labelled)


@every
def test_places_are_unique_and_the_same_whether_or_not_all_outputs_are_wanted(
    version: str, name: str
) -> None:
    few, many = case(version, name), case(version, name, all_outputs=True)
    places = {file.id: file.path for data in many.run.data for file in data.files}
    assert len(set(places.values())) == len(places)
    for data in few.run.data:
        assert all(places[file.id] == file.path for file in data.files)
