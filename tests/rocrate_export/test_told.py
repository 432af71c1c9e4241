"""Where each fact of a record stands in its crate, so that it can be read back (docs/crates.md)."""

from dataclasses import replace
from typing import Any

import pytest

from rocrate_export.crate import contents_of
from rocrate_export.values import kind_of, text_of, value_of
from tests.records import (
    ADA,
    EMPTY,
    FAILED,
    NESTED,
    PROCESS_ONLY,
    RNASEQ,
    RUNS,
    SECRET_OF_TOLD,
    TOLD,
    after,
    dataset,
    stored,
)
from tests.rocrate_export.reading import Crate, Entity, many
from tests.rocrate_export.reading import text_of as all_text_of
from workflows.records import (
    DatasetLink,
    DataType,
    PersonRecord,
    RunRecord,
    RunStatus,
    StatusBasis,
    StatusRecord,
    StepRecord,
)


@pytest.fixture
def told() -> Crate:
    return Crate.of(TOLD)


def said(crate: Crate, entity: Entity) -> dict[str, Any]:
    """What an entity says in words of ours."""
    return {one["name"]: one.get("value") for one in crate.targets(entity, "additionalProperty")}


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("", "Text", ""),
        ("True", "Text", "True"),
        (True, "Boolean", "True"),
        (-3, "Integer", "-3"),
        (2**70, "Integer", str(2**70)),
        (1e-9, "Float", "1e-09"),
        (1.0, "Float", "1.0"),
        (None, "JSON", "null"),
        ([], "JSON", "[]"),
        ({}, "JSON", "{}"),
        (["a", ""], "Text list", ["a", ""]),
        ([True, False], "Boolean list", ["True", "False"]),
        ([1, 1.5], "JSON", "[1,1.5]"),
        ([None], "JSON", "[null]"),
        ({"b": "ä", "a": [1, {"c": None}]}, "JSON", '{"a":[1,{"c":null}],"b":"ä"}'),
    ],
)
def test_a_value_and_its_kind_give_the_value_back(value: Any, kind: str, text: Any) -> None:
    assert (kind_of(value), text_of(value)) == (kind, text)
    again = value_of(text, kind)
    assert again == value
    assert type(again) is type(value)


def test_a_list_of_one_may_come_as_its_one_text() -> None:
    assert value_of("7", "Integer list") == [7]


