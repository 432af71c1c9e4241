"""What a crate says of a run."""

import ast
import re
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import orjson
import pytest

import rocrate_export
from rocrate_export.crate import build_crate, contents_of
from rocrate_export.vocabulary import METADATA
from tests.records import (
    CANCELLED,
    EMPTY,
    FAILED,
    HOSTILE_NAMES,
    NAMED_WORKFLOW,
    NESTED,
    PROCESS_ONLY,
    RNASEQ,
    RUNNING,
    RUNS,
    SCRIPT,
    START,
    content_of,
    key_of,
)
from tests.rocrate_export.reading import Crate, Entity, many, text_of
from workflows.records import JobRecord, ParameterRecord, RunRecord, RunStatus, StepRecord

ABSOLUTE = ("http://", "https://", "urn:", "file:")
every_shape = pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())


@every_shape
def test_the_same_record_gives_the_same_bytes(record: RunRecord) -> None:
    first, second = contents_of(record), contents_of(replace(record))
    assert first.written == second.written
    assert first.stored == second.stored


@every_shape
def test_every_file_of_the_metadata_is_in_the_archive_and_the_other_way_round(record: RunRecord) -> None:
    contents = contents_of(record)
    crate = Crate(contents.document)
    here = {one["@id"] for one in crate.of_type("File") if not one["@id"].startswith(ABSOLUTE)}
    members = [name for name, *_ in [*contents.written, *contents.stored]]
    assert len(set(members)) == len(members)
    assert here | {METADATA, "ro-crate-preview.html"} == {_encoded(name) for name in members}


@every_shape
def test_every_link_leads_to_something_that_is_described(record: RunRecord) -> None:
    crate = Crate.of(record)
    outside = ("https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/terms/workflow-run#")
    for entity in crate.entities.values():
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and not one["@id"].startswith(outside):
                    # The descriptor names the Workflow RO-Crate profile, the root describes it.
                    assert one["@id"] in crate.entities, entity


@every_shape
def test_the_library_reads_what_we_write(record: RunRecord) -> None:
    crate = build_crate(record)
    document = contents_of(record).document
    generated = crate.metadata.generate()
    assert crate.version == "1.1"
    assert generated["@context"] == document["@context"]
    assert _by_id(generated["@graph"]) == _by_id(document["@graph"])


def test_the_level_follows_from_what_is_known() -> None:
    provenance = {"Process Run Crate", "Workflow Run Crate", "Provenance Run Crate", "Workflow RO-Crate"}
    for record in (RNASEQ, FAILED, RUNNING, NESTED, HOSTILE_NAMES):
        assert Crate.of(record).profiles == provenance
    for record in (CANCELLED, SCRIPT, replace(RNASEQ, jobs=())):
        assert Crate.of(record).profiles == provenance - {"Provenance Run Crate"}
    for record in (EMPTY, NAMED_WORKFLOW, PROCESS_ONLY):
        assert Crate.of(record).profiles == {"Process Run Crate"}


def test_a_run_whose_jobs_all_wait_is_no_provenance_crate() -> None:
    waiting = replace(RNASEQ, jobs=(JobRecord("STAR", "STAR_ALIGN", status=RunStatus.PENDING),))
    assert "Provenance Run Crate" not in Crate.of(waiting).profiles


@pytest.mark.parametrize(
    ("changes", "date"),
    [
        ({}, "2026-03-04T10:10:01.500+00:00"),
        ({"completed_at": None}, "2026-03-04T10:00:01.500+00:00"),
        ({"completed_at": None, "started_at": None}, "2026-03-04T11:00:01.500+00:00"),
    ],
)
def test_the_date_is_that_of_the_run_and_never_of_today(changes: dict, date: str) -> None:
    assert Crate.of(replace(RNASEQ, **changes)).root["datePublished"] == date


def test_times_are_written_in_utc_with_milliseconds() -> None:
    elsewhere = START.astimezone(timezone(timedelta(hours=-5)))
    assert Crate.of(replace(RNASEQ, started_at=elsewhere)).run["startTime"] == "2026-03-04T10:00:01.500+00:00"


