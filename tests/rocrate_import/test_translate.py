"""What crates in the wild do, and how it is read: one promise each, on the smallest crate that shows it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from data_management.records import FileStatus
from rocrate_import.translate import CrateRefused, Translation, read_crate
from rocrate_import.translate.actions import is_command
from rocrate_packages import Limits
from workflows.records import DataType, Engine, FileRole, RunRecord, RunStatus, StatusBasis

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
Crate = list[dict[str, Any]]
MAIN = {"@id": "main.cwl", "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"], "name": "Main"}
ACTION = {"@id": "#run", "@type": "CreateAction", "instrument": {"@id": "main.cwl"}}


def crate(*entities: Mapping[str, Any], **root: Any) -> bytes:
    """The metadata of a Workflow Run Crate with these entities; later ones replace earlier ones of their ``@id``."""
    head = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": "Counted",
            "mainEntity": {"@id": "main.cwl"},
            "conformsTo": {"@id": "https://w3id.org/ro/wfrun/workflow/0.5"},
            **root,
        },
        MAIN,
        {**ACTION, "@id": "#action"},
    ]
    known = {one["@id"]: one for one in [*head, *entities]}
    return json.dumps({"@context": CONTEXT, "@graph": list(known.values())}).encode()


def read(metadata: bytes, names: Mapping[str, int] | None = None, **limits: int) -> Translation:
    """The translation of a crate whose package holds files of these names and sizes."""
    return read_crate(
        metadata, names or {}, lambda name, most: f"text of {name}"[:most], limits=Limits(**limits)
    )


def run_of(*entities: Mapping[str, Any], names: Mapping[str, int] | None = None, **root: Any) -> RunRecord:
    """The run of a crate."""
    record = read(crate(*entities, **root), names).record
    assert record is not None
    return record


def action(**facts: Any) -> dict[str, Any]:
    """The run's action with these facts."""
    return {**ACTION, "@id": "#action", **facts}


def messages(translation: Translation, entity: str) -> str:
    """What was remarked about an entity."""
    return " ".join(one.message for one in translation.warnings if one.entity == entity)


# --- The form of the document ---


def test_single_values_and_lists_of_one_mean_the_same() -> None:
    plain, listed = action(object={"@id": "a.txt"}), action(object=[{"@id": "a.txt"}], name=["Counted"])
    file = {"@id": "a.txt", "@type": "File"}
    assert run_of(plain, file) == run_of(listed, {**file, "@type": ["File"]})


def test_identifiers_with_and_without_a_dot_mean_the_same() -> None:
    record = run_of(
        action(object={"@id": "./in/a.txt"}), {"@id": "in/a.txt", "@type": "File"}, names={"in/a.txt": 3}
    )
    assert record.datasets[0].dataset.files[0].storage_key == "in/a.txt"


@pytest.mark.parametrize(
    "base", ["http://schema.org/", "https://schema.org/", "schema:", "http://www.schema.org/"]
)
def test_full_addresses_of_terms_are_known(base: str) -> None:
    entity = {
        "@id": "#action",
        "@type": f"{base}CreateAction",
        f"{base}instrument": {"@id": "main.cwl"},
        f"{base}endTime": "2026-03-04",
    }
    assert run_of(entity).completed_at == datetime(2026, 3, 4, tzinfo=UTC)


def test_nested_entities_are_taken_as_the_others_with_a_remark() -> None:
    translation = read(crate(action(agent={"@id": "#ada", "@type": "Person", "name": "Ada"})))
    assert translation.record is not None
    assert [one.name for one in translation.record.people] == ["Ada"]
    assert "inside another" in messages(translation, "#ada")


def test_an_entity_without_an_identifier_is_given_one_with_a_remark() -> None:
    translation = read(crate(action(agent={"@type": "Person", "name": "Ada"})))
    assert translation.record is not None
    assert translation.record.people[0].name == "Ada"
    assert "has no @id" in messages(translation, "_:nameless-1")


def test_reverse_links_are_left_out_with_a_remark() -> None:
    translation = read(crate(action(**{"@reverse": {"about": {"@id": "x"}}})))
    assert "@reverse" in messages(translation, "#action")


def test_value_objects_and_lists_of_json_ld_are_plain_values() -> None:
    record = run_of(action(endTime={"@value": "2026-03-04", "@type": "Date"}), name={"@list": ["Listed"]})
    assert (record.name, record.completed_at) == ("Listed", datetime(2026, 3, 4, tzinfo=UTC))