@pytest.mark.parametrize(
    ("text", "kind"), [("maybe", "Boolean"), ("x", "Integer"), ("{", "JSON"), (["a", "b"], "Text")]
)
def test_a_text_that_is_not_of_its_kind_is_refused(text: Any, kind: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        value_of(text, kind)


def test_parameters_come_back_with_their_types(told: Crate) -> None:
    values = [one for one in told.targets(told.run, "object") if one["@type"] == "PropertyValue"]
    back = {one["name"]: value_of(one.get("value", ""), one.get("additionalType", "")) for one in values}
    wanted = {one.name: one.value for one in TOLD.parameters}
    wanted["deep"] = {"b": [1, {}], "a": 2**70}
    assert back == wanted
    assert list(back) == list(wanted)


def test_a_parameter_that_is_null_fills_no_slot(told: Crate) -> None:
    assert "exampleOfWork" not in told.named("nothing", "PropertyValue")


def test_no_secret_leaves_by_any_door() -> None:
    contents = contents_of(TOLD)
    assert SECRET_OF_TOLD not in all_text_of(contents.document)
    assert not any(SECRET_OF_TOLD.encode() in content for _, content in contents.written)
    assert repr(TOLD).count(SECRET_OF_TOLD) > 7, "the test looks for what is there"


def test_how_a_status_is_known_is_said_unless_it_was_reported(told: Crate) -> None:
    assert said(told, told.run)["status basis"] == "INFERRED"
    reported = Crate.of(replace(TOLD, status_basis=StatusBasis.REPORTED))
    assert "status basis" not in said(reported, reported.run)


def test_people_stand_in_plain_terms_and_with_the_roles_that_are_recorded(told: Crate) -> None:
    grace = "https://orcid.org/0000-0001-5109-3700"
    assert told.links(told.run, "agent") == told.links(told.root, "author") == [grace]
    roles = told.targets(told.root, "contributor")
    assert [(one.get("roleName", ""), one["contributor"]["@id"]) for one in roles] == [
        ("agent", grace),
        ("author", grace),
        ("creator", "#person-Grace-Hopper"),
        ("", "#person-Anonymous"),
        ("curator", "#person-Curator"),
    ]
    assert told.targets(told[grace], "affiliation")[0]["name"] == "Navy Yard"
    assert told["#person-Grace-Hopper"]["identifier"] == grace, "of whom less is said is another entity"


def test_who_registered_a_run_is_its_agent_where_nobody_else_is_named() -> None:
    crate = Crate.of(RNASEQ)
    ada = [f"https://orcid.org/{ADA.orcid}"]
    assert crate.links(crate.run, "agent") == crate.links(crate.root, "author") == ada
    assert crate.links(crate["ro-crate-metadata.json"], "sdPublisher") == ada
    assert "contributor" not in crate.root


def test_who_registered_a_run_does_not_become_who_ran_it(told: Crate) -> None:
    ada = f"https://orcid.org/{ADA.orcid}"
    assert told.links(told["ro-crate-metadata.json"], "sdPublisher") == [ada]
    assert all(ada not in told.links(one, "agent") for one in told.of_type("CreateAction"))


def test_who_ran_and_registered_a_run_is_one_person() -> None:
    crate = Crate.of(replace(RNASEQ, people=(replace(ADA, role="agent", affiliation="Elsewhere"),)))
    (ada,) = crate.of_type("Person")
    assert crate.targets(ada, "affiliation")[0]["name"] == "Elsewhere"


@pytest.mark.parametrize(
    ("license", "identifier"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0"),
        ("https://example.org/my terms", "https://example.org/my%20terms"),
        ("MIT OR Apache-2.0", "#license-MIT-OR-Apache-2.0"),
    ],
)
def test_the_licence_of_the_data_is_that_of_the_crate(license: str, identifier: str) -> None:
    crate = Crate.of(replace(RNASEQ, license=license))
    assert crate.links(crate.root, "license") == [identifier]
    assert crate[identifier]["identifier"] == license


def test_a_workflow_says_where_it_is_from_and_by_whom(told: Crate) -> None:
    workflow = told["workflow/told.xyz"]
    assert told.links(workflow, "isBasedOn") == ["https://workflowhub.eu/workflows/7"]
    assert [one["name"] for one in told.targets(workflow, "author")] == ["Grace Hopper"]
    assert [one["name"] for one in told.targets(workflow, "creator")] == ["Alan Turing"]
    assert len(told.links(workflow, "contributor")) == 2
    assert said(told, workflow) == {"engine version": "0.9"}
    assert (workflow["identifier"], workflow["codeRepository"]) == ("r4711", "https://git.example.org/told")
    assert told.targets(workflow, "license")[0]["identifier"] == "https://example.org/licences/own"


def test_an_origin_that_is_no_web_address_is_a_text() -> None:
    crate = Crate.of(replace(TOLD, workflow=replace(TOLD.workflow, source_url="dropbox:told")))
    assert crate["workflow/told.xyz"]["isBasedOn"] == "dropbox:told"
    assert said(crate, crate.run)["source address"] == "told://runs/1"
    assert said(crate, crate.run)["source"] == "told"


def test_files_of_a_workflow_are_its_parts_and_the_lost_ones_are_named(told: Crate) -> None:
    parts = [one for one in told.of_type("File") if told.links(one, "isPartOf") == ["workflow/told.xyz"]]
    assert [one["alternateName"] for one in parts] == ["README.md", "lib/old.xyz"]
    assert said(told, parts[0]) == {"file type": "README"}
    assert parts[1]["creativeWorkStatus"].startswith("Not in this archive: ")
    assert parts[1]["@id"].startswith("urn:uuid:")


def test_a_run_whose_workflow_file_is_lost_still_says_its_engine() -> None:
    workflow = RNASEQ.workflow
    lost = replace(workflow, files=tuple(replace(one, storage_key="") for one in workflow.files))
    crate = Crate.of(replace(RNASEQ, workflow=lost))
    (software,) = crate.targets(crate.run, "instrument")
    assert said(crate, software) == {"engine": "NEXTFLOW"}
    assert len([one for one in crate.of_type("File") if crate.links(one, "isPartOf")]) == 3


def test_an_environment_is_its_variables_or_one_value(told: Crate) -> None:
    assert said(told, told.run)["environment"] == '["a text",{"plain":null}]'
    assert "environment" not in told.run
    variables = Crate.of(replace(TOLD, run_environment={"A": "", "environment": "b", "C": [1]}))
    values = variables.targets(variables.run, "environment")
    assert [(one["name"], one.get("value")) for one in values] == [
        ("A", None),
        ("environment", "b"),
        ("C", "1"),
    ]
    assert "environment" not in said(variables, variables.run)
    text = Crate.of(replace(TOLD, run_environment="A=1\n"))
    assert said(text, text.run)["environment"] == "A=1\n"


@pytest.mark.parametrize("record", [TOLD, PROCESS_ONLY, replace(RNASEQ, jobs=())], ids=lambda one: one.name)
def test_steps_come_in_the_order_of_the_record_with_all_that_is_known(record: RunRecord) -> None:
    crate = Crate.of(record)
    steps = crate.of_type("HowToStep")
    assert [one["identifier"] for one in steps] == [one.key for one in record.steps]
    for entity, step in zip(steps, record.steps, strict=True):
        assert (entity["name"], entity["position"]) == (step.name, str(step.position))
        wanted = {"status": step.status.value, "message": step.message}
        assert said(crate, entity) == {name: value for name, value in wanted.items() if value}
        assert [one["identifier"] for one in crate.targets(entity, "isPartOf")] == list(
            filter(None, [step.parent])
        )
        images = [one["identifier"] for one in crate.targets(entity, "containerImage")]
        assert images == list(filter(None, [step.container_image]))
        assert tool_of(crate, entity) == (step.tool_id, step.tool_name, step.tool_version)


def tool_of(crate: Crate, step: Entity) -> tuple[str, str, str]:
    """The id, name and version of a step's tool, as far as they are its own."""
    (tool,) = crate.targets(step, "workExample")
    borrowed = tool.get("description", "")
    name = "" if "named after" in borrowed else tool["name"]
    version = "" if "version is that of the workflow" in borrowed else tool.get("version", "")
    return tool.get("identifier", ""), name, version


def test_a_tool_under_the_address_of_something_else_has_an_identifier_of_its_own() -> None:
    steps = tuple(StepRecord(name, name, tool_id=RNASEQ.workflow.repository_url) for name in "ab")
    renamed = replace(steps[1], tool_name="Another")
    crate = Crate.of(replace(RNASEQ, steps=(steps[0], renamed), jobs=()))
    tools = [crate.targets(one, "workExample")[0] for one in crate.of_type("HowToStep")]
    assert [one["name"] for one in tools] == ["rnaseq", "Another"]


@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())
def test_jobs_come_in_the_order_of_the_record(record: RunRecord) -> None:
    crate = Crate.of(record)
    jobs = [one for name, one in crate.entities.items() if name.startswith("#job-")]
    assert [one["name"] for one in jobs] == [one.name for one in record.jobs]
    steps = {"#" + one["@id"].lstrip("#"): one["identifier"] for one in crate.of_type("HowToStep")}
    of_job = {
        action: steps[control["instrument"]["@id"]]
        for control in crate.of_type("ControlAction")
        for action in crate.links(control, "object")
    }
    told = [of_job.get(one["@id"], said(crate, one).get("step", "")) for one in jobs]
    assert told == [one.step for one in record.jobs]