def test_the_run_links_what_went_in_to_what_came_out() -> None:
    crate = Crate.of(RNASEQ)
    run = crate.run
    assert crate.links(run, "instrument") == crate.links(crate.root, "mainEntity") == ["workflow/main.nf"]
    assert crate.links(run, "result") == ["outputs/results/A.bam"]
    assert {"https://ftp.example.org/GRCh38/genome.fa", "config/conf/slurm.config"} <= set(
        crate.links(run, "object")
    )
    assert crate.links(run, "agent") == ["https://orcid.org/0000-0002-1825-0097"]
    assert run["@type"] == "CreateAction"


def test_reports_and_logs_are_about_the_run_and_not_its_results() -> None:
    crate = Crate.of(RNASEQ)
    for name in ("reports/multiqc/report.html", "logs/.nextflow.log"):
        assert crate.links(crate[name], "about") == [crate.run["@id"]]
        assert name not in crate.links(crate.run, "result")


def test_metadata_of_another_crate_is_not_taken_for_that_of_this_one() -> None:
    crate = Crate.of(HOSTILE_NAMES)
    other = "logs/results/ro-crate-metadata.json"
    assert "about" not in crate[other]
    assert other in crate.links(crate.run, "subjectOf")


def test_files_that_belong_together_are_a_collection() -> None:
    crate = Crate.of(RNASEQ)
    reads = crate.named("Reads of A", "Collection")
    assert crate.links(reads, "hasPart") == ["inputs/reads/A_1.fastq.gz", "inputs/reads/A_2.fastq.gz"]
    assert reads["@id"] in crate.links(crate.root, "mentions")
    assert crate.named("Reads of A", "FormalParameter")["additionalType"] == "Collection"


def test_a_file_bears_size_checksum_type_and_the_name_that_tools_saw() -> None:
    reads = Crate.of(RNASEQ)["inputs/reads/A_1.fastq.gz"]
    assert reads["contentSize"] == str(len(content_of(key_of("reads/A_1.fastq.gz"))))
    assert len(reads["sha256"]) == 64
    assert reads["encodingFormat"] == "application/gzip"
    assert (reads["name"], reads["alternateName"]) == ("A_1.fastq.gz", "reads/A_1.fastq.gz")


def test_a_file_that_lives_elsewhere_is_named_by_its_address_with_size_and_checksum() -> None:
    genome = Crate.of(RNASEQ)["https://ftp.example.org/GRCh38/genome.fa"]
    assert (genome["contentSize"], genome["sha256"]) == ("3100000000", "9f" * 32)
    assert genome["sdDatePublished"] == "2026-03-04T11:00:01.500+00:00"


def test_a_file_without_an_address_is_named_by_the_best_that_is_known() -> None:
    (link,) = (one for one in PROCESS_ONLY.datasets if one.dataset.name == "In")
    assert "file:///data/lab%20one/in.bam" in Crate.of(PROCESS_ONLY).entities
    row = UUID("01957a00-0000-7000-8000-00000000000f")
    file = replace(link.dataset.files[0], id=row)
    known = replace(PROCESS_ONLY, datasets=(replace(link, dataset=replace(link.dataset, files=(file,))),))
    address = f"https://runs.example.org/api/v2/data-management/datafiles/{row}/download/"
    crate = Crate.of(known, "https://runs.example.org")
    assert crate[address]["contentUrl"] == "file:///data/lab%20one/in.bam"


@pytest.mark.parametrize(
    ("name", "value", "kind", "text"),
    [
        ("aligner", "star", "Text", "star"),
        ("min_reads", 1000, "Integer", "1000"),
        ("threshold", 0.05, "Float", "0.05"),
        ("save_all", False, "Boolean", "False"),
        ("samples", ["A", "B"], "Text", ["A", "B"]),
        ("bins", [1, 2], "Integer", ["1", "2"]),
        ("one", [7], "Integer", "7"),
        ("mixed", [1, "a"], "Text", '[1,"a"]'),
        ("none of them", [], "Text", "[]"),
        ("nested", {"b": [1], "a": None}, "Text", '{"a":null,"b":[1]}'),
    ],
)
def test_a_parameter_bears_its_type_and_its_value_as_text(
    name: str, value: object, kind: str, text: object
) -> None:
    crate = Crate.of(replace(RNASEQ, parameters=(ParameterRecord(name, value),)))
    entity = crate.named(name, "PropertyValue")
    (slot,) = crate.targets(entity, "exampleOfWork")
    assert (slot["name"], slot["additionalType"], entity["value"]) == (name, kind, text)
    assert slot["@id"] in crate.links(crate["workflow/main.nf"], "input")


