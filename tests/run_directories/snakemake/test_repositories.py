"""What is read of a git repository, made by git itself, is what git says of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from run_directories.snakemake.repository import public_address, repository_of
from tests.run_directories.snakemake.conftest import sniffer

GIT = shutil.which("git")
pytestmark = pytest.mark.skipif(GIT is None, reason="git is not installed")


def git(directory: Path, *words: str) -> str:
    name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        [GIT or "git", *name, *words], cwd=directory, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    directory = tmp_path / "repository"
    (directory / "workflow").mkdir(parents=True)
    (directory / "workflow" / "Snakefile").write_text("rule all:\n")
    git(directory, "init")
    git(directory, "add", "workflow")
    git(directory, "commit", "-m", "Begin")
    git(directory, "remote", "add", "origin", "https://ada:secret@github.com/lab/sort-reads.git")
    return directory


def test_address_and_commit_are_read_without_secrets(repository):
    found = repository_of(repository / "workflow" / "Snakefile")
    assert found
    assert found.url == "https://github.com/lab/sort-reads"
    assert found.commit == git(repository, "rev-parse", "HEAD")
    assert (found.tag, found.is_changed, found.root) == ("", False, repository)


@pytest.mark.parametrize("words", [["tag", "v1.2"], ["tag", "-a", "v1.2", "-m", "Release"]])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_tag_of_the_commit_is_its_name(repository, words, is_packed):
    git(repository, *words)
    if is_packed:
        git(repository, "pack-refs", "--all")
        git(repository, "gc", "-q")
    found = repository_of(repository / "workflow" / "Snakefile")
    assert found
    assert (found.tag, found.commit) == ("v1.2", git(repository, "rev-parse", "HEAD"))


def test_a_release_wins_over_its_candidates(repository):
    for tag in ("v1.2-rc1", "v1.2", "v1.2-rc2"):
        git(repository, "tag", tag)
    found = repository_of(repository / "workflow" / "Snakefile")
    assert found
    assert found.tag == "v1.2"


def test_a_detached_head_and_another_worktree_are_read(repository, tmp_path):
    git(repository, "worktree", "add", "--detach", str(tmp_path / "other"))
    found = repository_of(tmp_path / "other" / "workflow" / "Snakefile")
    assert found
    assert found.commit == git(repository, "rev-parse", "HEAD")
    assert found.url == "https://github.com/lab/sort-reads"


def test_a_changed_file_is_noticed(repository):
    (repository / "workflow" / "Snakefile").write_text("rule all:\n    input: 'x'\n")
    found = repository_of(repository / "workflow" / "Snakefile")
    assert found
    assert found.is_changed


def test_a_repository_around_that_does_not_track_the_file_is_not_its_own(repository):
    other = repository / "runs" / "Snakefile"
    other.parent.mkdir()
    other.write_text("rule all:\n")
    (repository / "file").write_text("x")
    git(repository, "add", "file")
    assert repository_of(other) is None


def test_without_a_repository_there_is_none(tmp_path):
    (tmp_path / "Snakefile").write_text("rule all:\n")
    assert repository_of(tmp_path / "Snakefile") is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("git@github.com:lab/sort-reads.git", "https://github.com/lab/sort-reads"),
        ("ssh://git@gitlab.example.org:2222/lab/x.git", "https://gitlab.example.org/lab/x"),
        ("https://oauth2:token@gitlab.example.org:8443/lab/x/", "https://gitlab.example.org:8443/lab/x"),
        ("/srv/git/x.git", ""),
        ("file:///srv/git/x.git", ""),
        ("", ""),
    ],
)
def test_addresses_are_told_as_a_browser_takes_them(url, address):
    assert public_address(url) == address


def test_a_run_bears_its_repository(recorded):
    directory = recorded("9.27.1-rich")
    git(directory, "init")
    git(directory, "add", "workflow", "config")
    git(directory, "commit", "-m", "Begin")
    git(directory, "tag", "2026.11")
    git(directory, "remote", "add", "origin", "git@github.com:lab/sort-reads.git")
    workflow = sniffer().read(directory)[0].workflow
    assert workflow
    assert (workflow.name, workflow.version) == ("sort-reads", "2026.11")
    assert workflow.repository_url == "https://github.com/lab/sort-reads"
    assert workflow.commit_hash == git(directory, "rev-parse", "HEAD")


def test_a_changed_snakefile_makes_another_version_and_a_remark(recorded):
    directory = recorded("9.27.1-rich")
    git(directory, "init")
    git(directory, "add", "workflow")
    git(directory, "commit", "-m", "Begin")
    with (directory / "workflow" / "Snakefile").open("a") as snakefile:
        snakefile.write("\n# tried something\n")
    run = sniffer().read(directory)[0]
    assert run.workflow
    assert run.workflow.version.startswith(git(directory, "rev-parse", "HEAD")[:12] + "+")
    assert any("differs from what was committed" in remark for remark in run.remarks)
