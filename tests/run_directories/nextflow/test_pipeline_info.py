"""``pipeline_info`` of nf-core. The trace is real where it is there; reports, parameters and versions are made."""

import json

import pytest

from run_directories.findings import Certainty, Role
from run_directories.nextflow import NextflowSniffer
from tests.run_directories.nextflow.conftest import SESSION, report

STAMP = "2024-02-09_14-44-20"
REAL = "trace-nfcore-rnaseq-sample.txt"
VERSIONS = """GTF2BED:
  perl: 5.26.2
GUNZIP_GTF:
  gunzip: 1.10
  bash: 5.0
Workflow:
  Nextflow: 23.10.1
  nf-core/rnaseq: v3.14.0
"""


@pytest.fixture
def results(found):
    """A folder of results with the ``pipeline_info`` of one run."""
    directory = found(REAL, f"results/pipeline_info/execution_trace_{STAMP}.txt") / "results"
    info = directory / "pipeline_info"
    (info / f"execution_report_{STAMP}.html").write_text(report("lonely_dubinsky", "successfully"))
    (info / f"params_{STAMP}.json").write_text(
        json.dumps({"input": "samples.csv", "aligner": "star", "email": None})
    )
    (info / "nf_core_rnaseq_software_mqc_versions.yml").write_text(VERSIONS)
    (directory / "multiqc.html").write_text("<html></html>")
    return directory


def test_results_with_pipeline_info_are_likely_a_run(results):
    assert NextflowSniffer().look(results).certainty == Certainty.LIKELY
    assert NextflowSniffer().look(results.parent).certainty == Certainty.LIKELY


def test_the_report_tells_how_the_run_ended_and_its_ids(results):
    (run,) = NextflowSniffer().read(results)
    assert (run.status, run.status_basis) == ("SUCCESS", "REPORTED")
    assert run.external_id == f"{SESSION}/lonely_dubinsky"
    assert run.run_command == "nextflow run nf-core/rnaseq -r 3.14.0 --input samples.csv"
    assert run.parameters == {"input": "samples.csv", "aligner": "star", "email": None}
    assert run.completed_at.replace(tzinfo=None).isoformat() == "2024-02-09T15:10:02"


def test_the_report_tells_the_workflow_and_its_commit(results):
    (run,) = NextflowSniffer().read(results)
    workflow = run.workflow
    assert (workflow.name, workflow.version, workflow.engine_version) == (
        "nf-core/rnaseq",
        "3.14.0",
        "23.10.1",
    )
    assert workflow.repository_url == "https://github.com/nf-core/rnaseq"
    assert workflow.commit_hash == "b89fac32650aacc86fcda9ee77e00612a1d77066"


def test_steps_have_the_versions_of_their_tools(results):
    (run,) = NextflowSniffer().read(results)
    tools = {step.name: (step.tool_name, step.tool_version) for step in run.steps}
    assert tools == {
        "GTF2BED": ("perl", "5.26.2"),
        "GUNZIP_GTF": ("GUNZIP_GTF", "gunzip 1.1, bash 5.0"),
        "GUNZIP_FASTA": ("GUNZIP_FASTA", ""),
    }


def test_files_are_told_by_what_they_are(results):
    (run,) = NextflowSniffer().read(results)
    assert {file.relative: file.role for file in run.files} == {
        f"pipeline_info/execution_trace_{STAMP}.txt": Role.LOG,
        f"pipeline_info/params_{STAMP}.json": Role.PARAMETER,
        f"pipeline_info/execution_report_{STAMP}.html": Role.REPORT,
        "pipeline_info/nf_core_rnaseq_software_mqc_versions.yml": Role.REPORT,
        "multiqc.html": Role.OUTPUT,
    }


def test_each_stamp_is_a_run(results):
    later = "2024-02-10_09-00-00"
    info = results / "pipeline_info"
    page = report("mad_curie", "unsuccessfully").replace("09-Feb-2024", "10-Feb-2024")
    (info / f"execution_report_{later}.html").write_text(page)
    (info / f"params_{later}.json").write_text('{"aligner": "hisat2"}')
    newest, first = NextflowSniffer().read(results)
    assert (newest.external_id, newest.status, newest.jobs) == (f"{SESSION}/mad_curie", "FAILED", ())
    assert newest.parameters["aligner"] == "hisat2"
    assert (first.external_id, len(first.jobs)) == (f"{SESSION}/lonely_dubinsky", 3)


def test_without_a_report_the_stamp_is_when_it_began_and_the_end_is_not_known(results):
    (results / "pipeline_info" / f"execution_report_{STAMP}.html").unlink()
    (run,) = NextflowSniffer().read(results)
    assert run.status == "UNKNOWN"
    assert run.started_at.replace(tzinfo=None).isoformat() == "2024-02-09T14:44:20"
    assert run.external_id.startswith("trace:")
    assert run.workflow.name == "nf-core/rnaseq"
