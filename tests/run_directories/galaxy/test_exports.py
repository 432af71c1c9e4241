"""What is read from the exports of Galaxy 26.1 and 24.2."""

import pytest

from run_directories.findings import Certainty, Role
from run_directories.galaxy import GalaxySniffer
from run_directories.overrides import Overrides
from run_directories.planning import plan
from run_directories.sniffers import sniff, verdicts
from tests.galaxy_import.recorded import recording

CASES = [
    ("26.1", "a_linear"), ("26.1", "b_mapped"), ("26.1", "c_failed"), ("26.1", "d_cancelled"),
    ("26.1", "g_scheduling_failed"), ("24.2", "a_linear"), ("24.2", "c_failed"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "case"), CASES)
def test_the_run_is_the_same_as_the_one_that_the_server_tells_of(found, version, case):
    run = found(version, case)
    told = recording(version, case)
    assert (run.source, run.external_id) == ("galaxy", told.invocation().invocation["uuid"])
    assert run.started_at.replace(tzinfo=None).isoformat() == told.invocation().invocation["create_time"]


@pytest.mark.parametrize(
    ("version", "case", "status"),
    [
        ("26.1", "a_linear", ("SUCCESS", "INFERRED")),
        ("26.1", "b_mapped", ("SUCCESS", "INFERRED")),
        ("26.1", "c_failed", ("FAILED", "INFERRED")),
        ("26.1", "d_cancelled", ("CANCELLED", "REPORTED")),
        ("26.1", "g_scheduling_failed", ("FAILED", "REPORTED")),
        ("24.2", "a_linear", ("SUCCESS", "INFERRED")),
        ("24.2", "c_failed", ("FAILED", "INFERRED")),
    ],
)
@pytest.mark.parametrize("with_files", [True, False])
def test_the_status_is_concluded_from_the_jobs(found, version, case, status, with_files):
    run = found(version, case, with_files=with_files)
    assert (run.status, run.status_basis) == status


def test_the_export_counts_more_than_the_crate_in_it(unpacked):
    directory = unpacked("26.1", "a_linear")
    said = {sniffer.engine: verdict.certainty for sniffer, verdict in verdicts(directory)}
    assert (said["galaxy"], said["rocrate"]) == (Certainty.SURE, Certainty.SURE)
    (run,) = sniff(directory)
    assert run.source == "galaxy"


def test_a_linear_run_is_told_with_its_steps_jobs_parameters_and_times(found):
    run = found("26.1", "a_linear")
    assert run.name == "Top regions matching a pattern (2026-11-21 02:46 UTC)"
    assert run.parameters == {"pattern": "chr1\\s"}
    assert run.completed_at.isoformat() == "2026-11-21T02:47:54.318081+00:00"
    assert [(step.key, step.name, step.tool_id, step.tool_version, step.status) for step in run.steps] == [
        ("2", "grep", "Grep1", "1.0.4", "SUCCESS"),
        ("3", "sort", "sort1", "1.2.0", "SUCCESS"),
        ("4", "head", "Show beginning1", "1.0.2", "SUCCESS"),
    ]
    head = run.jobs[2]
    assert (head.name, head.step, head.exit_code) == ("head", "4", 0)
    assert head.command_line.startswith("head -n 5 ")
    assert head.parameters == {"header": "false", "lineNum": "5"}
    assert head.used == run.jobs[1].made
    assert head.after == (run.jobs[1].external_id,)
    assert head.started_at < head.completed_at


def test_the_upload_of_the_inputs_is_no_job_of_the_run(found):
    run = found("26.1", "a_linear")
    assert [job.name for job in run.jobs] == ["grep", "sort", "head"]
    assert not any("data_fetch" in job.command_line for job in run.jobs)


def test_the_workflow_is_told_with_its_file_licence_and_creators(found):
    run = found("26.1", "a_linear")
    workflow = run.workflow
    assert (workflow.name, workflow.engine, workflow.engine_version) == (
        "Top regions matching a pattern", "GALAXY", "26.1",
    )  # fmt: skip
    assert (workflow.commit_hash, workflow.license) == ("6034f767-0b94-49f7-a1e0-ca9e1f8ee5e6", "MIT")
    (file,) = workflow.files
    assert (file.relative, file.file_type) == ("Top regions matching a pattern.ga", "MAIN")
    assert b'"a_galaxy_workflow"' in file.path.read_bytes()
    assert run.run_environment["workflow"]["creators"] == [
        {"name": "Alice Example", "identifier": "https://orcid.org/0000-0002-1825-0097"},
        {"name": "Example Institute", "url": "https://example.org"},
    ]