def test_other_names_for_known_terms_are_learnt_from_the_context() -> None:
    document = json.loads(crate())
    document["@context"] = [CONTEXT, {"label": "http://schema.org/name"}]
    root = next(one for one in document["@graph"] if one["@id"] == "./")
    root["label"] = root.pop("name")
    record = read(json.dumps(document).encode()).record
    assert record is not None
    assert record.name == "Counted"


def test_what_is_described_twice_is_put_together_with_a_remark() -> None:
    document = json.loads(crate())
    document["@graph"].append({"@id": "./", "@type": "Dataset", "name": "Other", "description": "More."})
    translation = read(json.dumps(document).encode())
    assert translation.record is not None
    assert (translation.record.name, translation.record.description) == ("Counted", "More.")
    assert "described twice" in messages(translation, "./")


def test_texts_that_no_database_keeps_are_made_harmless() -> None:
    record = run_of(name="a\0b\ud800c")
    assert record.name == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


def test_scripts_in_names_stay_text() -> None:
    assert run_of(name="<script>alert(1)</script>").name == "<script>alert(1)</script>"


def test_circles_end() -> None:
    record = run_of(
        action(object={"@id": "a/"}, result={"@id": "#c"}),
        {"@id": "a/", "@type": "Dataset", "hasPart": [{"@id": "b/"}, {"@id": "a/"}]},
        {"@id": "b/", "@type": "Dataset", "hasPart": {"@id": "a/"}},
        {"@id": "#c", "@type": "Collection", "hasPart": {"@id": "#c"}, "mainEntity": {"@id": "#c"}},
        {"@id": "#v", "@type": "PropertyValue", "name": "v", "value": {"@id": "#v"}},
    )
    assert [len(link.dataset.files) for link in record.datasets] == [0, 0]


def test_a_value_that_holds_itself_ends() -> None:
    circle = {"@id": "#v", "@type": "PropertyValue", "name": "v", "value": {"@id": "#v"}}
    value = run_of(action(object={"@id": "#v"}), circle).parameters[0].value
    assert json.dumps(value).count("{") <= 21


def test_remarks_are_bounded() -> None:
    files = [{"@id": f"{number}.txt", "@type": "File"} for number in range(500)]
    links = [{"@id": one["@id"]} for one in files]
    warnings = read(crate(action(object=links), *files)).warnings
    assert len(warnings) == 201
    assert warnings[-1].message.startswith("… and ")


def test_what_the_registry_cannot_hold_is_cut_with_a_remark() -> None:
    translation = read(crate(name="n" * 300))
    assert translation.record is not None
    assert translation.record.name == "n" * 255
    assert "has 300 characters" in messages(translation, "./")


# --- Root, profile, identifiers ---


@pytest.mark.parametrize(
    ("conforms", "expected"),
    [
        (["https://w3id.org/ro/wfrun/process/0.1"], ("process", "0.1")),
        (
            ["https://w3id.org/ro/wfrun/process/0.4", "https://w3id.org/ro/wfrun/provenance/0.4"],
            ("provenance", "0.4"),
        ),
        (["http://w3id.org/ro/wfrun/workflow/0.5"], ("workflow", "0.5")),
        (["https://w3id.org/workflowhub/workflow-ro-crate/1.0"], ("workflow", "")),
        ([], ("workflow", "")),
    ],
)
def test_the_profile_is_the_one_with_the_most_to_say(conforms: list[str], expected: tuple[str, str]) -> None:
    translation = read(crate(conformsTo=[{"@id": one} for one in conforms]))
    assert (translation.profile, translation.profile_version) == expected


def test_a_root_of_another_name_is_found_by_its_descriptor() -> None:
    descriptor = {"@id": "ro-crate-metadata.json", "about": {"@id": "https://example.org/crate/7/"}}
    root = {"@id": "https://example.org/crate/7/", "@type": "Dataset", "name": "Elsewhere"}
    translation = read(crate(descriptor, root))
    assert translation.record is not None
    assert translation.record.name == "Elsewhere"
    assert "https://example.org/crate/7/" in translation.identifiers


