"""What the field's own validator says of crates of every shape."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rocrate_export.choice import Choice, Include
from rocrate_export.crate import contents_of
from tests.records import (
    EMPTY,
    FAILED,
    NAMED_WORKFLOW,
    NESTED,
    PROCESS_ONLY,
    RNASEQ,
    RNASEQ_WORKFLOW,
    RUNS,
    TOLD,
    after,
    content_of,
    dataset,
    stored,
)
from tests.rocrate_export.judge import PROCESS, PROVENANCE, WORKFLOW, needs_contexts, violations
from tests.rocrate_export.known import KNOWN
from tests.rocrate_export.reading import Crate, unpack
from workflows.records import DataType, JobRecord, RunRecord, RunStatus, StepRecord

pytestmark = needs_contexts

LOCAL_WORKFLOW = "process-run-crate-0.5_5.1"  # every local main workflow raises it: the validator's issue 51
BASE = "https://runs.example.org"

SHAPES = {
    **RUNS,
    **{f"status {status}": replace(FAILED, status=status) for status in RunStatus},
    "no version": replace(NAMED_WORKFLOW, workflow=replace(RNASEQ_WORKFLOW, version="", files=())),
    "no jobs": replace(RNASEQ, jobs=()),
    "a job waits whose tool has run": replace(
        RNASEQ, jobs=(*RNASEQ.jobs, JobRecord("STAR_ALIGN (B)", "STAR_ALIGN", status=RunStatus.PENDING))
    ),
    "no steps": replace(RNASEQ, steps=()),
    "no datasets": replace(RNASEQ, datasets=()),
    "no times": replace(RNASEQ, started_at=None, completed_at=None),
    "told": TOLD,
    "told without a file": replace(TOLD, workflow=replace(TOLD.workflow, files=())),
    "reasons": replace(
        FAILED,
        message="It ran out of time.",
        steps=tuple(
            replace(one, message="A job failed.", tool_url="https://example.org/a b") for one in FAILED.steps
        ),
        jobs=tuple(replace(one, message="Killed.", after=("1", "2")) for one in FAILED.jobs),
    ),
    "a hundred files": replace(
        EMPTY, datasets=tuple(dataset(DataType.OUTPUT, f"{n}", stored(f"{n}.txt")) for n in range(100))
    ),
}
CHOICES = {
    "none": Choice(Include.NONE),
    "small": Choice(Include.SMALL, len(content_of("sample/.nextflow.log"))),
}

# What a run of which all is known leaves out of what the profiles allow, and why.
LEFT_OUT = {
    "process-run-crate-0.5_14.1": "Records do not say what a tool depends on.",
    "process-run-crate-0.5_15.5": "Containers are known of jobs, not of the run as a whole.",
    "provenance-run-crate-0.5_21.1": "Records do not say how a workflow's software was installed.",
    "provenance-run-crate-0.5_23.2": "A tool whose jobs made no file that is recorded has no output.",
    "provenance-run-crate-0.5_23.3": "Nobody said which variables a tool reads.",
    "provenance-run-crate-0.5_23.4": "Records do not say what a tool depends on.",
    "provenance-run-crate-0.5_23.5": "Records do not say which program a tool wraps.",
    "provenance-run-crate-0.5_24.3": "Records do not say how a step's software was installed.",
    "ro-crate-1.1_32.1": "What is written for the crate alone has no address.",
    "ro-crate-1.1_33.1": "What is written for the crate alone has no identifier elsewhere.",
    "ro-crate-1.1_33.2": "What is written for the crate alone has no address.",
    "ro-crate-1.1_33.3": "No page tells of what is written for the crate alone, nor of the workflow's own file.",
    "ro-crate-1.1_33.4": "The registry has no page for each file.",
    "workflow-ro-crate-1.0_10.1": "Nobody drew the workflow.",
    "workflow-ro-crate-1.0_10.2": "Nobody described the workflow in CWL.",
    "workflow-ro-crate-1.0_11.1": "Nobody described the workflow in CWL.",
    "workflow-ro-crate-1.0_11.2": "Nobody drew the workflow.",
    "workflow-ro-crate-1.0_12.1": "The workflow came without a folder of examples.",
    "workflow-ro-crate-1.0_13.1": "The workflow came without a folder of tests.",
    "workflow-run-crate-0.5_13.3": "Nobody said which variables the workflow reads.",
    "workflow-run-crate-0.5_14.2": "Records do not say what a slot is for.",
}


def profile_of(record: RunRecord) -> str:
    """The highest profile that the crate claims."""
    claimed = Crate.of(record).profiles
    if "Provenance Run Crate" in claimed:
        return PROVENANCE
    return WORKFLOW if "Workflow Run Crate" in claimed else PROCESS


@pytest.mark.parametrize("record", SHAPES.values(), ids=SHAPES.keys())
def test_a_crate_of_any_shape_has_all_that_its_profile_requires(record: RunRecord, tmp_path: Path) -> None:
    assert violations(unpack(contents_of(record), tmp_path), profile_of(record)) == []


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES.keys())
def test_so_has_a_crate_without_its_files(choice: Choice, tmp_path: Path) -> None:
    contents = contents_of(RNASEQ, choice=choice)
    assert len(contents.stored) < len(contents_of(RNASEQ).stored)
    assert violations(unpack(contents, tmp_path), PROVENANCE) == []


def of(lines: list[str], severity: str) -> set[str]:
    """The checks that were not passed at a severity."""
    return {line.split()[1] for line in lines if line.startswith(severity)}


@pytest.mark.parametrize("address", ["", BASE])
def test_a_run_of_which_all_is_known_lacks_only_what_would_have_to_be_made_up(
    address: str, tmp_path: Path
) -> None:
    found = violations(unpack(contents_of(KNOWN, address), tmp_path), PROVENANCE, "OPTIONAL")
    assert of(found, "REQUIRED") == set()
    assert of(found, "RECOMMENDED") == {LOCAL_WORKFLOW}
    if address:
        assert of(found, "OPTIONAL") == set(LEFT_OUT)


def test_a_run_that_failed_lacks_no_more(tmp_path: Path) -> None:
    ended = tuple(replace(one, status=RunStatus.FAILED, completed_at=after(2)) for one in KNOWN.jobs[:1])
    failed = replace(
        KNOWN, status=RunStatus.FAILED, jobs=ended, datasets=KNOWN.datasets[:1], steps=KNOWN.steps[:1]
    )
    found = violations(unpack(contents_of(failed, BASE), tmp_path), PROVENANCE, "RECOMMENDED")
    assert of(found, "RECOMMENDED") == {LOCAL_WORKFLOW}


@pytest.fixture
def registry() -> Iterator[str]:
    """A registry on this machine that hands out KNOWN's main workflow; its address."""
    main = KNOWN.workflow.main_file
    content = content_of(main.storage_key)

    class Downloads(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            known = self.path == f"/api/v2/workflows/workflowfiles/{main.id}/download/"
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Downloads) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_absolute_form_lacks_nothing_that_is_recommended(registry: str, tmp_path: Path) -> None:
    crate = unpack(contents_of(KNOWN, registry, Choice(absolute=True)), tmp_path)
    assert violations(crate, PROVENANCE, "RECOMMENDED", offline=False) == []


@pytest.mark.parametrize("record", [NESTED, PROCESS_ONLY], ids=["group", "person"])
def test_what_a_group_or_a_person_did_not_say_is_missed_and_not_made_up(
    record: RunRecord, tmp_path: Path
) -> None:
    found = violations(unpack(contents_of(record), tmp_path), profile_of(record), "RECOMMENDED")
    assert any("The organization SHOULD have a URL" in line for line in found)


def test_the_judge_finds_what_is_wrong(tmp_path: Path) -> None:
    crate = unpack(contents_of(RNASEQ), tmp_path)
    (crate / "outputs" / "results" / "A.bam").unlink()
    assert any("outputs/results/A.bam" in line for line in violations(crate, PROVENANCE))


def test_the_judge_finds_what_is_recommended(tmp_path: Path) -> None:
    nameless = replace(
        RNASEQ, steps=(*RNASEQ.steps, StepRecord("x", "x")), completed_at=after(12), agent=None
    )
    crate = unpack(contents_of(nameless), tmp_path)
    assert any("agent" in line for line in violations(crate, PROVENANCE, "RECOMMENDED"))
