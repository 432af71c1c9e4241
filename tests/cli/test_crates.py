"""Crates on the command line: waited for, taken up where they broke off, checked, judged."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from data_management.models import DataFile
from rocrate_export.models import CrateExport, StoredCrate
from rocrate_packages import open_package
from runstead_cli import downloads
from runstead_cli.commands.crate import file_name, show
from runstead_cli.errors import Failure
from runstead_cli.output import Output
from tests.cli.conftest import Runstead
from tests.conftest import Api
from tests.factories import a_run
from tests.records import RNASEQ
from tests.rocrate_export.conftest import contexts, everything_takes_long, registered  # noqa: F401
from tests.rocrate_export.judge import needs_contexts
from workflows.models import WorkflowRun


@pytest.fixture
def run(registered: Any) -> WorkflowRun:  # noqa: F811
    """A run with jobs, and files in the storage."""
    return registered(RNASEQ)


def only_crate(folder: Path) -> Path:
    (found,) = folder.glob("*.zip")
    return found


def test_a_crate_is_downloaded_under_its_own_name(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path
) -> None:
    told = ada_cli.json("crate", "download", run.name, "-o", tmp_path)
    assert told == {
        "path": str(only_crate(tmp_path)),
        "size": only_crate(tmp_path).stat().st_size,
        "files_missing": 0,
    }
    assert only_crate(tmp_path).name.endswith(".crate.zip")
    with open_package(only_crate(tmp_path)) as package:
        assert b"CreateAction" in package.metadata


def test_a_crate_is_put_where_one_wants_it(ada_cli: Runstead, run: WorkflowRun, tmp_path: Path) -> None:
    ada_cli.well("crate", "download", run.pk, "-o", tmp_path / "mine.zip", "--include", "none")
    assert not any(name.startswith("inputs/") for name in zipfile.ZipFile(tmp_path / "mine.zip").namelist())


def test_a_file_that_is_there_is_replaced_only_by_force(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path
) -> None:
    target = tmp_path / "mine.zip"
    target.write_text("mine")
    result = ada_cli("crate", "download", run.pk, "-o", target)
    assert (result.exit_code, "--force" in result.stderr, target.read_text()) == (1, True, "mine")
    ada_cli.well("crate", "download", run.pk, "-o", target, "--force")
    assert zipfile.is_zipfile(target)


@pytest.mark.usefixtures("everything_takes_long")
def test_a_large_crate_is_waited_for_as_the_server_says(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path, run_tasks: Any
) -> None:
    ada_cli.meanwhile = run_tasks
    result = ada_cli.well("crate", "download", run.pk, "-o", tmp_path)
    assert [seconds for seconds in ada_cli.pauses if seconds] == [2.0]
    assert "(pending)" in result.stderr
    assert zipfile.ZipFile(only_crate(tmp_path)).testzip() is None


@pytest.mark.usefixtures("everything_takes_long")
def test_stopping_leaves_the_preparation_going(ada_cli: Runstead, run: WorkflowRun, tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    ada_cli.meanwhile = stop
    result = ada_cli("crate", "download", run.pk, "-o", tmp_path)
    assert (result.exit_code, "goes on preparing it" in result.stderr) == (130, True)
    assert CrateExport.objects.get().state == "PENDING"


@pytest.mark.usefixtures("everything_takes_long")
def test_a_preparation_that_failed_is_tried_again(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path, run_tasks: Any
) -> None:
    ada_cli.meanwhile = lambda: CrateExport.objects.update(state="FAILED", error="The disk was full.")
    result = ada_cli("crate", "download", run.pk, "-o", tmp_path)
    assert (result.exit_code, "The disk was full." in result.stderr) == (6, True)
    ada_cli.meanwhile = run_tasks
    ada_cli.well("crate", "download", run.pk, "-o", tmp_path, "--again")
    assert only_crate(tmp_path).exists()


def test_a_broken_download_is_taken_up_again(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "CHUNK", 100)
    ada_cli.wire.breaks = [1, 300, 200]  # the first answer is one byte, to learn the name
    ada_cli.well("crate", "download", run.pk, "-o", tmp_path)
    parts = [sent.headers["Range"] for sent in ada_cli.wire.requests if "Range" in sent.headers]
    assert parts == ["bytes=0-0", "bytes=299-", "bytes=498-"]
    assert zipfile.ZipFile(only_crate(tmp_path)).testzip() is None


def test_an_archive_that_was_given_comes_byte_for_byte(
    ada_cli: Runstead, ada: User, run: WorkflowRun, tmp_path: Path
) -> None:
    given = an_archive(ada_cli, run, tmp_path)
    ada_cli.well("crate", "download", run.pk, "-o", tmp_path / "back.zip", "--kind", "original")
    assert (tmp_path / "back.zip").read_bytes() == given


def test_a_damaged_archive_is_thrown_away(ada_cli: Runstead, run: WorkflowRun, tmp_path: Path) -> None:
    given = bytearray(an_archive(ada_cli, run, tmp_path))
    given[len(given) // 3] ^= 1
    Path(default_storage.path(StoredCrate.objects.get().storage_key)).write_bytes(bytes(given))
    result = ada_cli("crate", "download", run.pk, "-o", tmp_path / "back.zip")
    assert (result.exit_code, "another SHA-256" in result.stderr) == (1, True)
    assert not list(tmp_path.glob("*back*"))


def an_archive(cli: Runstead, run: WorkflowRun, folder: Path) -> bytes:
    """Our own crate, given back as if another system had made it."""

    cli.well("crate", "download", run.pk, "-o", folder / "ours.zip")
    content = (folder / "ours.zip").read_bytes()
    file = io.BytesIO(content)
    file.name = "given.zip"
    answer = Api(User.objects.get(username="ada")).post(
        f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/", {"file": file}, format="multipart"
    )
    assert answer.status_code == 201
    return content


def test_members_are_compared_with_their_checksums(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("reads.fastq", b"ACGT" * 100)
    damaged = bytearray(path.read_bytes())
    damaged[60] ^= 1
    path.write_bytes(bytes(damaged))
    with pytest.raises(Failure, match=r"reads\.fastq is damaged"):
        downloads.check_archive(path)
    path.write_bytes(bytes(damaged[:200]))
    with pytest.raises(Failure, match="no whole zip"):
        downloads.check_archive(path)


def test_lost_files_are_told(ada_cli: Runstead, run: WorkflowRun, tmp_path: Path) -> None:
    lost = DataFile.objects.exclude(storage_key="").first()
    assert lost is not None
    default_storage.delete(lost.storage_key)
    result = ada_cli.well("crate", "download", run.pk, "-o", tmp_path)
    assert "lost to the registry" in result.stderr


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a.crate.zip"', "a.crate.zip"),
        ("attachment; filename=\"_.zip\"; filename*=UTF-8''%C3%A4.zip", "ä.zip"),
        ('attachment; filename="../../evil.zip"', "evil.zip"),
        ('attachment; filename=".."', "run.crate.zip"),
        ("", "run.crate.zip"),
    ],
)
def test_the_name_is_never_more_than_a_name(header: str, name: str) -> None:
    assert file_name(header) == name


@pytest.mark.once
@needs_contexts
@pytest.mark.usefixtures("contexts")
def test_the_server_judges_a_crate(ada_cli: Runstead, run: WorkflowRun, run_tasks: Any) -> None:
    ada_cli.meanwhile = run_tasks
    assert (
        "passed (provenance-run-crate, REQUIRED, the generated crate)"
        in ada_cli.well("crate", "validate", run.pk).stdout
    )
    words = ("crate", "validate", run.pk, "--severity", "recommended", "--profile", "process-run-crate")
    result = ada_cli(*words)
    assert (result.exit_code, "NOT passed" in result.stdout, "RECOMMENDED" in result.stdout) == (
        1,
        True,
        True,
    )
    assert ada_cli(*words, "--json", "--again").exit_code == 1


@pytest.mark.parametrize(("passed", "said"), [(True, "passed"), (False, "NOT passed"), (None, "not judged")])
def test_a_crate_that_was_not_judged_is_not_called_bad(
    passed: bool | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = {
        "passed": passed,
        "profile": "ro-crate-1.1",
        "severity": "REQUIRED",
        "crate": "original",
        "issues": [],
    }
    show(Output(), "mine", {**report, "remark": "Why."})
    assert capsys.readouterr().out.startswith(f"mine: {said} (")


def test_a_server_that_cannot_judge_says_so(ada_cli: Runstead, ada: User) -> None:
    result = ada_cli("crate", "validate", a_run(ada).pk)
    assert result.exit_code == 1
    assert "warmcontexts" in result.stderr