def test_identifiers_come_in_order_of_steadiness_and_the_first_is_the_origin() -> None:
    uuid = "0e462147-3d98-4131-814f-6e082b83455e"
    run = {**ACTION, "@id": f"#{uuid}", "identifier": "run 7"}
    document = crate(
        run, identifier={"@id": "https://doi.org/10.5281/zenodo.1"}, **{"cite-as": "https://w3id.org/x"}
    )
    entities = [one for one in json.loads(document)["@graph"] if one["@id"] != "#action"]
    translation = read(json.dumps({"@graph": entities}).encode())
    assert translation.identifiers == (
        "https://doi.org/10.5281/zenodo.1",
        "https://w3id.org/x",
        "run 7",
        uuid,
    )
    assert translation.record is not None
    origin = translation.record.origin
    assert (origin.source, origin.external_id) == ("cwl", "https://doi.org/10.5281/zenodo.1")


def test_a_local_name_is_no_identifier() -> None:
    translation = read(crate())
    assert translation.identifiers == ()
    assert translation.record is not None
    assert translation.record.origin.external_id == ""


# --- Times and statuses ---


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-04T10:00:01Z", datetime(2026, 3, 4, 10, 0, 1, tzinfo=UTC)),
        ("2026-03-04T12:00:01.5+02:00", datetime(2026, 3, 4, 10, 0, 1, 500_000, tzinfo=UTC)),
        ("2026-03-04T10:00:01.123456789Z", datetime(2026, 3, 4, 10, 0, 1, 123456, tzinfo=UTC)),
        ("2026-03-04T10:00:01", datetime(2026, 3, 4, 10, 0, 1, tzinfo=UTC)),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
    ],
)
def test_times_are_read_as_people_write_them(written: str, expected: datetime | None) -> None:
    assert run_of(action(startTime=written)).started_at == expected


@pytest.mark.parametrize("written", ["yesterday", "2026-03-04T10:00:01"])
def test_a_time_that_must_be_guessed_is_remarked(written: str) -> None:
    assert "startTime" in messages(read(crate(action(startTime=written))), "#action")


@pytest.mark.parametrize(
    ("facts", "status", "basis"),
    [
        ({"actionStatus": "http://schema.org/CompletedActionStatus"}, "SUCCESS", "REPORTED"),
        ({"actionStatus": {"@id": "https://schema.org/FailedActionStatus"}}, "FAILED", "REPORTED"),
        ({"actionStatus": "ActiveActionStatus"}, "RUNNING", "REPORTED"),
        ({"actionStatus": ["schema:PotentialActionStatus"]}, "PENDING", "REPORTED"),
        ({"actionStatus": "Strange", "endTime": "2026-03-04"}, "SUCCESS", "ASSUMED"),
        ({"error": "No space left"}, "FAILED", "INFERRED"),
        ({"exitCode": 3}, "FAILED", "INFERRED"),
        ({"exitCode": "0"}, "SUCCESS", "INFERRED"),
        ({"endTime": "2026-03-04"}, "SUCCESS", "ASSUMED"),
        ({"result": {"@id": "a.txt"}}, "SUCCESS", "ASSUMED"),
        ({}, "SUCCESS", "ASSUMED"),
        ({"startTime": "2026-03-04"}, "SUCCESS", "ASSUMED"),
    ],
)
def test_a_status_is_known_as_it_is_told(facts: dict[str, Any], status: str, basis: str) -> None:
    record = run_of(action(**facts))
    assert (record.status, record.status_basis) == (RunStatus[status], StatusBasis[basis])


def test_why_a_run_failed_is_its_message() -> None:
    record = run_of(action(error="No space left"), description="A try.")
    assert (record.message, record.description) == ("No space left", "A try.")
    assert run_of(action()).message == ""


def test_why_a_job_and_a_step_failed_are_their_messages() -> None:
    tool = {"@id": "#t", "@type": "SoftwareApplication"}
    failed = {"actionStatus": "FailedActionStatus"}
    job = {"@id": "#job", "@type": "CreateAction", "instrument": {"@id": "#t"}, "error": "Killed", **failed}
    control = {
        "@id": "#c",
        "@type": "ControlAction",
        "instrument": {"@id": "#step"},
        "object": {"@id": "#job"},
        "error": "A job was killed.",
        **failed,
    }
    step = {"@id": "#step", "@type": "HowToStep", "workExample": {"@id": "#t"}}
    record = run_of(tool, job, control, step)
    assert [(one.message, one.stderr) for one in record.jobs] == [("Killed", "")]
    assert [one.message for one in record.steps] == ["A job was killed."]