def test_a_parameter_without_a_value_is_not_in_the_crate() -> None:
    assert not any(one["name"] == "unset" for one in Crate.of(RNASEQ).of_type("FormalParameter"))


def test_two_parameters_that_look_alike_keep_apart() -> None:
    both = (ParameterRecord("a b", 1), ParameterRecord("a/b", 2))
    crate = Crate.of(replace(RNASEQ, parameters=both))
    assert {one["name"] for one in crate.of_type("FormalParameter")} >= {"a b", "a/b"}


def test_each_job_is_an_action_with_tool_command_container_and_files() -> None:
    crate = Crate.of(RNASEQ)
    job = crate["#job-3"]
    (tool,) = crate.targets(job, "instrument")
    (image,) = crate.targets(job, "containerImage")
    assert (tool["name"], tool["version"]) == ("STAR", "2.7.10a")
    assert (image["registry"], image["name"], image["tag"]) == (
        "quay.io",
        "biocontainers/star",
        "2.7.10a--h9ee0642_0",
    )
    assert job["description"] == "STAR --runThreadN 4"
    assert crate.links(job, "result") == ["outputs/results/A.bam"]
    assert "inputs/reads/A_2.fastq.gz" in crate.links(job, "object")
    assert "#job-3" in crate.links(crate.root, "mentions")


def test_a_retry_is_a_job_of_its_own_under_the_same_orchestration() -> None:
    crate = Crate.of(RNASEQ)
    control = crate.named("Orchestration of STAR_ALIGN", "ControlAction")
    first, second = crate.targets(control, "object")
    assert first["actionStatus"].endswith("/FailedActionStatus")
    assert second["actionStatus"].endswith("/CompletedActionStatus")
    assert (first["error"], "error" in second) == ("Killed", False)


def test_resources_bear_their_unit() -> None:
    crate = Crate.of(RNASEQ)
    used = {one["name"]: one for one in crate.targets(crate["#job-3"], "resourceUsage")}
    assert used["cpu_seconds"]["unitCode"].endswith("/SEC")
    assert used["max_rss_bytes"]["unitCode"].endswith("/BYTE")
    assert used["cpu_seconds"]["value"] == "1310.25"


def test_only_tools_that_ran_are_parts_of_the_workflow() -> None:
    crate = Crate.of(RNASEQ)
    workflow = crate["workflow/main.nf"]
    assert {one["name"] for one in crate.targets(workflow, "hasPart")} == {"FastQC", "STAR"}
    assert [one["name"] for one in crate.targets(workflow, "step")] == ["FASTQC", "STAR_ALIGN", "MULTIQC"]


def test_two_versions_of_one_tool_keep_apart() -> None:
    steps = [
        StepRecord(v, v, tool_id="https://bio.tools/star", tool_version=v, status=RunStatus.SUCCESS)
        for v in ("1", "2")
    ]
    jobs = [JobRecord(v, v, status=RunStatus.SUCCESS) for v in ("1", "2")]
    crate = Crate.of(replace(RNASEQ, steps=tuple(steps), jobs=tuple(jobs)))
    assert {one["version"] for one in crate.targets(crate["workflow/main.nf"], "hasPart")} == {"1", "2"}


def test_the_engine_organises_what_it_ran() -> None:
    crate = Crate.of(RNASEQ)
    (action,) = crate.of_type("OrganizeAction")
    (engine,) = crate.targets(action, "instrument")
    assert (engine["name"], engine["version"]) == ("Nextflow", "25.10.0")
    assert crate.links(action, "result") == [crate.run["@id"]]
    assert len(crate.links(action, "object")) == 2


