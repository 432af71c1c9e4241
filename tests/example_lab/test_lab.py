"""What a person finds who starts the registry for the first time."""

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from accounts.models import ApiToken, User
from accounts.models import digest_of as token_digest
from common.models import Annotation, Note
from data_management.models import DataFile, Dropbox, FileTransfer
from data_management.tasks import transfer_files
from example_lab.definitions import RUNS
from example_lab.directories import OWNERS
from example_lab.fetched import IMPORTED, read_told
from example_lab.recorded import OWNERS as RECORDED
from example_lab.recorded import read_records
from rocrate_export.crate import contents_of
from tests.example_lab.conftest import URL
from workflows.models import JobFileLink, RunText, WorkflowRun, WorkflowRunDataset, WorkflowVersion
from workflows.records import Engine, FileType, RunStatus, WorkflowRecord

pytestmark = pytest.mark.usefixtures("lab")
PUBLIC = "Sort and count samples A and B"
SHARED = "Top regions on chromosome 1"


def person(username: str) -> User:
    return User.objects.get(username=username)


def test_the_note_is_what_was_returned_and_ours_alone(lab, folder):
    path = folder / "example-lab.json"
    assert json.loads(path.read_text()) == lab
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (lab["url"], list(lab["users"])) == (URL, ["ada", "bob", "eve", "admin"])


def test_passwords_and_tokens_of_the_note_open_the_door(lab):
    for username, keys in lab["users"].items():
        assert person(username).check_password(keys["password"])
        assert ApiToken.objects.valid().get(digest=token_digest(keys["token"])).user == person(username)


def test_only_the_administrator_is_one():
    assert [user.username for user in User.objects.filter(is_superuser=True)] == ["admin"]
    assert person("ada").managed_group_ids() == person("bob").group_ids()
    assert person("bob").managed_group_ids() == []


def test_dropboxes_are_real_and_closed_to_others():
    boxes = {box.user.username: Path(box.path) for box in Dropbox.objects.select_related("user")}
    assert boxes.keys() == {"ada", "bob", "eve"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in boxes.values()} == {0o700}
    assert (boxes["ada"] / "snakemake-ok" / "workflow" / "Snakefile").is_file()


def test_there_are_about_thirty_runs_of_many_engines_and_every_outcome():
    assert 20 <= WorkflowRun.objects.count() <= 30
    outcomes = set(WorkflowRun.objects.values_list("status", flat=True))
    assert outcomes >= {RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.RUNNING}
    engines = set(WorkflowRun.objects.values_list("workflowversion__workflow__workflow_manager", flat=True))
    assert engines >= {Engine.CWL, Engine.SNAKEMAKE, Engine.GALAXY, Engine.REANA, Engine.TORC}


def test_ada_and_bob_see_all_of_their_group_and_what_others_made_public():
    of_the_core = WorkflowRun.objects.filter(owned_by__name="Genomics Core", deleted=False)
    for username in ("ada", "bob"):
        assert set(WorkflowRun.objects.visible_to(person(username))) == set(of_the_core)


def test_eve_sees_of_the_core_what_is_public_or_shared_and_nothing_else():
    seen = WorkflowRun.objects.visible_to(person("eve")).exclude(owned_by__name="Proteomics Lab")
    assert {run.name for run in seen} == {PUBLIC, SHARED}


def test_a_run_that_eve_may_see_comes_with_its_datasets_and_its_workflow():
    eve = person("eve")
    for run in WorkflowRun.objects.filter(name__in=[PUBLIC, SHARED]):
        links = WorkflowRunDataset.objects.filter(workflowrun=run)
        assert set(links.visible_to(eve)) == set(links) != set()
        assert WorkflowVersion.objects.visible_to(eve).filter(pk=run.workflowversion_id).exists()


def test_one_run_is_in_the_trash():
    assert [run.name for run in WorkflowRun.objects.visible_to(person("ada"), deleted=True)] == [
        "Greetings, stopped"
    ]


def test_a_galaxy_run_that_is_only_scheduled_is_no_success():
    run = WorkflowRun.objects.get(name="Slow copies, under way")
    assert (run.run_environment["state"], run.status) == ("scheduled", RunStatus.RUNNING)


def test_a_failed_galaxy_run_tells_what_happened():
    run = WorkflowRun.objects.get(name="Strict check of the cut table")
    check = run.jobs.select_related("step").get(name="check")
    assert (run.status, run.started_at, run.completed_at) == (
        RunStatus.FAILED,
        datetime(2026, 11, 21, 2, 48, 34, 675383, tzinfo=UTC),
        datetime(2026, 11, 21, 2, 49, 28, tzinfo=UTC),
    )
    assert (check.exit_code, check.completed_at) == (3, run.completed_at)
    assert (check.step.tool_id, check.step.tool_version) == ("workshop_strict_check", "0.3.1")
    assert check.stderr.startswith("checking\nline 1 has 4 columns, expected 6")
    assert {job.status for job in run.jobs.filter(name__in=["sort", "count"])} == {RunStatus.PAUSED}