@pytest.mark.parametrize(
    ("facts", "address"),
    [
        ({"url": "https://example.org/tool"}, "https://example.org/tool"),
        ({"url": {"@id": "https://example.org/tool"}}, "https://example.org/tool"),
        ({"codeRepository": "https://git.example.org/tool"}, "https://git.example.org/tool"),
        ({"url": "tool.xml"}, ""),
        ({}, ""),
    ],
)
def test_a_tool_is_from_where_its_address_leads(facts: dict[str, Any], address: str) -> None:
    tool = {"@id": "#t", "@type": "SoftwareApplication", "name": "Tool", **facts}
    step = {"@id": "#step", "@type": "HowToStep", "workExample": {"@id": "#t"}}
    assert [one.tool_url for one in run_of(tool, step).steps] == [address]


# --- People, licences, workflow ---


def test_people_are_named_with_what_is_known_of_them() -> None:
    ada = {
        "@id": "https://orcid.org/0000-0002-1825-0097",
        "@type": "Person",
        "name": "Ada",
        "affiliation": {"@id": "#lab"},
        "url": "https://example.org/ada",
    }
    lab = {"@id": "#lab", "@type": "Organization", "name": "The lab"}
    record = run_of(action(agent={"@id": ada["@id"]}), ada, lab, author=[{"@id": ada["@id"]}, "Bob"])
    assert [(one.name, one.orcid, one.affiliation, one.role) for one in record.people] == [
        ("Ada", "0000-0002-1825-0097", "The lab", "agent"),
        ("Ada", "0000-0002-1825-0097", "The lab", "author"),
        ("Bob", "", "", "author"),
    ]


def test_software_that_is_named_as_agent_is_nobody() -> None:
    robot = {"@id": "#robot", "@type": "SoftwareApplication", "name": "Robot"}
    assert run_of(action(agent={"@id": "#robot"}), robot).people == ()


@pytest.mark.parametrize(
    ("told", "license"),
    [
        ("MIT", "MIT"),
        ("https://spdx.org/licenses/CC-BY-4.0.html", "CC-BY-4.0"),
        ({"@id": "http://spdx.org/licenses/CC0-1.0"}, "CC0-1.0"),
        ({"@id": "https://example.org/terms"}, "https://example.org/terms"),
        ({"@id": "#terms"}, "Ask us"),
        (["", "GPL-3.0-or-later"], "GPL-3.0-or-later"),
    ],
)
def test_licences_are_identifiers_where_there_is_one(told: Any, license: str) -> None:
    terms = {"@id": "#terms", "@type": "CreativeWork", "name": "Ask us"}
    assert run_of(terms, license=told).license == license


@pytest.mark.parametrize(
    ("language", "engine"),
    [
        ({"@id": "https://w3id.org/workflowhub/workflow-ro-crate#nextflow"}, Engine.NEXTFLOW),
        ({"@id": "#language"}, Engine.SNAKEMAKE),
        ("Galaxy", Engine.GALAXY),
        (None, Engine.CWL),
    ],
)
def test_the_engine_follows_from_the_language_else_from_the_file(language: Any, engine: Engine) -> None:
    entity = {"@id": "#language", "@type": "ComputerLanguage", "name": "Snakemake"}
    workflow = run_of({**MAIN, "programmingLanguage": language}, entity).workflow
    assert workflow is not None
    assert workflow.engine == engine


def test_the_version_of_the_engine_is_that_of_what_organized_the_run() -> None:
    organized = {
        "@id": "#o",
        "@type": "OrganizeAction",
        "instrument": {"@id": "#engine"},
        "result": {"@id": "#action"},
    }
    engine = {"@id": "#engine", "@type": "SoftwareApplication", "name": "cwltool 3.1.2023"}
    language = {"@id": "#cwl", "@type": "ComputerLanguage", "name": "CWL", "version": "v1.2"}
    main = {**MAIN, "programmingLanguage": {"@id": "#cwl"}}
    told, untold = run_of(organized, engine, language, main).workflow, run_of(language, main).workflow
    assert told is not None
    assert untold is not None
    assert (told.engine_version, untold.engine_version) == ("3.1.2023", "")


def test_paths_of_workflow_files_lead_nowhere_outside() -> None:
    workflow = run_of({**MAIN, "alternateName": "../../etc/passwd"}).workflow
    assert workflow is not None
    assert [file.path for file in workflow.files] == ["etc/passwd"]


# --- Files and datasets ---


