"""Datasets and collections for which there is no recording."""

from typing import Any

import pytest

from data_management.records import FileStatus
from galaxy_import.answers import CollectionAnswer, DataAnswer, Json
from galaxy_import.values import Condition, GalaxyRun
from tests.galaxy_import.translate.answered import collection, dataset, element, invocation, job, run_of, step
from workflows.records import DataType, JobFile

C = Condition


def with_output(state_of_job: str, told: Json, of_run: str = "scheduled") -> GalaxyRun:
    """A run of one job that made, or was to make, one dataset."""
    made = {"src": "hda", "id": told["id"]}
    said = invocation(
        step(0, job("j", state_of_job), outputs={"output": made}),
        outputs={"result": {**made, "workflow_step_id": "step0"}},
        state=of_run,
    )
    details = {"j": {**job("j", state_of_job), "outputs": {"output": made}}}
    return run_of(said, details=details, data=DataAnswer({told["id"]: {**told, "creating_job": "j"}}))


@pytest.mark.parametrize(
    ("of_job", "state", "more", "condition", "note"),
    [
        ("ok", "ok", {}, C.READY, ""),
        ("ok", "ok", {"file_size": 0}, C.EMPTY, "It holds nothing."),
        ("ok", "empty", {}, C.EMPTY, "It holds nothing."),
        ("ok", "ok", {"deleted": True}, C.DELETED, "It is deleted in Galaxy, and can still be read there."),
        ("ok", "ok", {"deleted": True, "purged": True}, C.PURGED, "It was deleted in Galaxy for good."),
        ("ok", "ok", {"accessible": False}, C.RESTRICTED, "Galaxy does not let it be read."),
        ("ok", "failed_metadata", {}, C.READY, "Galaxy could not read its metadata."),
        ("ok", "discarded", {}, C.DISCARDED, "Its content was left out when"),
        ("ok", "deferred", {}, C.DEFERRED, "Galaxy knows where it is to be had"),
        ("ok", "setting_metadata", {}, C.PENDING, "It is not made yet."),
        ("ok", "exploded", {}, C.UNKNOWN, "Galaxy says that it is 'exploded'."),
        ("error", "error", {"misc_info": "no space"}, C.FAILED, "Galaxy says: no space"),
        ("error", "new", {}, C.FAILED, "The job that was to make it failed."),
        ("paused", "paused", {}, C.FAILED, "The job that was to make it is paused."),
        ("deleted", "running", {}, C.FAILED, "The job that was to make it was cancelled."),
        ("running", "running", {}, C.PENDING, "It is not made yet."),
        ("new", "new", {}, C.PENDING, "It is not made yet."),
        (
            "skipped",
            "ok",
            {"extension": "expression.json", "file_size": 4},
            C.SKIPPED,
            "Its step was skipped",
        ),
    ],
)
def test_what_can_be_had_of_an_output(
    of_job: str, state: str, more: dict[str, Any], condition: Condition, note: str
) -> None:
    (data,) = with_output(of_job, dataset("d", state, **more)).data
    assert (data.condition, data.state) == (condition, state)
    assert note in data.note if note else data.note == ""
    assert data.files[0].is_readable == (condition in (C.READY, C.EMPTY, C.DELETED))


@pytest.mark.parametrize(
    ("state", "more", "status", "path"),
    [
        ("ok", {}, FileStatus.OFFLINE, "outputs/result.txt"),
        ("error", {}, FileStatus.ERROR, "outputs/result.txt"),
        ("ok", {"purged": True}, FileStatus.OFFLINE, "outputs/result.txt"),
    ],
)
def test_files_are_made_of_what_is_or_was_there(
    state: str, more: Json, status: FileStatus, path: str
) -> None:
    (data,) = with_output("error" if state == "error" else "ok", dataset("d", state, **more)).data
    (file,) = data.dataset.files
    assert (file.status, file.path, bool(file.error)) == (status, path, not data.files[0].is_readable)
    assert (file.size is None) == (not data.files[0].is_readable)


