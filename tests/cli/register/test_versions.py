"""Which version of which workflow a registered run is of."""

from pathlib import Path

import pytest

from accounts.models import User
from tests.cli.conftest import Runstead
from tests.cli.register.examples import YAML, a_directory, only_run
from tests.factories import a_version, a_workflow, a_workflow_file
from workflows.models import WorkflowRun, WorkflowVersion


def test_the_workflow_is_made_once_and_released(cli: Runstead, directory: Path, dropbox: Path) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    cli.well("register", "wfrun", a_directory(dropbox / "run-2"), "--yes")
    version = WorkflowVersion.objects.get()
    assert version.is_committed
    assert [(one.path, one.data_type) for one in version.files.all()] == [("count.sh", "MAIN")]
    assert set(WorkflowRun.objects.values_list("workflowversion", flat=True)) == {version.pk}


def test_another_script_is_another_version_of_the_workflow(
    cli: Runstead, directory: Path, dropbox: Path
) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    changed = a_directory(dropbox / "run-2")
    (changed / "count.sh").write_text("sort -u data/*.txt\n")
    cli.well("register", "wfrun", changed, "--yes")
    first, second = WorkflowVersion.objects.order_by("index")
    assert first.workflow == second.workflow
    assert (second.is_committed, second.is_latest) == (True, True)
    assert second.files.get().sha256 != first.files.get().sha256


def test_a_named_version_wins(cli: Runstead, directory: Path, ada: User) -> None:
    version = a_version(a_workflow(ada))
    cli.well("register", "wfrun", directory, "--yes", "--workflow-version", version.pk)
    assert only_run().workflowversion == version
    assert WorkflowVersion.objects.count() == 1


def test_a_version_that_was_left_open_is_gone_on_with(cli: Runstead, directory: Path, ada: User) -> None:
    a_version(a_workflow(ada, "Count", workflow_manager="OTHER"))
    cli.well("register", "wfrun", directory, "--yes")
    version = WorkflowVersion.objects.get()
    assert version.is_committed
    assert only_run().workflowversion == version


def test_somebodys_draft_of_the_workflow_is_not_touched(cli: Runstead, directory: Path, ada: User) -> None:
    draft = a_version(a_workflow(ada, "Count", workflow_manager="OTHER"))
    a_workflow_file(draft, "count.sh", content=b"a draft")
    result = cli("register", "wfrun", directory, "--yes")
    assert result.exit_code == 1
    assert "is not released yet" in result.stderr
    assert "--workflow-version" in result.stderr
    assert not WorkflowRun.objects.exists()


@pytest.mark.parametrize("address", ["git@example.org:Lab/count.git", "https://example.org/lab/count/"])
def test_a_version_is_found_by_repository_and_commit(
    cli: Runstead, directory: Path, ada: User, address: str
) -> None:
    known = a_workflow(ada, "Counting", repository_url="https://example.org/lab/count")
    version = a_version(known, commit_hash="0123456789abcdef")
    told = f"workflow:\n  repository_url: {address}\n  commit_hash: '0123456789abcdef'\n  name: Count\n"
    settings = directory / "runstead.yaml"
    settings.write_text(YAML.replace("workflow:\n  name: Count\n", told))
    shown = cli.json("register", "wfrun", directory, "--dry-run")
    assert shown["workflow"] == "Counting v1 (found by its repository and commit)"
    cli.well("register", "wfrun", directory, "--yes")
    assert only_run().workflowversion == version


def test_a_commit_whose_files_were_changed_here_is_another_version(
    cli: Runstead, directory: Path, ada: User
) -> None:
    known = a_workflow(ada, "Count", repository_url="https://example.org/lab/count", workflow_manager="OTHER")
    version = a_version(known, commit_hash="0123456789abcdef", released_at="2026-01-01T00:00:00Z")
    a_workflow_file(version, "count.sh", content=b"as it was checked out")
    told = "repository_url: https://example.org/lab/count\n  commit_hash: '0123456789abcdef'\n"
    settings = directory / "runstead.yaml"
    settings.write_text(YAML.replace("workflow:\n  name: Count\n", f"workflow:\n  name: Count\n  {told}"))
    cli.well("register", "wfrun", directory, "--yes")
    assert only_run().workflowversion != version
    assert only_run().workflowversion.workflow == known