@pytest.mark.parametrize(
    ("identifier", "uri", "status"),
    [
        ("https://example.org/a.txt", "https://example.org/a.txt", FileStatus.NEW),
        ("s3://bucket/a.txt", "s3://bucket/a.txt", FileStatus.NEW),
        ("http://127.0.0.1/a.txt", "http://127.0.0.1/a.txt", FileStatus.NEW),
        ("file:///etc/passwd", "file:///etc/passwd", FileStatus.OFFLINE),
        ("../../a.txt", "", FileStatus.OFFLINE),
        ("missing.txt", "", FileStatus.OFFLINE),
        ("#a", "", FileStatus.OFFLINE),
    ],
)
def test_a_file_that_is_not_in_the_package_is_named(identifier: str, uri: str, status: FileStatus) -> None:
    file = {"@id": identifier, "@type": "File", "contentSize": "12"}
    found = run_of(action(object={"@id": identifier}), file).datasets[0].dataset.files[0]
    assert (found.uri, found.status, found.size, found.storage_key) == (uri, status, 12, "")


def test_a_missing_file_is_remarked() -> None:
    translation = read(crate(action(object={"@id": "a.txt"}), {"@id": "a.txt", "@type": "File"}))
    assert "not in the package" in messages(translation, "a.txt")


@pytest.mark.parametrize("size", ["12 kB", "-1", "x", str(2**64), "١٢", None, True])
def test_a_size_that_is_no_number_of_bytes_is_left_out(size: Any) -> None:
    file = {"@id": "a.txt", "@type": "File", "contentSize": size}
    assert run_of(action(object={"@id": "a.txt"}), file).datasets[0].dataset.files[0].size is None


def test_a_folder_is_a_dataset_of_the_files_that_lie_in_it() -> None:
    names = {"out/a.txt": 1, "out/sub/b.txt": 2, "outside.txt": 3, "main.cwl": 4}
    folder = {"@id": "out/", "@type": "Dataset", "name": "Results"}
    described = {"@id": "out/a.txt", "@type": "File", "sha256": "AB" * 32}
    link = run_of(action(result={"@id": "out/"}), folder, described, names=names).datasets[0]
    assert (link.data_type, link.dataset.name) == (DataType.OUTPUT, "Results")
    assert [(file.path, file.size) for file in link.dataset.files] == [("out/a.txt", 1), ("out/sub/b.txt", 2)]
    assert link.dataset.files[0].sha256 == "ab" * 32


def test_files_with_one_name_keep_paths_of_their_own() -> None:
    files = [{"@id": one, "@type": "File", "alternateName": "a.txt"} for one in ("1/x", "2/x")]
    record = run_of(action(object=[{"@id": "1/x"}, {"@id": "2/x"}]), *files)
    assert [link.dataset.files[0].path for link in record.datasets] == ["a.txt", "2/x"]


def test_logs_and_reports_are_about_the_run() -> None:
    files = [
        {"@id": name, "@type": "File", "about": {"@id": "#action"}} for name in ("run.log", "multiqc.html")
    ]
    assert [link.data_type for link in run_of(*files).datasets] == [DataType.LOG, DataType.REPORT]


def test_files_that_took_no_part_are_counted_in_a_remark() -> None:
    translation = read(crate(), {"main.cwl": 1, "README.md": 1, "photo.jpg": 1})
    assert "1 files of the package have no part" in messages(translation, "./")


# --- Values ---


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("42", "Integer", 42),
        ("True", "Boolean", True),
        ("false", "Boolean", False),
        ("0.5", "Float", 0.5),
        ("NaN", "Float", "NaN"),
        ("many", "Integer", "many"),
        ("42", "Text", "42"),
        (["1", "2"], "Integer", [1, 2]),
        (7, "Text", 7),
        (None, "Text", None),
    ],
)
def test_values_are_what_their_slot_says(written: Any, kind: str, value: Any) -> None:
    slot = {"@id": "#slot", "@type": "FormalParameter", "name": "n", "additionalType": kind}
    entity = {"@id": "#v", "@type": "PropertyValue", "value": written, "exampleOfWork": {"@id": "#slot"}}
    parameter = run_of(action(object={"@id": "#v"}), slot, entity).parameters[0]
    assert (parameter.name, parameter.value) == ("n", value)
    assert type(parameter.value) is type(value)