@pytest.mark.parametrize(("of_job", "state"), [("running", "running"), ("skipped", "ok")])
def test_no_file_is_made_of_what_is_not_there_yet_or_never_will_be(of_job: str, state: str) -> None:
    (data,) = with_output(of_job, dataset("d", state)).data
    assert data.dataset.files == ()


def test_a_dataset_keeps_its_place_and_gets_its_ending_when_it_is_made() -> None:
    before, after = with_output("running", dataset("d", "running")), with_output("ok", dataset("d"))
    assert before.data[0].files[0].path == "outputs/result"
    assert after.data[0].files[0].path == "outputs/result.txt"


def test_pairs_and_lists_of_pairs_have_their_elements_below_their_names() -> None:
    inner = {name: {"id": name, "elements": []} for name in ("p1", "p2")}
    nested = {
        name: CollectionAnswer(
            {"id": name},
            (element("forward", dataset(f"{name}f")), element("reverse", dataset(f"{name}r"))),
        )
        for name in inner
    }
    outer = collection(
        "c",
        "list:paired",
        element("sample a", inner["p1"], "dataset_collection"),
        element("sample b", inner["p2"], "dataset_collection"),
    )
    answer = CollectionAnswer(outer.collection, outer.elements, nested)
    told = invocation(inputs={"0": {"src": "hdca", "id": "c", "label": "reads"}})
    (data,) = run_of(told, data=DataAnswer(collections={"c": answer})).data
    assert data.collection_type == "list:paired"
    assert [file.path for file in data.files] == [
        f"inputs/reads/sample {one}/{way}.txt" for one in "ab" for way in ("forward", "reverse")
    ]
    assert data.files[0].element == "sample a/forward"
    assert (data.condition, len(data.dataset.files), data.dataset.dataset_type) == (C.READY, 4, "collection")


@pytest.mark.parametrize(
    ("elements", "more", "condition", "note"),
    [
        ((), {}, C.EMPTY, "It has no elements."),
        (
            ({"state": "ok"},),
            {"deleted": True},
            C.DELETED,
            "It is deleted in Galaxy, and can still be read there.",
        ),
        (({"state": "ok"},), {"populated_state": "failed"}, C.FAILED, "Galaxy could not fill it."),
        (({"state": "ok"}, {"state": "error"}), {}, C.READY, "1 of 2 elements failed."),
        (({"state": "error"}, {"state": "error"}), {}, C.FAILED, "2 of 2 elements failed."),
        (
            ({"state": "ok"}, {"state": "ok", "purged": True}),
            {},
            C.READY,
            "1 of 2 elements is deleted for good.",
        ),
        (({"state": "ok", "file_size": 0},), {}, C.EMPTY, "1 of 1 element is empty."),
    ],
)
def test_what_can_be_had_of_a_collection(
    elements: tuple[Json, ...], more: Json, condition: Condition, note: str
) -> None:
    listed = [element(str(n), dataset(f"d{n}", **one)) for n, one in enumerate(elements)]
    told = invocation(inputs={"0": {"src": "hdca", "id": "c", "label": "list"}})
    (data,) = run_of(told, data=DataAnswer(collections={"c": collection("c", "list", *listed, **more)})).data
    assert (data.condition, data.note) == (condition, note)


def test_two_inputs_of_one_dataset_have_one_place_and_a_remark() -> None:
    inputs = {str(n): {"src": "hda", "id": "d", "label": label} for n, label in enumerate(("left", "right"))}
    run = run_of(invocation(inputs=inputs), data=DataAnswer({"d": dataset("d")}))
    assert [data.label for data in run.data] == ["left", "right"]
    assert {file.path for data in run.data for file in data.files} == {"inputs/left.txt"}
    assert "The inputs 'left', 'right' are one and the same dataset." in run.remarks