def test_a_job_keeps_what_the_standard_has_no_terms_for(told: Crate) -> None:
    job = told["#job-1"]
    assert said(told, job) == {
        "attempt": "3",
        "exit code": "-9",
        "host": "node1",
        "job": "7",
        "status": "RUNNING",
        "message": "Sent again --token ***",
        "after": ["5", "6"],
    }
    variables = {one["name"]: one.get("value", "") for one in told.targets(job, "environment")}
    assert variables == {"LANG": "", "HOME": "/root"}
    assert told["logs/jobs/1.stderr.txt"]["about"] == {"@id": "#job-1"}
    assert said(told, told["logs/jobs/1.stderr.txt"]) == {"stream": "stderr"}


def test_why_something_stands_as_it_does_is_said_whatever_its_status(told: Crate) -> None:
    assert said(told, told.run)["message"] == "It waits for --token *** to be renewed."
    assert "error" not in told.run
    assert said(told, told["#job-2"])["message"] == told["#job-2"]["error"] == "The remote file is gone."
    control = next(one for one in told.of_type("ControlAction") if one["name"].endswith("First"))
    assert control["error"] == "A file is gone."


def test_what_failed_without_a_reason_has_none_but_the_one_concluded() -> None:
    crate = Crate.of(replace(FAILED, message="The workflow is not known."))
    assert crate.run["error"] == said(crate, crate.run)["message"] == "The workflow is not known."
    without = Crate.of(FAILED)
    assert without.run["error"].startswith("The run failed: ")
    assert "message" not in said(without, without.run)


def test_a_tool_says_where_it_is_from(told: Crate) -> None:
    steps = {one["identifier"]: one for one in told.of_type("HowToStep")}
    (second,), (first,), (same,), (outer,) = (
        told.targets(steps[key], "workExample") for key in ("b", "a", "a2", "outer")
    )
    assert (second["url"], said(told, second)) == ("https://***@git.example.org/b", {})
    assert said(told, first) == {"tool address": "https://bio.tools/one"}, "or it would only follow"
    assert (same["url"], said(told, same)) == ("https://bio.tools/one", {})
    assert said(told, outer) == {"tool address": "https://git.example.org/told"}


