"""Datasets on the command line: taken up where they broke off, and nothing under a name that is not whole and right."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.storage import default_storage

from accounts.models import ApiToken, User
from data_management.models import Dataset
from runstead_cli import downloads
from runstead_cli.downloads import ATTEMPTS, Partial
from runstead_cli.main import cli
from tests.cli.conftest import Runstead
from tests.cli.wire import SERVER
from tests.factories import a_dataset, a_file, a_link, a_run

CONTENT = bytes(range(256)) * 64  # 16 KiB


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "CHUNK", 1000)


@pytest.fixture
def reads(ada: User) -> Dataset:
    """A dataset with one file."""
    dataset = a_dataset(ada, "Reads", file_count=1, size=len(CONTENT), status="ONLINE")
    a_file(dataset, "reads.fastq", CONTENT)
    return dataset


def ranges(cli: Runstead) -> list[str | None]:
    """The parts that were asked for."""
    return [sent.headers.get("Range") for sent in cli.wire.requests if "/download/" in str(sent.url)]


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_datasets_are_listed_and_shown(ada_cli: Runstead, ada: User, reads: Dataset) -> None:
    a_link(a_run(ada, "The run"), reads, "OUTPUT")
    assert [
        row["name"] for row in ada_cli.json("datasets", "list", "--file", "fastq", "--run", "The run")
    ] == ["Reads"]
    assert "16.0 KiB" in ada_cli.well("datasets", "list").stdout
    told = ada_cli.well("datasets", "show", "Reads").stdout
    assert f"{SERVER}/datasets/{reads.pk}/" in told
    assert "Produced by" in told
    assert "The run" in told
    assert ada_cli.json("datasets", "show", str(reads.pk)[:13])["datafiles"][0]["name"] == "reads.fastq"


def test_a_dataset_is_downloaded(ada_cli: Runstead, reads: Dataset, tmp_path: Path) -> None:
    told = ada_cli.json("datasets", "download", "Reads", "-o", tmp_path / "here")
    assert (tmp_path / "here/reads.fastq").read_bytes() == CONTENT
    assert (told[0]["path"], told[0]["fetched"]) == (str(tmp_path / "here/reads.fastq"), True)
    assert left_in(tmp_path / "here") == {"reads.fastq"}


def test_what_is_there_is_not_fetched_again(ada_cli: Runstead, reads: Dataset, tmp_path: Path) -> None:
    ada_cli.well("datasets", "download", "Reads", "-o", tmp_path)
    before = len(ranges(ada_cli))
    assert ada_cli.json("datasets", "download", "Reads", "-o", tmp_path)[0]["fetched"] is False
    assert len(ranges(ada_cli)) == before


def test_another_file_of_the_name_is_not_overwritten(
    ada_cli: Runstead, reads: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "reads.fastq").write_text("mine")
    assert "is there already" in ada_cli("datasets", "download", "Reads", "-o", tmp_path).stderr
    assert (tmp_path / "reads.fastq").read_text() == "mine"


def test_a_broken_connection_is_taken_up_again(ada_cli: Runstead, reads: Dataset, tmp_path: Path) -> None:
    ada_cli.wire.breaks = [5000, 0, 3000]
    ada_cli.well("datasets", "download", "Reads", "-o", tmp_path)
    assert (tmp_path / "reads.fastq").read_bytes() == CONTENT
    assert ranges(ada_cli) == [None, "bytes=4999-", "bytes=4999-", "bytes=7998-"]
    assert [seconds for seconds in ada_cli.pauses if seconds] == [1.0]


def test_a_connection_that_always_breaks_is_given_up_and_gone_on_with_later(
    ada_cli: Runstead, reads: Dataset, tmp_path: Path
) -> None:
    ada_cli.wire.breaks = [5000] + [0] * ATTEMPTS
    result = ada_cli("datasets", "download", "Reads", "-o", tmp_path)
    assert (result.exit_code, "goes on where it stopped" in result.stderr) == (5, True)
    assert not (tmp_path / "reads.fastq").exists()
    ada_cli.wire.breaks = []
    ada_cli.well("datasets", "download", "Reads", "-o", tmp_path)
    assert ranges(ada_cli)[-1] == "bytes=4999-"
    assert (tmp_path / "reads.fastq").read_bytes() == CONTENT
    assert left_in(tmp_path) >= {"reads.fastq"}
    assert not any(name.endswith((".part", ".tag")) for name in left_in(tmp_path))


def test_stopping_keeps_what_arrived(
    ada_cli: Runstead, reads: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(seconds: float) -> None:
        if seconds:
            raise KeyboardInterrupt

    ada_cli.wire.breaks = [4000, 0]
    ada_cli.meanwhile = lambda: stop(1)
    result = ada_cli("datasets", "download", "Reads", "-o", tmp_path)
    assert (result.exit_code, "goes on from there" in result.stderr) == (130, True)
    assert Partial(tmp_path / "reads.fastq").size == 4000


def test_a_part_of_another_content_is_not_gone_on_with(
    ada_cli: Runstead, reads: Dataset, tmp_path: Path
) -> None:
    partial = Partial(tmp_path / "reads.fastq")
    partial.begin('"an older content"')
    partial.bytes.write_bytes(b"x" * 5000)
    ada_cli.well("datasets", "download", "Reads", "-o", tmp_path)
    assert (tmp_path / "reads.fastq").read_bytes() == CONTENT


def test_a_part_without_a_tag_begins_anew(ada_cli: Runstead, reads: Dataset, tmp_path: Path) -> None:
    Partial(tmp_path / "reads.fastq").bytes.write_bytes(b"x" * 5000)
    ada_cli.well("datasets", "download", "Reads", "-o", tmp_path)
    assert ranges(ada_cli) == [None]
    assert (tmp_path / "reads.fastq").read_bytes() == CONTENT


def test_a_whole_part_is_checked_and_named(ada_cli: Runstead, reads: Dataset, tmp_path: Path) -> None:
    partial = Partial(tmp_path / "reads.fastq")
    partial.begin(f'"{reads.datafiles.get().sha256}"')
    partial.bytes.write_bytes(CONTENT)
    ada_cli.well("datasets", "download", "Reads", "-o", tmp_path)
    assert (tmp_path / "reads.fastq").read_bytes() == CONTENT


def test_a_damaged_content_is_thrown_away(ada_cli: Runstead, reads: Dataset, tmp_path: Path) -> None:
    file = reads.datafiles.get()
    damaged = bytearray(CONTENT)
    damaged[100] ^= 1
    _replace_content(file, bytes(damaged))
    result = ada_cli("datasets", "download", "Reads", "-o", tmp_path)
    assert (result.exit_code, "another SHA-256" in result.stderr) == (1, True)
    assert not any("reads" in name for name in left_in(tmp_path))


def _replace_content(file: Any, content: bytes) -> None:
    Path(default_storage.path(file.storage_key)).write_bytes(content)


def test_a_path_that_leads_out_stays_in(ada_cli: Runstead, ada: User, tmp_path: Path) -> None:
    dataset = a_dataset(ada, "Evil")
    for number, path in enumerate(["../../evil.txt", "/tmp/p6-evil.txt", "deep/down/well.txt"]):
        file = a_file(dataset, f"file-{number}.txt", b"x")
        file.path = path
        file.save()
    ada_cli.well("datasets", "download", "Evil", "-o", tmp_path / "in")
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.txt")}
    assert found == {"in/file-0.txt", "in/file-1.txt", "in/deep/down/well.txt"}


def test_files_that_the_registry_does_not_hold_are_named(
    ada_cli: Runstead, reads: Dataset, tmp_path: Path
) -> None:
    a_file(reads, "later.fastq")
    result = ada_cli("datasets", "download", "Reads", "-o", tmp_path)
    assert (result.exit_code, "later.fastq: NEW" in result.stderr) == (1, True)
    assert (tmp_path / "reads.fastq").exists()


def test_one_file_is_chosen(ada_cli: Runstead, reads: Dataset, tmp_path: Path) -> None:
    a_file(reads, "other.fastq", b"ACGT")
    ada_cli.well("datasets", "download", "Reads", "-o", tmp_path / "in", "--file", "other.fastq")
    assert left_in(tmp_path / "in") == {"other.fastq"}
    assert (
        "it has: other.fastq, reads.fastq" in ada_cli("datasets", "download", "Reads", "--file", "x").stderr
    )


def test_a_real_server_and_a_real_connection_do_the_same(
    live_server: Any, ada: User, reads: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = ApiToken.issue(user=ada, name="tests")
    monkeypatch.setenv("RUNSTEAD_URL", live_server.url)
    monkeypatch.setenv("RUNSTEAD_TOKEN", key)
    partial = Partial(tmp_path / "reads.fastq")
    partial.begin(f'"{reads.datafiles.get().sha256}"')
    partial.bytes.write_bytes(CONTENT[:7777])
    result = CliRunner().invoke(cli, ["--debug", "datasets", "download", "Reads", "-o", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "/download/ 206" in result.stderr
    assert (tmp_path / "reads.fastq").read_bytes() == CONTENT
