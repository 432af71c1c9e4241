"""Our own crates, brought back: the same record in another group, the same run in its own; and what others made."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from common.storage import store
from data_management.models import DataFile
from rocrate_export.models import StoredCrate
from tests.conftest import Api
from tests.records import FAILED, NESTED, PROCESS_ONLY, RNASEQ, SCRIPT, content_of
from tests.rocrate_import.conftest import RUNS
from tests.rocrate_import.crates import packed
from workflows.log_texts import text_of
from workflows.logs import keep_log
from workflows.models import RunLog, WorkflowRun
from workflows.records import PersonRecord, RunRecord
from workflows.services import record_run

pytestmark = pytest.mark.django_db
CRATES = Path(__file__).parents[1] / "data" / "crates"
FOLDERS = sorted(path.parent for path in CRATES.glob("*/ro-crate-metadata.json")) + sorted(
    path.parent for path in CRATES.glob("examples/*/ro-crate-metadata.json")
)


@pytest.fixture
def exported(ada: User, ada_api: Api, body_of: Callable[[Any], bytes]) -> Callable[[RunRecord], Any]:
    """Records a run of Ada's with its files and takes its crate away: the run, and the archive."""
    import io

    def take(record: RunRecord, logs: Mapping[int, str] = MappingProxyType({})) -> tuple[WorkflowRun, bytes]:
        run, _ = record_run(record=record, owner=ada)
        jobs = [None, *run.jobs.order_by("id")]  # type: ignore[list-item]
        for place, text in logs.items():
            keep_log(run=run, name="stdout" if place else "engine", text=text, job=jobs[place])
        keys = [file.storage_key for link in record.datasets for file in link.dataset.files]
        keys += [file.storage_key for file in record.workflow.files] if record.workflow else []
        for key in filter(None, keys):
            store(io.BytesIO(content_of(key)), key)
        answer = ada_api.get(f"{RUNS}{run.pk}/rocrate/")
        assert answer.status_code == 200
        return run, body_of(answer)

    return take


def test_logs_come_back_as_logs_and_stay_what_they_were(
    exported: Any, imported: Any, eve: User, ada: User
) -> None:
    run, archive = exported(NESTED, logs={0: "begun\n", 2: "\x1b[32mäh\x1b[0m\r\n" * 1000})
    done = imported(archive, Api(eve))
    assert _logs(WorkflowRun.objects.get(pk=done["workflowrun"])) == _logs(run)
    imported(archive, Api(ada))
    assert RunLog.objects.filter(workflowrun=run).count() == 2, "its own crate changes nothing"


@pytest.mark.parametrize("record", [NESTED, FAILED, SCRIPT, PROCESS_ONLY], ids=lambda record: record.name)
def test_our_own_crate_makes_the_same_record_in_another_group(
    exported: Any, imported: Any, eve: User, record: RunRecord
) -> None:
    run, archive = exported(record)
    done = imported(archive, Api(eve))
    assert (done["state"], done["error"]) == ("DONE", "")
    assert done["workflowrun"] != str(run.pk)
    made = WorkflowRun.objects.get(pk=done["workflowrun"]).to_record()
    people = (PersonRecord("ada", affiliation="Genomics Core", role="agent"),)  # who registered it there
    told = replace(record, is_imported=True, people=people)
    assert made == replace(told, datasets=made.datasets, workflow=made.workflow)
    assert sorted(_files(made)) == sorted(_files(record))


def _files(record: RunRecord) -> list[tuple[str, str, str]]:
    return [
        (str(link.data_type), link.dataset.name, file.path)
        for link in record.datasets
        for file in link.dataset.files
    ]


def test_our_own_crate_of_a_run_that_is_here_changes_nothing_of_it(exported: Any, imported: Any) -> None:
    run, archive = exported(RNASEQ)
    before = WorkflowRun.objects.get(pk=run.pk).to_record()
    done = imported(archive)
    assert done["workflowrun"] == str(run.pk)
    assert WorkflowRun.objects.get().to_record() == before
    assert "its facts are its own" in done["warnings"][0]["message"]
    assert StoredCrate.objects.get().run == run


def test_who_only_sees_a_run_gets_it_and_leaves_nothing_beside_it(
    exported: Any, imported: Any, bob: User, stored_files: Any
) -> None:
    run, archive = exported(RNASEQ)
    before = stored_files()
    done = imported(archive, Api(bob))
    assert done["workflowrun"] == str(run.pk)
    assert not StoredCrate.objects.exists()
    assert stored_files() == before


def test_there_are_crates_that_engines_made() -> None:
    assert len(FOLDERS) >= 4


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_crates_of_others_come_in_whole_and_twice_is_once(imported: Any, folder: Path) -> None:
    crate = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    done = imported(crate)
    assert (done["state"], done["error"]) == ("DONE", "")
    assert done["workflowrun"] or done["workflowversion"]
    for file in DataFile.objects.filter(status="ONLINE"):
        with default_storage.open(file.storage_key) as content:
            assert len(content.read()) == file.size
    again = imported(packed(crate, below="one-down/"))
    runs = WorkflowRun.objects.count()
    assert again["state"] == "DONE"
    assert runs <= 2  # two, where the crate names nothing by which its run could be known
    assert runs == 1 or again["workflowrun"] != done["workflowrun"]


def _logs(run: WorkflowRun) -> list[tuple[str, str, str]]:
    """Each log with the name of its job."""
    rows = RunLog.objects.filter(workflowrun=run).order_by("name").select_related("job")
    return [(one.job.name if one.job else "", one.name, text_of(one.content)) for one in rows]
