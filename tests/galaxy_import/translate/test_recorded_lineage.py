"""Which recorded job used what which other one made, compared with what Galaxy says of it."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from galaxy_import.answers import CollectionAnswer, DataAnswer, Json
from galaxy_import.translate import assemble
from tests.galaxy_import.translate.answered import collection, dataset, element, invocation, job, run_of, step
from tests.galaxy_import.translate.cases import VALUES, WHOLE, Case, case
from workflows.records import FileRole, JobRecord

whole = pytest.mark.parametrize(("version", "name"), WHOLE)
COPYING = ("__FLATTEN__", "__FILTER_FAILED_DATASETS__")


def detailed(told: Case) -> list[tuple[JobRecord, Any]]:
    """The jobs with their details."""
    return [(job, told.details(job.external_id)) for job in told.run.record.jobs]


def leaves(elements: list[Json]) -> Iterator[Json]:
    """The datasets of a collection as Galaxy shows it, however deep."""
    for one in elements:
        thing = one["object"]
        yield from leaves(thing["elements"]) if one["element_type"] == "dataset_collection" else [thing]


def elements_of(told: Case, identifier: str) -> list[Json]:
    """The datasets of a collection: from its whole answer, or from its pages."""
    path = f"/api/dataset_collections/{identifier}"
    shown = told.said.get(f"{path}?view=element") or told.said.get(path)
    pages = [one.json for one in told.said.answers if one.path.startswith(f"{path}/contents/")]
    return list(leaves(shown["elements"] if shown else [row for page in pages for row in page]))


def made_by(told: Case, said: Json) -> set[str]:
    """What a job made: its outputs, or the copies of what it used in the collection that it names."""
    made = {one["id"] for one in said["outputs"].values()}
    if not said["tool_id"].startswith(COPYING):
        return made
    (collection,) = said["output_collections"].values()
    originals = {one["uuid"] for one in said["inputs"].values()}
    known = told.said.datasets()
    return {one["id"] for one in elements_of(told, collection["id"]) if known[one["id"]]["uuid"] in originals}


@whole
def test_a_job_comes_after_those_whose_results_it_used(version: str, name: str) -> None:
    told = case(version, name)
    makers = {one: key for key, said in _said(told).items() for one in made_by(told, said)}
    for record, said in detailed(told):
        used = {one["id"] for one in said["inputs"].values() if one["src"] == "hda"}
        assert set(record.after) == {makers[one] for one in used if one in makers}
        assert list(record.after) == sorted(record.after)


def _said(told: Case) -> dict[str, Any]:
    return {job.external_id: said for job, said in detailed(told)}


@whole
def test_a_job_used_and_made_the_files_that_galaxy_says(version: str, name: str) -> None:
    told = case(version, name)
    paths = {file.id: file.path for data in told.run.data for file in data.files}
    for record, said in detailed(told):
        used = {one["id"] for one in said["inputs"].values()}
        for role, identifiers in ((FileRole.USED, used), (FileRole.MADE, made_by(told, said))):
            expected = {paths[one] for one in identifiers if one in paths}
            assert {file.path for file in record.files if file.role == role} == expected


def edges(name: str) -> dict[str, set[str]]:
    """The jobs of a case by their names, with those that they came after."""
    return edges_between(case("26.1", name).run.record.jobs)


def edges_between(jobs: Sequence[JobRecord]) -> dict[str, set[str]]:
    """The jobs by their names, with those that they came after."""
    names = {job.external_id: job.name for job in jobs}
    assert len(set(names.values())) == len(names)
    return {job.name: {names[one] for one in job.after} for job in jobs}


def test_what_was_filtered_came_from_the_filter_and_not_from_the_job_of_the_original() -> None:
    checks = {f"check ({one})" for one in "xyz"}
    assert edges("h_partly") == {
        **{one: set() for one in checks},
        "keep": checks,
        **{f"count ({one})": {"keep"} for one in "xz"},
    }


def test_a_filter_over_lists_of_lists_has_a_job_for_each_with_its_own_elements() -> None:
    found = edges("h_nested")
    assert found["keep (g)"] == {"check (g/g1)", "check (g/g2)"}
    assert found["count (g/g1)"] == found["count (g/g2)"] == {"keep (g)"}
    assert found["count (h/é/h/é1)"] == {"keep (h/é)"}


@pytest.mark.parametrize("name", ["h_nested", "h_partly"])
def test_copies_in_a_collection_that_was_not_read_are_known_by_their_originals(name: str) -> None:
    told = case("26.1", name)
    data = told.said.data(told.plan)
    (kept,) = (one for one in told.run.data if one.label == "kept")
    unread = {file.id for file in kept.files}
    rest = DataAnswer(
        {key: one for key, one in data.datasets.items() if key not in unread},
        {key: one for key, one in data.collections.items() if key != kept.id},
    )
    assert edges_between(assemble(told.plan, told.read, rest, None).record.jobs) == edges(name)


def test_pairs_go_through_tools_on_collections() -> None:
    found = edges("h_pairs")
    cut = {f"cut ({one}/{way})" for one in ("s1", "s2", "sample three") for way in ("forward", "reverse")}
    assert found["unzip (s1)"] == {"cut (s1/forward)", "cut (s1/reverse)"}
    assert found["flatten"] == found["merge_pairs"] == cut
    assert found["join"] == {"count (a)", "count (b)", "count (c d)"}


def test_a_job_comes_after_the_one_whose_result_was_its_parameter() -> None:
    told = case(*VALUES)
    head = next(job for job in told.run.record.jobs if job.name == "head")
    said = told.details(head.external_id)
    assert "lineNum" in said["params"]
    assert "lineNum" not in said["inputs"]  # Galaxy does not say where it came from: the workflow does
    assert edges("h_values") == {"value": set(), "head": {"value"}, "h": {"head"}}


# --- what no recording shows ---


def copied(first: Json, second: Json, *, places: dict[str, str]) -> dict[str, set[str]]:
    """Two jobs copied from one list of lists into another; what each of them then made, by their ids.

    ``places`` are the UUIDs of the copies by their ids, of which the first letter is the list in which each lies.
    """
    made = {"output": {"src": "hdca", "id": "c"}}
    used = {"one": first, "two": second}
    details = {
        one: {**job(one), "inputs": inputs, "outputs": {}, "output_collections": made}
        for one, inputs in used.items()
    }
    told = invocation(
        step(0, *(job(one) for one in details), output_collections=made),
        inputs={"0": {"src": "hdca", "id": "originals", "label": "tables"}},
        output_collections={"kept": {**made["output"], "workflow_step_id": "step0"}},
    )
    known = {one: dataset(one, uuid=uuid, creating_job="elsewhere") for one, uuid in places.items()}
    collections = {
        "c": lists("c", known),
        "originals": lists("originals", {"g0": {"id": "g0"}, "h0": {"id": "h0"}}),
    }
    run = run_of(told, details=details, data=DataAnswer(known, collections))
    return {
        one.external_id: {file.path for file in one.files if file.role == FileRole.MADE}
        for one in run.record.jobs
    }


def lists(identifier: str, datasets: dict[str, Json]) -> CollectionAnswer:
    """A list of two lists, ``g`` and ``h``, in which the datasets lie whose ids begin so."""
    groups = {one: [dataset for key, dataset in datasets.items() if key[0] == one] for one in "gh"}
    inner = {
        one: CollectionAnswer({"id": one}, tuple(element(each["id"][:2], each) for each in held))
        for one, held in groups.items()
    }
    outer = [element(one, {"id": one}, "dataset_collection") for one in groups]
    answer = collection(identifier, "list:list", *outer)
    return CollectionAnswer(answer.collection, answer.elements, inner)


def using(identifier: str, uuid: str) -> Json:
    """The inputs of a job."""
    return {"input1": {"src": "hda", "id": identifier, "uuid": uuid}}


def test_a_copy_belongs_to_the_job_that_used_its_original() -> None:
    made = copied(using("g0", "u1"), using("h0", "u2"), places={"g1": "u1", "h1": "u2"})
    assert made == {"one": {"outputs/kept/g/g1.txt"}, "two": {"outputs/kept/h/h1.txt"}}


def test_copies_of_one_original_belong_to_every_job_that_used_it() -> None:
    made = copied(using("x", "u"), using("y", "u"), places={"g1": "u", "h1": "u"})
    assert made["one"] == made["two"] == {"outputs/kept/g/g1.txt", "outputs/kept/h/h1.txt"}


def test_of_an_original_in_two_places_each_job_made_the_copy_where_it_worked() -> None:
    made = copied(using("g0", "u"), using("h0", "u"), places={"g0copy": "u", "h0copy": "u"})
    assert made == {"one": {"outputs/kept/g/g0.txt"}, "two": {"outputs/kept/h/h0.txt"}}


def test_without_uuids_nobody_is_said_to_have_made_a_copy() -> None:
    made = copied(using("g0", ""), using("h0", ""), places={"g1": "", "h1": ""})
    assert made == {"one": set(), "two": set()}