def test_a_record_of_values_is_an_object() -> None:
    parts = [{"@id": f"#{n}", "@type": "PropertyValue", "name": n, "value": n.upper()} for n in ("a", "b")]
    whole = {"@id": "#v", "@type": "PropertyValue", "name": "v", "value": [{"@id": "#a"}, {"@id": "#b"}]}
    assert run_of(action(object={"@id": "#v"}), whole, *parts).parameters[0].value == {"a": "A", "b": "B"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('{"a": [1, null]}', {"a": [1, None]}),
        ('"\\u0000"', "\N{REPLACEMENT CHARACTER}"),
        ('{"a": NaN}', '{"a": NaN}'),
        ("[" * 99 + "]" * 99, "[" * 99 + "]" * 99),
        ("[" * 9999 + "]" * 9999, "[" * 9999 + "]" * 9999),
        ("{", "{"),
    ],
)
def test_a_value_that_is_told_as_json_is_read_if_every_database_can_keep_it(written: str, value: Any) -> None:
    entity = {"@id": "#v", "@type": "PropertyValue", "name": "v", "value": written, "additionalType": "JSON"}
    assert run_of(action(object={"@id": "#v"}), entity).parameters[0].value == value


# --- Steps and jobs ---


def test_a_process_crate_of_several_actions_is_one_run_of_several_jobs() -> None:
    tool = {"@id": "https://example.org/sort", "@type": "SoftwareApplication", "name": "sort", "version": "9"}
    actions = [
        {
            "@id": f"#{n}",
            "@type": "CreateAction",
            "instrument": {"@id": tool["@id"]},
            "object": {"@id": f"{n}.txt"},
            "result": {"@id": f"{n + 1}.txt"},
            "startTime": f"2026-03-04T1{n}:00:00Z",
            "endTime": f"2026-03-04T1{n}:30:00Z",
        }
        for n in (1, 2)
    ]
    actions[1]["actionStatus"] = "FailedActionStatus"
    files = [{"@id": f"{n}.txt", "@type": "File"} for n in (1, 2, 3)]
    document = json.loads(crate(tool, *actions, *files))
    kept = [one for one in document["@graph"] if one["@id"] not in ("#action", "main.cwl")]
    record = read(json.dumps({"@graph": kept}).encode()).record
    assert record is not None
    assert (record.name, record.workflow, record.status) == ("Counted", None, RunStatus.FAILED)
    assert record.started_at == datetime(2026, 3, 4, 11, tzinfo=UTC)
    assert record.completed_at == datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    assert [(step.tool_name, step.tool_version) for step in record.steps] == [("sort", "9")]
    assert {job.step for job in record.jobs} == {record.steps[0].key}
    kinds = [(link.data_type.value, link.dataset.files[0].path) for link in record.datasets]
    assert kinds == [("INPUT", "1.txt"), ("OUTPUT", "2.txt"), ("OUTPUT", "3.txt")]
    used = [(one.role, one.path) for one in record.jobs[0].files]
    assert used == [(FileRole.MADE, "2.txt"), (FileRole.USED, "1.txt")]


def test_of_two_runs_only_what_went_on_with_the_last_are_its_jobs() -> None:
    runs = [
        {**ACTION, "@id": f"#{n}", "endTime": f"2026-03-0{n}", "result": {"@id": f"{n}.txt"}} for n in (1, 2)
    ]
    tool = {"@id": "#t", "@type": "SoftwareApplication", "name": "plot"}
    plots = [
        {
            "@id": f"#plot-{'-'.join(used)}",
            "@type": "CreateAction",
            "name": " ".join(used),
            "instrument": {"@id": "#t"},
            "object": [{"@id": f"{n}.txt"} for n in used],
        }
        for used in ("1", "2", "12")
    ]
    files = [{"@id": f"{n}.txt", "@type": "File"} for n in (1, 2)]
    document = json.loads(crate(*runs, tool, *plots, *files))
    kept = [one for one in document["@graph"] if one["@id"] != "#action"]
    record = read(json.dumps({"@graph": kept}).encode()).record
    assert record is not None
    assert record.completed_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert [job.name for job in record.jobs] == ["2", "1 2"]


def test_an_action_that_only_made_the_crate_is_no_run() -> None:
    made = {"@id": "#made", "@type": "CreateAction", "result": {"@id": "./"}, "instrument": {"@id": "#x"}}
    assert run_of(made).jobs == ()