def test_files_are_called_after_the_labels_of_the_workflow(found):
    run = found("26.1", "a_linear")
    assert [(file.role, file.dataset, file.format) for file in run.files] == [
        (Role.INPUT, "regions", "tabular"),
        (Role.OUTPUT, "matching", "tabular"),
        (Role.OUTPUT, "top_regions", "tabular"),
        (Role.OUTPUT, "sorted by score", "tabular"),
    ]
    assert all(file.path.is_file() for file in run.files)
    assert {path for job in run.jobs for path in job.used + job.made} == {file.relative for file in run.files}


def test_a_mapped_step_has_a_job_for_each_element_and_a_subworkflow_its_steps(found):
    run = found("26.1", "b_mapped")
    assert [(step.key, step.name, step.parent) for step in run.steps] == [
        ("3", "cut", ""), ("4", "sort", ""), ("5", "first", ""), ("6", "summarise", ""),
        ("6.2", "filter", "6"), ("6.3", "wc", "6"), ("7", "merge", ""),
    ]  # fmt: skip
    names = [job.name for job in run.jobs if job.step == "6.2"]
    assert names == [f"filter (sample_{number})" for number in range(4)]
    merge = run.jobs[-1]
    assert (merge.name, len(merge.used), len(merge.after)) == ("merge", 4, 4)
    assert {step.status for step in run.steps} == {"SUCCESS"}
    assert run.parameters == {"condition": "c5>400", "lines": 1000}
    assert run.run_environment["output_values"] == {"condition_used": "c5>400"}


def test_the_elements_of_collections_keep_their_names(found):
    run = found("26.1", "b_mapped")
    collections = {file.collection: file.role for file in run.files}
    assert collections["samples"] == Role.INPUT
    assert collections["kept_per_sample"] == collections["sorted_tables"] == Role.OUTPUT
    kept = [file for file in run.files if file.collection == "kept_per_sample"]
    assert [file.dataset for file in kept] == [f"kept_per_sample/sample_{number}" for number in range(4)]
    assert len({file.relative for file in run.files}) == len(run.files) == 25


def test_a_failed_run_says_why_and_what_stands_still(found):
    run = found("26.1", "c_failed")
    assert run.message == (
        "Step check: It failed with exit code 3. 2 jobs are paused, until somebody resumes them in Galaxy. "
        "1 of 4 jobs succeeded."
    )
    assert [step.status for step in run.steps] == ["SUCCESS", "FAILED", "PAUSED", "PAUSED"]
    check = run.jobs[1]
    assert (check.exit_code, check.status) == (3, "FAILED")
    assert check.stderr.startswith("checking\nline 1 has 4 columns, expected 6\n")
    assert run.jobs[2].started_at is None
    assert run.jobs[2].message == "It is paused, until somebody resumes it in Galaxy."


def test_the_jobs_of_a_cancelled_run_are_cancelled_but_for_those_that_ended(found):
    run = found("26.1", "d_cancelled")
    assert run.message == "Cancelled in Galaxy."
    assert [job.status for job in run.jobs] == ["SUCCESS", "CANCELLED", "CANCELLED"]
    assert run.completed_at == max(job.completed_at for job in run.jobs)
    assert run.jobs[0].stdout == "waiting 3 s\n"


def test_an_invocation_that_failed_without_a_failed_job_says_so(found):
    run = found("26.1", "g_scheduling_failed")
    assert run.message == "Galaxy says that the invocation failed; its export does not say why."
    assert [(step.name, step.status) for step in run.steps] == [("head", "SUCCESS"), ("sort", "CANCELLED")]
    assert run.steps[1].message == "Galaxy never came to this step before the run ended."


def test_an_export_without_files_tells_the_same_run_and_what_is_missing(found):
    run, whole = found("26.1", "b_mapped", with_files=False), found("26.1", "b_mapped")
    assert run.files == ()
    assert [(job.name, job.after) for job in run.jobs] == [(job.name, job.after) for job in whole.jobs]
    assert any(
        "samples/sample_0, samples/sample_1, samples/sample_2 and 22 more" in one for one in run.remarks
    )
    assert run.jobs[1].made == ("datasets/" + made_by(run.jobs[1].command_line),)


def made_by(command: str) -> str:
    """The UUID of the dataset that a command writes: Galaxy's files are called after them."""
    return command.rsplit("dataset_", 1)[1].split(".dat")[0]


@pytest.mark.parametrize(("version", "case"), CASES)
def test_the_run_makes_a_plan_in_which_each_job_names_its_files(unpacked, version, case):
    directory = unpacked(version, case)
    (run,) = GalaxySniffer().read(directory)
    laid_out = plan(run, Overrides(), directory)
    sent = {file.place for file in laid_out.files()}
    assert sent == {file.relative for file in run.files}
    body = laid_out.body("")
    used = {file["path"] for job in body["workflowrun"]["jobs"] for file in job.get("files", ())}
    assert sent <= used
    assert body["workflowrun"]["external_id"] == run.external_id
