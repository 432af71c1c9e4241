"""Crates of workflow versions over HTTP: Workflow RO-Crates with the registered files."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rocrate_export.models import CrateExport
from tests.records import RNASEQ
from tests.rocrate_export.judge import needs_contexts, violations
from workflows.models import Workflow, WorkflowFile, WorkflowVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(registered: Any) -> WorkflowVersion:
    found = registered(RNASEQ).workflowversion
    assert found
    return found


@pytest.fixture
def url(version: WorkflowVersion) -> str:
    return f"/api/v2/workflows/workflowversions/{version.pk}/rocrate/"


def test_a_version_leaves_with_its_files(
    ada_api: Any, url: str, version: WorkflowVersion, body_of: Any
) -> None:
    answer = ada_api.get(url)
    assert answer["Content-Type"] == "application/zip"
    assert f'-{version.pk}.crate.zip"' in answer["Content-Disposition"]
    names = zipfile.ZipFile(io.BytesIO(body_of(answer))).namelist()
    files = version.files.values_list("path", flat=True)
    assert {f"workflow/{path}" for path in files} <= set(names)
    assert not any(name.startswith(("inputs/", "outputs/")) for name in names)


def test_the_metadata_speaks_of_the_workflow(ada_api: Any, url: str) -> None:
    graph = {one["@id"]: one for one in ada_api.get(f"{url}metadata/").json()["@graph"]}
    main = graph[graph["./"]["mainEntity"]["@id"]]
    assert "ComputationalWorkflow" in main["@type"]
    assert not [one for one in graph.values() if "CreateAction" in one["@type"]]


@needs_contexts
@pytest.mark.once
def test_the_crate_is_a_valid_workflow_ro_crate(ada_api: Any, url: str, body_of: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(body_of(ada_api.get(url)))) as archive:
        archive.extractall(tmp_path)
    assert violations(tmp_path, "workflow-ro-crate") == []


@needs_contexts
@pytest.mark.once
@pytest.mark.usefixtures("contexts")
def test_a_version_can_be_validated(ada_api: Any, url: str, run_tasks: Any) -> None:
    assert ada_api.get(f"{url}validation/").status_code == 202
    run_tasks()
    report = ada_api.get(f"{url}validation/").json()
    assert (report["profile"], report["passed"]) == ("workflow-ro-crate", True)


@pytest.mark.usefixtures("everything_takes_long")
def test_a_version_is_prepared_like_a_run(ada_api: Any, url: str, run_tasks: Any, version: Any) -> None:
    told = ada_api.get(url).json()
    assert (told["subject_kind"], told["subject_id"]) == ("version", str(version.pk))
    run_tasks()
    assert ada_api.get(told["crate"]).status_code == 200
    WorkflowFile.objects.update(crc32=5)  # that a checksum became known changes nothing
    assert ada_api.get(url).status_code == 200
    Workflow.objects.update(description="Changed.")
    assert ada_api.get(url).status_code == 202
    assert CrateExport.objects.count() == 2


def test_who_may_not_see_the_workflow_does_not_find_the_crate(
    api: Any, ada: Any, bob: Any, eve: Any, url: str
) -> None:
    for part in ("", "metadata/", "originals/"):
        had = {user.username: api(user).get(url + part).status_code for user in (ada, bob, eve)}
        assert had == {"ada": 200, "bob": 200, "eve": 404}, part
    assert api(None).get(url).status_code == 401


def test_a_version_in_the_trash_has_no_crate(ada_api: Any, url: str, version: Any, ada: Any) -> None:
    version.mark_deleted(by=ada)
    assert ada_api.get(url).status_code == 404