def test_steps_stand_in_the_order_of_their_positions_and_know_who_holds_them() -> None:
    tool = {"@id": "#t", "@type": "SoftwareApplication", "name": "t"}
    inner = {"@id": "main.cwl#sub", "@type": ["ComputationalWorkflow", "HowTo"], "step": {"@id": "#in"}}
    steps = [
        {"@id": "#late", "@type": "HowToStep", "position": "10", "workExample": {"@id": "#t"}},
        {"@id": "#in", "@type": "HowToStep", "position": 9, "workExample": {"@id": "#other"}},
        {"@id": "#holds", "@type": "HowToStep", "position": "1", "workExample": {"@id": "main.cwl#sub"}},
    ]
    record = run_of(tool, inner, *steps)
    assert [(step.key, step.parent) for step in record.steps] == [
        ("holds", ""),
        ("in", "holds"),
        ("late", ""),
    ]


def test_a_step_that_nothing_ran_for_was_skipped_where_others_are_controlled() -> None:
    job = {"@id": "#job", "@type": "CreateAction", "instrument": {"@id": "#t"}, "exitCode": 2}
    control = {
        "@id": "#c",
        "@type": "ControlAction",
        "instrument": {"@id": "#ran"},
        "object": {"@id": "#job"},
    }
    steps = [
        {"@id": f"#{name}", "@type": "HowToStep", "workExample": {"@id": "#t"}} for name in ("ran", "idle")
    ]
    record = run_of({"@id": "#t", "@type": "SoftwareApplication"}, job, control, *steps)
    assert [(step.key, step.status.value) for step in record.steps] == [
        ("ran", "FAILED"),
        ("idle", "SKIPPED"),
    ]
    assert [(one.step, one.exit_code) for one in record.jobs] == [("ran", 2)]


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ("docker://ubuntu:22.04", "docker://ubuntu:22.04"),
        ({"registry": "docker.io", "name": "debian", "tag": "8"}, "docker.io/debian:8"),
        ({"registry": "https://quay.io", "name": "quay.io/a/b:1", "tag": "1"}, "quay.io/a/b:1"),
        ({"name": "x", "sha256": "sha256:ab"}, "x@sha256:ab"),
        ({}, "#image"),
    ],
)
def test_a_container_image_is_put_together(image: Any, reference: str) -> None:
    entity = {"@id": "#image", "@type": "ContainerImage", **(image if isinstance(image, dict) else {})}
    job = {
        "@id": "#job",
        "@type": "CreateAction",
        "instrument": {"@id": "#t"},
        "containerImage": {"@id": "#image"} if isinstance(image, dict) else image,
    }
    record = run_of({"@id": "#t", "@type": "SoftwareApplication"}, job, entity)
    assert record.jobs[0].container_image == reference


@pytest.mark.parametrize(
    "text",
    [
        "convert -sepia-tone 80% in.jpg out.jpg",
        "/usr/bin/samtools sort in.bam",
        "./run.sh",
        "nextflow run main.nf",
        "cat a.txt | wc",
        "STAR --runThreadN 2",
        "samtools\\\n  sort -o x",
    ],
)
def test_a_command_is_taken_for_one(text: str) -> None:
    assert is_command(text, {"samtools"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Run of workflow/packed.cwl#main",
        "Executed trimming_and_qc.cwl using cwltool",
        "Convert image collections",
        "run of Sort lines",
        "We used samtools -o for this.",
        "<b>bold</b>",
    ],
)
def test_a_sentence_is_no_command(text: str) -> None:
    assert not is_command(text, {"samtools"})


def test_a_workflow_whose_run_is_not_told_is_a_version() -> None:
    document = json.loads(crate({**MAIN, "version": "1.2"}, license="MIT"))
    kept = [one for one in document["@graph"] if one["@id"] != "#action"]
    translation = read(
        json.dumps({"@graph": kept}).encode(), {"main.cwl": 9, "tests/a.txt": 1, "README.md": 2}
    )
    assert translation.record is None
    assert translation.workflow is not None
    assert (translation.workflow.version, translation.workflow.license) == ("1.2", "MIT")
    kinds = [(file.path, file.data_type.value, file.storage_key) for file in translation.workflow.files]
    assert kinds == [
        ("README.md", "README", "README.md"),
        ("main.cwl", "MAIN", "main.cwl"),
        ("tests/a.txt", "TEST", "tests/a.txt"),
    ]


def test_more_entities_than_the_limit_are_refused() -> None:
    with pytest.raises(CrateRefused, match="more than 3 things"):
        read(crate(), entities=3)