def test_a_subworkflow_has_steps_tools_and_a_run_of_its_own() -> None:
    crate = Crate.of(NESTED)
    outer = crate.named("Trim and check", "ComputationalWorkflow")
    inner = crate.named("Inner", "ComputationalWorkflow")
    assert [one["name"] for one in crate.targets(crate["workflow/assembly.ga"], "hasPart")] == [
        "Trim and check"
    ]
    assert [one["name"] for one in crate.targets(outer, "step")] == ["Trim", "Check", "Inner"]
    assert {one["name"] for one in crate.targets(outer, "hasPart")} == {"cutadapt", "Inner"}
    assert [one["name"] for one in crate.targets(inner, "hasPart")] == ["wc"]
    run = crate.named("Trim and check", "CreateAction")
    assert crate.links(run, "instrument") == [outer["@id"]]
    assert (run["startTime"][11:19], run["endTime"][11:19]) == ("10:01:01", "10:06:01")


def test_steps_that_hold_each_other_do_not_hang_the_export() -> None:
    circle = (
        StepRecord("a", "a", parent="b"),
        StepRecord("b", "b", parent="a"),
        StepRecord("c", "c", parent="?"),
    )
    crate = Crate.of(replace(RNASEQ, steps=circle))
    assert len(crate.links(crate["workflow/main.nf"], "step")) == 3


def test_a_failed_run_says_why() -> None:
    crate = Crate.of(FAILED)
    assert crate.run["actionStatus"].endswith("/FailedActionStatus")
    assert crate.run["error"] == "The run failed: FASTQC (B) ended with exit code 1."
    assert crate["#job-1"]["error"] == "Failed to process B_1.fastq.gz"


def test_a_job_that_never_began_is_no_execution() -> None:
    crate = Crate.of(FAILED)
    waiting = crate["#job-2"]
    assert waiting["@type"] == "Action"
    assert {one["name"]: one["value"] for one in crate.targets(waiting, "additionalProperty")} == {
        "attempt": "1",
        "status": "PENDING",
        "step": "STAR_ALIGN",
    }
    controls = crate.of_type("ControlAction")
    assert [crate.links(one, "object") for one in controls] == [["#job-1"]]


@pytest.mark.parametrize(
    ("status", "term"),
    [
        (RunStatus.CANCELLED, "FailedActionStatus"),
        (RunStatus.RUNNING, "ActiveActionStatus"),
        (RunStatus.PAUSED, "ActiveActionStatus"),
        (RunStatus.PENDING, "PotentialActionStatus"),
        (RunStatus.SKIPPED, None),
        (RunStatus.UNKNOWN, None),
    ],
)
def test_a_status_that_the_standard_does_not_know_is_said_in_our_word(
    status: RunStatus, term: str | None
) -> None:
    crate = Crate.of(replace(SCRIPT, status=status))
    assert crate.run.get("actionStatus", "").rpartition("/")[2] == (term or "")
    assert crate.targets(crate.run, "additionalProperty")[0]["value"] == status.value
    assert ("error" in crate.run) == (status == RunStatus.CANCELLED)


def test_what_made_nothing_has_its_end_as_its_result() -> None:
    crate = Crate.of(FAILED)
    assert [one["value"] for one in crate.targets(crate.run, "result")] == ["FAILED"]
    assert [(one["name"], one["value"]) for one in crate.targets(crate["#job-1"], "result")] == [
        ("exit code", "1")
    ]
    assert "result" not in Crate.of(RUNNING).run


def test_the_origin_of_an_imported_run_is_named() -> None:
    crate = Crate.of(NESTED)
    assert crate.links(crate.run, "subjectOf") == ["https://usegalaxy.eu/workflows/invocations/d8b4"]
    assert {one["value"] for one in crate.targets(crate.run, "identifier")} == {
        f"urn:uuid:{NESTED.id}",
        "d8b4",
    }


def test_no_licence_is_claimed_for_the_data() -> None:
    crate = Crate.of(RNASEQ)
    assert crate.targets(crate.root, "license")[0]["name"] == "No licence stated"
    assert crate.links(crate["workflow/main.nf"], "license") == ["https://spdx.org/licenses/MIT"]


