"""Workflows on the command line: added with their files or not at all, and released."""

from pathlib import Path

import pytest

from accounts.models import Group, User
from runstead_cli.errors import Failure
from runstead_cli.workflow_files import collect
from tests.cli.conftest import Runstead
from tests.factories import a_version, a_workflow, a_workflow_file
from workflows.models import Workflow, WorkflowFile, WorkflowVersion


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workflow as it lies in a repository."""
    files = {
        "workflow/Snakefile": "rule all:\n", "workflow/rules/align.smk": "rule align:\n",
        "config/config.yaml": "k: 31\n",
        "README.md": "# Words\n", "LICENSE": "MIT\n", "tests/test.sh": "true\n", ".git/config": "secret\n",
    }  # fmt: skip
    for name, content in files.items():
        path = tmp_path / "flow" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "flow/outside").symlink_to("/etc/passwd")
    return tmp_path / "flow"


def test_a_directory_tells_what_each_file_is(folder: Path) -> None:
    assert {file.path: file.type for file in collect([folder])} == {
        "workflow/Snakefile": "MAIN",
        "workflow/rules/align.smk": "OTHER",
        "config/config.yaml": "CONFIG",
        "README.md": "README",
        "LICENSE": "LICENSE",
        "tests/test.sh": "TEST",
    }


def test_paths_begin_below_what_holds_all_that_is_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert {file.path for file in collect([Path("workflow/rules"), Path("config")])} == {
        "workflow/rules/align.smk",
        "config/config.yaml",
    }
    assert {file.path for file in collect([Path("workflow/Snakefile"), Path("README.md")])} == {
        "workflow/Snakefile",
        "README.md",
    }
    assert [file.path for file in collect([Path("workflow/Snakefile")])] == ["Snakefile"]
    assert {file.path for file in collect([Path("."), Path("README.md")])} > {"workflow/Snakefile"}


def test_the_main_file_and_types_can_be_said(folder: Path) -> None:
    main = folder / "workflow/rules/align.smk"
    found = {file.path: file.type for file in collect([folder], main, {"config/config.yaml": "PARAMETER"})}
    assert (found["workflow/rules/align.smk"], found["workflow/Snakefile"]) == ("MAIN", "OTHER")
    assert found["config/config.yaml"] == "PARAMETER"
    with pytest.raises(Failure, match="is not among the files"):
        collect([folder / "README.md"], main)


def test_a_workflow_is_added_and_released(ada_cli: Runstead, folder: Path, genomics: Group) -> None:
    told = ada_cli.json(
        "workflows", "add", folder, "--name", "Align", "--version", "1.0", "--license", "MIT", "--commit", "a" * 40,
        "--repository", "https://example.org/align", "--group", "Genomics Core", "--release",
    )  # fmt: skip
    workflow, version = Workflow.objects.get(), WorkflowVersion.objects.get()
    assert (workflow.name, workflow.workflow_manager, workflow.owned_by) == ("Align", "SNAKEMAKE", genomics)
    assert (version.name, version.commit_hash, version.is_committed) == ("1.0", "a" * 40, True)
    assert {file.path: file.data_type for file in WorkflowFile.objects.all()}["workflow/Snakefile"] == "MAIN"
    assert WorkflowFile.objects.count() == len(told["files"]) == 6
    assert told["page"] == f"http://testserver/workflows/{workflow.pk}/"


def test_contents_arrive_byte_for_byte(ada_cli: Runstead, tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    (tmp_path / 'odd "name".cwl').write_bytes(content)
    ada_cli.well("workflows", "add", tmp_path / 'odd "name".cwl', "--name", "Odd")
    file = WorkflowFile.objects.get()
    assert (file.path, file.size) == ('odd "name".cwl', len(content))


def test_a_version_is_added_to_a_workflow(ada_cli: Runstead, ada: User, folder: Path) -> None:
    workflow = a_workflow(ada, "Align")
    ada_cli.well("workflows", "add", folder, "--workflow", "Align", "--version", "2.0")
    assert [version.name for version in workflow.versions.all()] == ["2.0"]
    ada_cli.well("workflows", "release", "Align")
    assert WorkflowVersion.objects.get().is_committed
    assert "no open version" in ada_cli("workflows", "release", "Align").stderr


def test_a_version_is_released_by_its_id(ada_cli: Runstead, ada: User) -> None:
    version = a_version(a_workflow(ada))
    a_workflow_file(version)
    assert "Version v1 is released." in ada_cli.well("workflows", "release", version.pk).stdout


def test_nothing_stays_of_what_is_refused_halfway(ada_cli: Runstead, folder: Path) -> None:
    words = ["--type", "config/config.yaml=main", "--main", folder / "workflow/Snakefile"]
    result = ada_cli("workflows", "add", folder, "--name", "Two mains", *words)
    assert result.exit_code == 6
    assert not Workflow.objects.filter(deleted=False).exists()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "--name"),
        (["--name", "A", "--workflow", "B"], "either"),
        (["--name", "A", "--type", "README.md=POEM"], "PATH=TYPE"),
    ],
)
def test_what_is_missing_is_said(ada_cli: Runstead, folder: Path, words: list[str], hint: str) -> None:
    result = ada_cli("workflows", "add", folder, *words)
    assert (result.exit_code, hint in result.stderr) == (2, True)
    assert Workflow.objects.count() == 0


def test_an_engine_that_cannot_be_seen_is_asked_for(ada_cli: Runstead, folder: Path) -> None:
    assert "--engine" in ada_cli("workflows", "add", folder / "README.md", "--name", "A").stderr
    ada_cli.well("workflows", "add", folder / "README.md", "--name", "A", "--engine", "other")
    assert Workflow.objects.get().workflow_manager == "OTHER"


def test_workflows_are_listed_and_shown(ada_cli: Runstead, ada: User) -> None:
    a_workflow_file(a_version(a_workflow(ada, "Align")))
    a_workflow(ada, "Count", workflow_manager="CWL")
    assert [row["name"] for row in ada_cli.json("workflows", "list", "--engine", "cwl")] == ["Count"]
    told = ada_cli.well("workflows", "show", "Align").stdout
    assert "Version v1" in told
    assert "Snakefile  MAIN" in told
