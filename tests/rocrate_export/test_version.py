"""A workflow version as a crate of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from rocrate_export.crate import Contents
from rocrate_export.version import contents_of_version
from tests.records import ADA, RNASEQ_WORKFLOW, TOLD, after
from tests.rocrate_export.judge import WORKFLOW_RO_CRATE, needs_contexts, violations
from tests.rocrate_export.reading import Crate, unpack
from workflows.records import WorkflowRecord

WITHOUT_MAIN = replace(RNASEQ_WORKFLOW, files=RNASEQ_WORKFLOW.files[2:])
VERSIONS = {
    "rnaseq": RNASEQ_WORKFLOW,
    "told": TOLD.workflow,
    "no main file": WITHOUT_MAIN,
    "nothing but a name": WorkflowRecord("mystery", ""),
}
every_version = pytest.mark.parametrize("workflow", VERSIONS.values(), ids=VERSIONS.keys())


def crate_of(workflow: WorkflowRecord) -> Contents:
    who = {"agent": ADA, "group": "Genomics Core", "group_url": "https://ror.org/02kkvpp62"}
    return contents_of_version(workflow, **who, created=after(60))


def test_a_version_is_a_workflow_ro_crate_without_a_run() -> None:
    contents = crate_of(RNASEQ_WORKFLOW)
    crate = Crate(contents.document)
    assert crate.profiles == {"Workflow RO-Crate"}
    assert crate.links(crate.root, "mainEntity") == ["workflow/main.nf"]
    assert {"ComputationalWorkflow", "File"} < set(crate["workflow/main.nf"]["@type"])
    assert crate["workflow/main.nf"]["conformsTo"]["@id"].endswith("ComputationalWorkflow/1.0-RELEASE")
    assert not [one for one in crate.entities.values() if "Action" in str(one["@type"])]
    assert [name for name, *_ in contents.stored] == [
        "workflow/LICENSE",
        "workflow/main.nf",
        "workflow/nextflow.config",
    ]
    assert crate.root["name"] == "nf-core/rnaseq 3.14.0"
    assert contents.date == after(60)


def test_it_names_language_engine_licence_and_who_made_it() -> None:
    crate = Crate(crate_of(RNASEQ_WORKFLOW).document)
    main = crate["workflow/main.nf"]
    assert crate.targets(main, "programmingLanguage")[0]["name"] == "Nextflow"
    assert crate.targets(main, "softwareRequirements")[0]["version"] == "25.10.0"
    assert (
        crate.links(crate.root, "license")
        == crate.links(main, "license")
        == ["https://spdx.org/licenses/MIT"]
    )
    told = Crate(crate_of(TOLD.workflow).document)
    assert [one["name"] for one in told.targets(told.root, "author")] == ["Grace Hopper", "Alan Turing"]
    assert [one["name"] for one in crate.targets(crate.root, "author")] == ["Ada Lovelace"]


@pytest.mark.parametrize("workflow", [WITHOUT_MAIN, WorkflowRecord("mystery", "")])
def test_without_a_main_file_it_claims_no_profile(workflow: WorkflowRecord) -> None:
    contents = crate_of(workflow)
    crate = Crate(contents.document)
    assert "conformsTo" not in crate.root
    assert crate["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert b"a Workflow RO-Crate" not in dict(contents.written)["README.md"]
    assert crate.targets(crate.root, "mainEntity")[0]["@type"] == "SoftwareSourceCode"


def test_readme_and_preview_say_what_it_is() -> None:
    written = dict(crate_of(RNASEQ_WORKFLOW).written)
    for page in (written["README.md"].decode(), written["ro-crate-preview.html"].decode()):
        for word in (
            "nf-core/rnaseq 3.14.0",
            "Nextflow 25.10.0",
            "MIT",
            "Ada Lovelace",
            "a Workflow RO-Crate",
        ):
            assert word in page


@every_version
def test_the_same_version_gives_the_same_bytes(workflow: WorkflowRecord) -> None:
    assert crate_of(workflow).written == crate_of(replace(workflow)).written


@needs_contexts
@every_version
def test_a_version_has_all_that_its_profile_requires(workflow: WorkflowRecord, tmp_path: Path) -> None:
    contents = crate_of(workflow)
    is_workflow = "Workflow RO-Crate" in Crate(contents.document).profiles
    profile = WORKFLOW_RO_CRATE if is_workflow else "ro-crate-1.1"
    assert violations(unpack(contents, tmp_path), profile) == []


@needs_contexts
def test_a_version_of_which_all_is_known_has_all_that_is_recommended(tmp_path: Path) -> None:
    assert violations(unpack(crate_of(RNASEQ_WORKFLOW), tmp_path), WORKFLOW_RO_CRATE, "RECOMMENDED") == []