def test_what_a_job_said_is_a_file_about_it() -> None:
    contents = contents_of(RNASEQ)
    written = dict(contents.written)
    assert written["logs/jobs/2.stderr.txt"] == b"Killed\n"
    assert Crate(contents.document)["logs/jobs/2.stderr.txt"]["about"] == {"@id": "#job-2"}


def test_a_public_address_makes_the_tools_of_a_run_addressable() -> None:
    crate = Crate.of(RNASEQ, "https://runs.example.org")
    page = f"https://runs.example.org/api/v2/workflows/workflowruns/{RNASEQ.id}/"
    assert crate.root["url"] == page
    assert crate.named("MULTIQC", "SoftwareApplication")["@id"].startswith(f"{page}steps/#")


@pytest.mark.parametrize("secret", ["5up3rs3cret", "hunter2", "eyJhbGciOi", "ghp_1234"])
def test_secrets_stay_at_home(secret: str) -> None:
    for record in (RNASEQ, CANCELLED):
        contents = contents_of(record)
        assert secret not in text_of(contents.document)
        assert not any(secret.encode() in content for _, content in contents.written)
    assert secret in text_of([repr(RNASEQ), repr(CANCELLED)]), "the test looks for what is there"


def test_names_that_want_out_stay_inside() -> None:
    for name, *_ in contents_of(HOSTILE_NAMES).stored:
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        assert not set(name) & set("\\:\n")
        assert all(len(part.encode()) < 255 for part in name.split("/"))


def test_names_that_are_one_on_some_systems_are_told_apart() -> None:
    names = [name.casefold() for name, *_ in contents_of(HOSTILE_NAMES).stored]
    assert len(set(names)) == len(names)
    folders = {parent for name in names for parent in _parents(name)}
    assert not folders & set(names), "no name is both a file and a folder"


def test_identifiers_hold_nothing_that_may_not_stand_in_one() -> None:
    for record in RUNS.values():
        for identifier in Crate.of(record).entities:
            assert re.fullmatch(r"[\w:/?#\[\]@!$&'()*+,;=~%.-]+", identifier, re.ASCII), identifier


def test_markup_in_names_is_shown_and_not_obeyed() -> None:
    written = dict(contents_of(HOSTILE_NAMES).written)
    assert b"<script>" not in written["ro-crate-preview.html"]
    assert b"<script>" not in written["README.md"]


def test_the_readme_and_the_preview_say_what_it_is() -> None:
    written = dict(contents_of(RNASEQ).written)
    for page in (written["README.md"].decode(), written["ro-crate-preview.html"].decode()):
        for word in ("RNA-seq of sample A", "SUCCESS", "nf-core/rnaseq 3.14.0", "Genomics Core", "inputs"):
            assert word in page
        assert "1 file, 1 named only by their address" not in page
        assert "2 files, 1 named only by their address" in page


def test_metadata_is_the_document() -> None:
    contents = contents_of(RNASEQ)
    assert orjson.loads(contents.metadata) == contents.document
    assert contents.written[0] == (METADATA, contents.metadata)


def test_building_a_crate_needs_no_django() -> None:
    needed = _modules("rocrate_export.crate") | _modules("rocrate_export.version")
    assert "rocrate_export.payload" in needed
    for module in needed:
        assert not any(name.split(".")[0] in {"django", "rest_framework"} for name in _imports(module)), (
            module
        )


def _by_id(entities: list[Entity]) -> dict[str, Entity]:
    """Entities with every value as a list: the library makes lists of some single values."""
    return {one["@id"]: {name: many(value) for name, value in one.items()} for one in entities}


def _modules(module: str) -> set[str]:
    """A module of the exports and all of their modules that it needs."""
    found, waiting = set(), {module}
    while waiting:
        found |= waiting
        waiting = {
            name for one in waiting for name in _imports(one) if name.startswith("rocrate_export")
        } - found
    return found


def _imports(module: str) -> set[str]:
    """What a module of the exports imports, the exports' own modules by their full names."""
    folder = Path(rocrate_export.__file__).parent
    path = folder / f"{module.rpartition('.')[2]}.py" if "." in module else folder / "__init__.py"
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module == "rocrate_export":
            found |= {f"rocrate_export.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _encoded(name: str) -> str:
    return quote(name)