def test_a_dataset_that_says_more_than_its_file_has_an_entity_of_its_own(told: Crate) -> None:
    again = told.named("Again", "Collection")
    assert said(told, again) == {"data type": "PARAMETER"}
    assert told.links(again, "hasPart") == ["inputs/in/a.txt"]
    assert [one["name"] for one in told.targets(again, "isPartOf")] == ["Lane 1"]
    pair = told.named("Pair", "Collection")
    assert said(told, pair) == {"data type": "INPUT", "dataset type": "fastq"}
    assert told.links(again, "isPartOf") == told.links(pair, "isPartOf")


def test_a_dataset_that_says_no_more_than_its_file_is_the_file(told: Crate) -> None:
    names = {one.get("name") for kind in ("Collection", "CreativeWork") for one in told.of_type(kind)}
    assert not names & {"table.tsv", "run.log", "c.ini", "far.bin"}
    assert said(told, told["logs/run.log"]) == {"data type": "LOG"}
    assert told["logs/run.log"]["description"] == "What it said."
    assert "additionalProperty" not in told["outputs/made/table.tsv"]


def test_a_dataset_without_files_is_named_whatever_it_was_to_the_run(told: Crate) -> None:
    assert said(told, told.named("No report yet", "CreativeWork")) == {"data type": "REPORT"}


def test_datasets_come_in_the_order_of_the_record(told: Crate) -> None:
    names = {link.dataset.name for link in TOLD.datasets}
    kinds = ("File", "Collection", "CreativeWork")
    found = [one.get("name") for one in told.entities.values() if set(many(one["@type"])) & set(kinds)]
    assert [name for name in found if name in names] == [link.dataset.name for link in TOLD.datasets]


@pytest.mark.parametrize("name", ["Twin", "twin.txt"])
def test_two_equal_datasets_stay_two(name: str) -> None:
    link = dataset(DataType.INPUT, name, stored("twin.txt"))
    crate = Crate.of(replace(EMPTY, datasets=(link, link)))
    assert len([one for one in crate.of_type("Collection") if one["name"] == name]) == 2


def test_a_file_elsewhere_says_where_it_was_found_if_its_address_does_not() -> None:
    (link,) = (one for one in PROCESS_ONLY.datasets if one.dataset.name == "In")
    crate = Crate.of(replace(PROCESS_ONLY, datasets=(link,)))
    (file,) = (one for one in crate.of_type("File") if one["name"] == "in.bam")
    assert said(crate, file) == {"uri": "/data/lab one/in.bam"}
    genome = Crate.of(RNASEQ)["https://ftp.example.org/GRCh38/genome.fa"]
    assert "additionalProperty" not in genome


def test_the_history_of_a_run_is_told_with_times_and_names(told: Crate) -> None:
    first, second = (one for name, one in told.entities.items() if name.startswith("#history-"))
    assert (first["@type"], first["endTime"]) == ("Action", "2026-03-04T11:00:01.500+00:00")
    assert told.links(first, "object") == [told.run["@id"]]
    assert told.targets(first, "result")[0]["value"] == "PENDING"
    assert [told.targets(one, "agent")[0]["name"] for one in (first, second)] == ["Ada Lovelace", "Galaxy"]
    assert "#history-2" in told.links(told.root, "mentions")


def test_nobody_is_made_up() -> None:
    alone = replace(FAILED, agent=PersonRecord("Bob"), group="", group_url="")
    crate = Crate.of(replace(alone, history=(StatusRecord(RunStatus.FAILED, after(1)),)))
    assert [one["name"] for one in crate.of_type("Person")] == ["Bob"]
    assert not crate.of_type("Organization")
    assert "affiliation" not in crate.of_type("Person")[0]
    assert "agent" not in crate["#history-1"]
    nobody = Crate.of(replace(alone, agent=None))
    assert not nobody.of_type("Person")
    assert not {"agent", "author", "publisher"} & (set(nobody.run) | set(nobody.root))


def test_a_group_without_an_address_has_none() -> None:
    (group,) = Crate.of(NESTED).of_type("Organization")
    assert (group["@id"], "url" in group) == ("#group-Genomics-Core", False)


def test_a_dataset_in_two_parts_is_two() -> None:
    link = TOLD.datasets[1]
    both = (link, DatasetLink(link.dataset, DataType.OUTPUT))
    crate = Crate.of(replace(TOLD, datasets=both))
    pairs = [one for one in crate.of_type("Collection") if one["name"] == "Pair"]
    assert [said(crate, one)["data type"] for one in pairs] == ["INPUT", "OUTPUT"]
