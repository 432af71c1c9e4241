"""Crates that real engines made: what each says was counted by hand in its metadata, not by our reader."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from rocrate_import.translate import CrateRefused, Translation
from rocrate_packages import Limits, PackageRefused, open_package
from tests.rocrate_export.judge import SHARED
from tests.rocrate_import.reading import read_path
from workflows.records import Engine, RunRecord, RunStatus, StatusBasis

FOUND = SHARED / "data" / "found" / "crates"
MADE = Path(__file__).resolve().parents[1] / "data" / "crates"
needs_found_crates = pytest.mark.skipif(
    not FOUND.is_dir(), reason="no crates of real engines beside the repository (RUNSTEAD_SHARED)"
)
CWL, NEXTFLOW, GALAXY, SNAKEMAKE, OTHER = (
    Engine.CWL,
    Engine.NEXTFLOW,
    Engine.GALAXY,
    Engine.SNAKEMAKE,
    Engine.OTHER,
)


@dataclass(frozen=True)
class Run:
    """What a crate of a run says; ``files`` are those of all datasets, ``basis`` is how the status is known."""

    profile: str
    engine: Engine | None
    name: str
    steps: int
    jobs: int
    parameters: int
    files: int
    failed: bool = False
    basis: str = "ASSUMED"


def told(translation: Translation) -> Run:
    """The same of what was read."""
    record, workflow = translation.record, translation.workflow
    assert record is not None
    assert record.status in (RunStatus.SUCCESS, RunStatus.FAILED)
    return Run(
        profile=" ".join(filter(None, [translation.profile, translation.profile_version])),
        engine=workflow.engine if workflow else None,
        name=record.name,
        steps=len(record.steps),
        jobs=len(record.jobs),
        parameters=len(record.parameters),
        files=len(files_of(record)),
        failed=record.status == RunStatus.FAILED,
        basis=record.status_basis.value,
    )


def files_of(record: RunRecord) -> list[str]:
    """The paths of all files of a run."""
    return [file.path for link in record.datasets for file in link.dataset.files]


OLD, RUNCRATE = "provenance 0.1", "Run of workflow/packed.cwl#main"
SEPIA = "My Pictures"
DEMO = "Run of demo-revsort v1.2.0 on sample A (2026-03-04)"
REPORTED, ASSUMED = "REPORTED", "ASSUMED"
FOUND_RUNS = {
    "ml-pipeline-draft": Run(
        "workflow", OTHER, "Crate of Digital pathology machine learning pipeline", 1, 1, 0, 15
    ),
    "ml-predict-cwltool-runcrate": Run(OLD, CWL, RUNCRATE, 3, 3, 8, 30),
    "ml-predict-streamflow": Run(OLD, CWL, "DeepHealth Pipeline", 3, 3, 8, 30, basis=REPORTED),
    "nextflow-tutorial-resource-usage": Run(
        OLD, NEXTFLOW, "Execution of tutorial.nf", 2, 3, 0, 0, basis=ASSUMED
    ),
    "nf-prov-test-run-1-draft": Run("provenance", NEXTFLOW, "Run of workflow/test.nf#main", 1, 3, 1, 6),
    "revsort-run-1-draft": Run(OLD, CWL, RUNCRATE, 2, 2, 1, 3),
    "runcrate-dirarray-run-1-crate": Run(OLD, CWL, RUNCRATE, 1, 2, 0, 2),
    "runcrate-no-output-run-1-crate": Run(OLD, CWL, RUNCRATE, 3, 4, 0, 5),
    "runcrate-revsort-provenance-crate-minimal": Run(OLD, CWL, RUNCRATE, 2, 2, 1, 3),
    "sapporo-ro-crate": Run(
        "workflow 0.5",
        CWL,
        "Sapporo WES run 8b6bd6e3-32dd-475f-ac6c-10da380e002e",
        0,
        0,
        2,
        15,
        basis=REPORTED,
    ),
    "sapporo-ro-crate/ro-crate_dir": Run(
        "workflow 0.5",
        CWL,
        "Sapporo WES run 8b6bd6e3-32dd-475f-ac6c-10da380e002e",
        0,
        0,
        2,
        15,
        basis=REPORTED,
    ),
    "type-zoo-run-1-draft": Run(OLD, CWL, RUNCRATE, 0, 0, 11, 1),
    "validator-valid-bagit": Run("process", None, SEPIA, 1, 1, 0, 2, failed=True, basis=REPORTED),
    "validator-valid-zips/bagit.zip": Run("process", None, SEPIA, 1, 1, 0, 2, failed=True, basis=REPORTED),
    "validator-valid-process-run-crate": Run(
        "process 0.5", None, SEPIA, 1, 1, 0, 2, failed=True, basis=REPORTED
    ),
    "validator-valid-process-run-crate-collections": Run(
        "process 0.5", None, "Test Collections", 1, 1, 0, 0, failed=True, basis=REPORTED
    ),
    "validator-valid-process-run-crate-containerimage": Run(
        "process 0.5", None, SEPIA, 1, 1, 0, 2, failed=True, basis=REPORTED
    ),
    "validator-valid-provenance-run-crate": Run(
        "provenance 0.5", CWL, "revsort run", 2, 2, 1, 3, basis=REPORTED
    ),
    "validator-valid-workflow-run-crate": Run(
        "workflow 0.5", GALAXY, "A valid Workflow Run Crate", 0, 0, 1, 3
    ),
    "wfexs-cosifer-nxf-provenance": Run(
        "workflow 0.2",
        NEXTFLOW,
        "Run outputs/_1693448942 of workflow/cosifer/nextflow/nextflow.nf",
        1,
        1,
        5,
        9,
        basis=REPORTED,
    ),
    "wfexs-wombat-pipelines": Run(
        "workflow 0.2",
        NEXTFLOW,
        "Run outputs/_1693481083 of workflow/main.nf",
        1,
        1,
        23,
        137,
        basis=REPORTED,
    ),
    "wrroc-process-example1-imagemagick": Run("process 0.4", None, SEPIA, 1, 1, 0, 2),
    "wrroc-provenance-example3-cwltool": Run("provenance 0.4", CWL, RUNCRATE, 2, 2, 1, 3),
}
MADE_RUNS = {
    "cwltool-ro-ok": Run(OLD, CWL, "run of Sort then count, scattered", 2, 4, 2, 6),
    "cwltool-ro-fail": Run(OLD, CWL, "run of packed.cwl", 2, 2, 0, 2),  # nothing in it tells that it failed
    "cwltool-ro-tool": Run(OLD, CWL, "run of Sort lines", 0, 0, 0, 2),
    "sapporo-ok": Run(
        "workflow 0.5",
        CWL,
        "Sapporo WES run 67e51f88-ccaa-47c1-9608-c564057ae400",
        0,
        0,
        3,
        13,
        basis=REPORTED,
    ),
    "sapporo-bad": Run(
        "workflow 0.5",
        CWL,
        "Sapporo WES run ad2fa3f3-d8b4-4b3d-8a40-2ce0ebaf23f6",
        0,
        0,
        1,
        9,
        failed=True,
        basis=REPORTED,
    ),
    "sapporo-smk": Run(
        "workflow 0.5",
        SNAKEMAKE,
        "Sapporo WES run f2ca9bf9-3c33-4f0b-91cd-3d41978c9b33",
        0,
        0,
        2,
        9,
        basis=REPORTED,
    ),
    "examples/rec": Run("provenance 0.5", NEXTFLOW, DEMO, 2, 2, 1, 5, basis=REPORTED),
    "examples/opt": Run("provenance 0.5", NEXTFLOW, DEMO, 2, 2, 1, 5, basis=REPORTED),
    "examples/abs-dual": Run("provenance 0.5", NEXTFLOW, DEMO, 2, 2, 1, 5, basis=REPORTED),
    "examples/failed": Run("provenance 0.5", NEXTFLOW, DEMO, 2, 2, 1, 5, failed=True, basis=REPORTED),
}
# Name, engine, declared version of the profile, and how many files belong to the version.
WORKFLOWS = {
    "ro-crate-py-galaxy-sortchangecase": ("sort-and-change-case", GALAXY, "", 6),
    "seek-workflowhub-zips/1-PreProcessing.crate.zip": ("1 - read pre-processing", GALAXY, "", 4),
    "seek-workflowhub-zips/COMPSs_RO-Crate.crate.zip": ("matmul_directory.py", OTHER, "1.0", 8),
    "seek-workflowhub-zips/all_remote.crate.zip": ("workflow.txt", GALAXY, "", 2),
    "seek-workflowhub-zips/just-cwl-workflow.crate.zip": ("Cheminformatics-4-SuCOS_scoring.cwl", CWL, "", 1),
    "seek-workflowhub-zips/missing-file.crate.zip": ("concat_two_files", GALAXY, "", 1),
    "seek-workflowhub-zips/ro-crate-nf-core-ampliseq.crate.zip": ("nf-core/ampliseq", NEXTFLOW, "", 30),
    "seek-workflowhub-zips/ro-crate-with-tests.crate.zip": ("sort-and-change-case", GALAXY, "", 6),
    "validator-valid-workflow-roc": ("sort-and-change-case", GALAXY, "1.0", 4),
    "validator-valid-workflow-testing-ro-crate": ("sort-and-change-case", GALAXY, "1.0", 2),
    "validator-valid-zips/sortchangecase.crate.zip": ("sort-and-change-case", GALAXY, "", 7),
}
NO_RUN_AND_NO_WORKFLOW = [
    "ro-crate-py-nested-subcrates",
    "validator-valid-detached/dataset-ro-crate-metadata.json",
    "validator-valid-wrroc-paper",
    "validator-valid-wrroc-paper-long-date",
]


@needs_found_crates
@pytest.mark.parametrize("name", FOUND_RUNS)
def test_a_crate_of_a_real_engine_is_read(name: str) -> None:
    assert told(read_path(FOUND / name)) == FOUND_RUNS[name]


@pytest.mark.parametrize("name", MADE_RUNS)
def test_a_crate_made_with_an_engine_is_read(name: str) -> None:
    assert told(read_path(MADE / name)) == MADE_RUNS[name]


@needs_found_crates
@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_crate_of_a_workflow_gives_a_version_and_no_run(name: str) -> None:
    translation = read_path(FOUND / name)
    workflow = translation.workflow
    assert translation.record is None
    assert workflow is not None
    assert translation.profile == "workflow-ro-crate"
    found = (workflow.name, workflow.engine, translation.profile_version, len(workflow.files))
    assert found == WORKFLOWS[name]
    assert workflow.main_file is not None


@needs_found_crates
@pytest.mark.parametrize("name", NO_RUN_AND_NO_WORKFLOW)
def test_a_crate_of_something_else_is_refused(name: str) -> None:
    with pytest.raises(CrateRefused, match="neither a run"):
        read_path(FOUND / name)


def every_crate() -> list[Path]:
    """All crates that were found, also those that break a rule on purpose."""
    documents = [path.parent for path in FOUND.rglob("ro-crate-metadata.json*")]
    return sorted({*documents, *FOUND.rglob("*.zip"), *FOUND.rglob("*-ro-crate-metadata.json")})


@needs_found_crates
def test_every_crate_is_read_or_refused_in_a_sentence() -> None:
    read, refusals = 0, []
    for path in every_crate():
        try:
            translation = read_path(path)
        except (CrateRefused, PackageRefused) as problem:
            refusals.append(problem.reason)
        else:
            assert translation.record or translation.workflow
            read += 1
    assert read > 200
    assert len(refusals) < 25
    assert all(reason.endswith(".") for reason in refusals)


@needs_found_crates
@pytest.mark.parametrize("name", FOUND_RUNS)
def test_every_job_file_is_a_file_of_the_run_and_every_path_is_one_file(name: str) -> None:
    record = read_path(FOUND / name).record
    assert record is not None
    paths = files_of(record)
    assert len(paths) == len(set(paths))
    assert {one.path for job in record.jobs for one in job.files} <= set(paths)
    assert {job.step for job in record.jobs} <= {step.key for step in record.steps}


@needs_found_crates
def test_of_several_runs_of_a_workflow_the_last_is_read_and_the_others_are_named() -> None:
    translation = read_path(FOUND / "wfexs-cosifer-nxf-provenance")
    remarks = [one.message for one in translation.warnings if "holds 2 runs" in one.message]
    assert remarks
    assert "#fe9906cc-fdd9-4270-a841-fb57de8ade23" in remarks[0]
    assert translation.record is not None
    assert not any("_1693448929" in path for path in files_of(translation.record))


@needs_found_crates
def test_measures_bear_their_units() -> None:
    record = read_path(FOUND / "nextflow-tutorial-resource-usage").record
    assert record is not None
    job = next(one for one in record.jobs if one.name == "splitLetters")
    assert job.resources["realTime_milliseconds"] == 5
    assert job.resources["rChar_bytes"] == 145813
    assert job.resources["percentCPU"] == 66.7


@needs_found_crates
def test_a_process_is_read_with_its_tool_its_command_and_its_person() -> None:
    record = read_path(FOUND / "wrroc-process-example1-imagemagick").record
    assert record is not None
    assert record.workflow is None
    assert record.run_command.startswith("convert -sepia-tone 80%")
    assert [(step.tool_name, step.tool_version) for step in record.steps] == [("ImageMagick", "6.9.7-4")]
    assert [(one.name, one.orcid, one.role) for one in record.people] == [
        ("Stian Soiland-Reyes", "0000-0001-9842-9718", "agent")
    ]
    assert record.license == "CC0-1.0"


@needs_found_crates
def test_a_provenance_crate_is_read_with_containers_environment_and_failed_steps() -> None:
    record = read_path(FOUND / "validator-valid-provenance-run-crate").record
    assert record is not None
    assert {job.container_image for job in record.jobs} == {"docker.io/debian:8"}
    assert [job.environment for job in record.jobs] == [{"REVTOOL_ENV_VAR": "42"}, {"SORTTOOL_ENV_VAR": "42"}]
    assert [(step.name, step.status.value) for step in record.steps] == [
        ("rev", "FAILED"),
        ("sorted", "SUCCESS"),
    ]
    assert record.status_basis == StatusBasis.REPORTED


def test_what_a_crate_may_hold_is_bounded_by_the_limits_that_are_given() -> None:
    with pytest.raises(PackageRefused, match="at most 100 are read"):
        open_package(MADE / "sapporo-ok", Limits(metadata=100))