def test_an_output_that_is_an_input_is_told_as_both_with_a_remark() -> None:
    told = invocation(
        inputs={"0": {"src": "hda", "id": "d", "label": "reads"}},
        outputs={"same": {"src": "hda", "id": "d", "workflow_step_id": ""}},
    )
    run = run_of(told, data=DataAnswer({"d": dataset("d")}))
    assert [(one.role, one.files[0].path) for one in run.data] == [
        (DataType.INPUT, "inputs/reads.txt"),
        (DataType.OUTPUT, "inputs/reads.txt"),
    ]
    assert "The output 'same' is the input 'reads', unchanged." in run.remarks


def test_inputs_without_a_label_are_called_by_their_place() -> None:
    told = invocation(inputs={"3": {"src": "hda", "id": "d", "label": None}})
    (data,) = run_of(told, data=DataAnswer({"d": dataset("d")})).data
    assert (data.label, data.files[0].path) == ("Input 4", "inputs/3.txt")


def test_an_input_that_was_not_given_is_none() -> None:
    assert run_of(invocation(inputs={"0": {"src": None, "id": None, "label": "optional"}})).data == ()


def test_a_dataset_of_a_library_is_told_of_and_not_fetched() -> None:
    told = invocation(inputs={"0": {"src": "ldda", "id": "d", "label": "genome"}})
    known = {"d": dataset("d", name="hg38", hashes=[{"hash_function": "MD5", "hash_value": "ab" * 16}])}
    (data,) = run_of(told, data=DataAnswer(library=known)).data
    assert (data.src, data.condition, data.files[0].content_url) == ("ldda", C.UNKNOWN, "")
    assert (data.name, data.files[0].size, data.files[0].hashes) == ("hg38", 12, {"MD5": "ab" * 16})
    assert "data library" in data.note


def test_a_dataset_of_a_library_may_have_the_id_of_another_in_the_history() -> None:
    shelved = {"src": "ldda", "id": "d", "label": "genome"}
    told = invocation(inputs={"0": shelved, "1": {"src": "hda", "id": "d", "label": "reads"}})
    answer = DataAnswer({"d": dataset("d", name="reads")}, library={"d": dataset("d", name="hg38")})
    genome, reads = run_of(told, data=answer).data
    assert (genome.name, reads.name) == ("hg38", "reads")
    assert genome.files[0].path != reads.files[0].path


def test_jobs_follow_each_other_through_a_collection_that_a_tool_only_copied() -> None:
    whole = {"src": "hdca", "id": "filtered"}
    told = invocation(
        step(0, job("filter", tool="__FILTER_FAILED_DATASETS__"), output_collections={"output": whole}),
        step(1, job("sort"), implicit_collection_jobs_id="one"),
        output_collections={"kept": {**whole, "workflow_step_id": "step0"}},
    )
    details = {
        "filter": {**job("filter"), "output_collections": {"output": whole}},
        "sort": {**job("sort"), "inputs": {"input": {"src": "hda", "id": "copy"}}},
    }
    kept = collection("filtered", "list", element("a", dataset("copy")))
    run = run_of(told, details=details, data=DataAnswer(collections={"filtered": kept}))
    jobs = {one.external_id: one for one in run.record.jobs}
    assert jobs["sort"].after == ("filter",)
    assert jobs["sort"].name == "label 1 (a)"
    assert [file.path for file in jobs["filter"].files] == ["outputs/kept/a.txt"]
    assert JobFile("outputs/kept/a.txt", jobs["sort"].files[0].role) in jobs["sort"].files


def test_jobs_follow_each_other_through_a_collection_that_was_not_read() -> None:
    definition = (
        b'{"steps": {"0": {"type": "tool"}, '
        b'"1": {"type": "tool", "input_connections": {"input": {"id": 0, "output_name": "output"}}}}}'
    )
    told = invocation(step(0, job("filter")), step(1, job("sort")))
    details = {
        "filter": {**job("filter"), "output_collections": {"output": {"src": "hdca", "id": "filtered"}}},
        "sort": {**job("sort"), "inputs": {"input": {"src": "hda", "id": "copy"}}},
    }
    run = run_of(told, details=details, definition=definition)
    assert {one.external_id: one.after for one in run.record.jobs} == {"filter": (), "sort": ("filter",)}