def test_every_version_is_released_and_has_a_main_file_unless_its_source_gave_none():
    for version in WorkflowVersion.objects.select_related("workflow"):
        mains = version.files.filter(data_type=FileType.MAIN).count()
        assert version.is_committed
        assert mains == (1 if version.files.exists() else 0), version.workflow.name
        assert version.files.exists() or version.runs.filter(is_imported=True).exists()


def test_recorded_runs_say_what_was_recorded():
    for record in chain.from_iterable(read_records(source, AnyWorkflow()) for source in RECORDED):
        run = WorkflowRun.objects.with_everything().get(name=record.name)
        assert replace(run.to_record(), workflow=None) == replace(record, workflow=None)


def test_fetched_runs_say_what_their_sources_told():
    for file, (name, owner) in IMPORTED.items():
        told = read_told(file)
        run = WorkflowRun.objects.with_everything().get(name=name, owner=person(owner))
        record, files = run.to_record(), told.files
        assert replace(record, workflow=None) == replace(told.record, name=name, workflow=None)
        assert run.logs.count() == len([log for log in told.logs if log.text])
        assert run.events.exclude(category="registry").count() == len(told.events)
        assert {one.path for one in record.workflow.files} == set(files)


@pytest.mark.once
def test_a_restart_is_linked_to_the_run_that_it_repeats():
    linked = WorkflowRun.objects.exclude(rerun_of=None).select_related("rerun_of")
    assert {(run.name, run.rerun_of.name) for run in linked} == {
        ("Greetings, first run restarted", "Greetings, first run"),
        ("diamond, second run", "diamond, first run"),
    }


@pytest.mark.once
def test_there_is_something_of_all_that_a_source_can_tell():
    """Who looks around finds logs, events, requested beside used resources, nodes, tags, a template, a README."""
    diamond = WorkflowRun.objects.get(name="diamond, second run")
    work = diamond.jobs.get(name="work1")
    assert (work.requested["memory_bytes"], work.resources["max_rss_bytes"]) == (1 << 30, 500 << 20)
    assert (diamond.nodes.get().hostname, diamond.events.filter(type="fail").count()) == ("node001", 1)
    sample = WorkflowRun.objects.get(name="RNA-seq of sample 1")
    files = set(sample.workflowversion.files.values_list("path", "data_type"))
    assert files == {("main.nf", FileType.MAIN), ("README.md", FileType.README)}
    assert (sample.tags, set(sample.workflowversion.parameter_template)) == (
        {"sample": "S1"},
        {"reads", "genome"},
    )


@pytest.mark.once
def test_runs_that_failed_elsewhere_say_why():
    reasons = {
        "Greetings, ROOT missing in the image": "step fit",
        "RNA-seq of sample 2": "quant failed",
        "Sort, then fail, on Toil": "EXECUTOR_ERROR",
    }
    for run in WorkflowRun.objects.filter(name__in=reasons):
        assert (run.status, reasons[run.name] in run.message) == (RunStatus.FAILED, True)


def test_registered_runs_have_the_jobs_and_files_of_their_directories():
    for name, owner in OWNERS.items():
        told = json.loads((RUNS / f"{name}.json").read_text())
        jobs = told["workflowrun"]["jobs"]
        run = WorkflowRun.objects.get(name=told["workflowrun"]["name"], owner=person(owner))
        used_or_made = JobFileLink.objects.filter(job__workflowrun=run)
        files = DataFile.objects.filter(dataset__run_links__workflowrun=run)
        assert run.jobs.exclude(step=None).count() == len(jobs)
        assert used_or_made.count() == sum(len(job["files"]) for job in jobs)
        assert files.count() == sum(len(dataset["files"]) for dataset in told["datasets"])


def test_every_registered_file_is_online_after_the_transfers():
    for transfer in FileTransfer.objects.all():
        transfer_files(str(transfer.pk))
    files = DataFile.objects.exclude(transfer=None)
    assert files.count() > 50
    assert {(file.status, file.error) for file in files} == {("ONLINE", "")}
    assert {transfer.state for transfer in FileTransfer.objects.all()} == {FileTransfer.State.DONE}


def test_every_run_makes_a_crate():
    for run in WorkflowRun.objects.with_everything():
        document = contents_of(run.to_record()).document
        names = {entity["@id"]: entity.get("name") for entity in document["@graph"]}
        assert names["./"] == run.name


def test_runs_are_found_by_what_was_written_about_them():
    assert (Note.objects.count(), Annotation.objects.count()) >= (5, 5)
    assert RunText.objects.get(text__contains="out of memory").workflowrun.name == "RNA-seq of sample 2"
    assert RunText.objects.filter(text__contains="Homo sapiens").count() == 3


class AnyWorkflow(dict):
    """Gives a workflow for every key."""

    def __missing__(self, key: str) -> WorkflowRecord:
        return WorkflowRecord(key, "1")
