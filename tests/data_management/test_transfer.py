"""How registered files come into the storage: whole, verified, taken up again, and not from elsewhere."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from accounts.models import User
from common.background import release_orphans
from data_management.models import DataFile, Dataset, FileTransfer
from data_management.tasks import transfer_files
from tests.conftest import Api
from tests.factories import sha256_of

DATA = "/api/v2/data-management/"


def statuses() -> dict[str, str]:
    """The status of each file by its name."""
    return dict(DataFile.objects.order_by("name").values_list("name", "status"))


def stored_names() -> set[str]:
    """Every file below the storage's directory, part files as well."""
    return {one.name for one in Path(settings.STORAGE_DIR).rglob("*") if one.is_file()}


def test_files_are_copied_and_measured(register: Any, with_files: Any, run_tasks: Any, run_dir: Path) -> None:
    register(with_files("results/counts.tsv"))
    run_tasks()
    file, transfer, content = DataFile.objects.get(), FileTransfer.objects.get(), b"gene\tcount\nTP53\t31\n"
    assert (file.status, file.size) == ("ONLINE", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.md5sum == hashlib.md5(content).hexdigest()
    with default_storage.open(file.storage_key) as copy:
        assert copy.read() == content
    assert (run_dir / "results" / "counts.tsv").exists()
    assert (transfer.state, transfer.files_done, transfer.bytes_done) == ("DONE", 1, len(content))
    assert Dataset.objects.get().status == "ONLINE"


@pytest.mark.parametrize(
    "promise",
    [{"sha256": "0" * 64}, {"md5sum": "0" * 32}, {"size": 1}, {"byte": 1}],
    ids=lambda one: str(list(one)),
)
def test_a_file_that_is_not_what_was_promised_is_an_error(
    register: Any, with_files: Any, run_tasks: Any, promise: dict[str, Any]
) -> None:
    register(with_files({"uri": "results/counts.tsv", **promise}, "results/table.csv"))
    run_tasks()
    assert statuses() == {"counts.tsv": "ERROR", "table.csv": "ONLINE"}
    file = DataFile.objects.get(name="counts.tsv")
    assert "expected" in file.error
    assert file.storage_key == ""
    assert Dataset.objects.get().status == "ERROR"
    assert "counts.tsv" not in {name for name in stored_names() if str(file.pk) in name}


def test_a_promise_that_holds_is_kept(register: Any, with_files: Any, run_tasks: Any, run_dir: Path) -> None:
    content = (run_dir / "results" / "counts.tsv").read_bytes()
    promise = {"sha256": sha256_of(content).upper(), "size": len(content)}
    register(with_files({"uri": "results/counts.tsv", **promise}))
    run_tasks()
    assert statuses() == {"counts.tsv": "ONLINE"}


def test_a_moved_file_is_gone_only_after_its_copy_is_verified(
    register: Any, with_files: Any, run_tasks: Any, run_dir: Path
) -> None:
    register(
        with_files("results/counts.tsv", {"uri": "results/table.csv", "sha256": "0" * 64}, transfer="move")
    )
    run_tasks()
    assert not (run_dir / "results" / "counts.tsv").exists()
    assert (run_dir / "results" / "table.csv").exists()
    assert default_storage.exists(DataFile.objects.get(name="counts.tsv").storage_key)


def test_a_referenced_file_is_measured_where_it_lies(
    register: Any, with_files: Any, run_tasks: Any, ada_api: Api, run_dir: Path
) -> None:
    register(with_files("results/counts.tsv", transfer="reference"))
    run_tasks()
    file = DataFile.objects.get()
    assert (file.status, file.storage_key, file.is_managed) == ("ONLINE", "", False)
    assert file.sha256 == sha256_of((run_dir / "results" / "counts.tsv").read_bytes())
    assert ada_api.get(f"{DATA}datafiles/{file.pk}/download/").status_code == 409


def test_a_file_that_grew_since_it_was_registered_is_an_error(
    register: Any, with_files: Any, run_tasks: Any, run_dir: Path
) -> None:
    register(with_files("results/counts.tsv"))
    with (run_dir / "results" / "counts.tsv").open("a") as out:
        out.write("more\n")
    run_tasks()
    assert statuses() == {"counts.tsv": "ERROR"}


def test_a_file_that_went_away_is_an_error_and_the_others_come_in(
    register: Any, with_files: Any, run_tasks: Any, run_dir: Path
) -> None:
    register(with_files("results/counts.tsv", "results/table.csv"))
    (run_dir / "results" / "counts.tsv").unlink()
    run_tasks()
    assert statuses() == {"counts.tsv": "ERROR", "table.csv": "ONLINE"}
    transfer = FileTransfer.objects.get()
    assert (transfer.state, transfer.files_done, transfer.files_failed) == ("DONE", 1, 1)


@pytest.mark.parametrize("swapped", ["counts.tsv", "."])
def test_a_link_that_was_put_in_place_later_is_not_followed(
    register: Any, with_files: Any, run_tasks: Any, run_dir: Path, tmp_path: Path, swapped: str
) -> None:
    """Between registration and copying, the owner may put a link where the file or its folder was."""
    register(with_files("results/counts.tsv"))
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "counts.tsv").write_text("gene\tcount\nTP53\t99\n")  # as long as the right one
    place = (run_dir / "results" / swapped).resolve()
    place.rename(tmp_path / "away")
    place.symlink_to(secret / "counts.tsv" if swapped == "counts.tsv" else secret)
    run_tasks()
    assert statuses() == {"counts.tsv": "ERROR"}
    assert DataFile.objects.get().storage_key == ""


class Killed(BaseException):
    """What a kill -9 looks like from within: nothing that comes after happens."""


def test_an_interrupted_transfer_is_finished_later_and_shows_no_half_file(
    register: Any, with_files: Any, run_tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(with_files("results/counts.tsv", "results/table.csv"))
    transfer, real, calls = FileTransfer.objects.get(), os.fsync, []

    def killed_at_the_second_file(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise Killed
        real(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", killed_at_the_second_file)
        with pytest.raises(Killed):
            transfer_files(str(transfer.pk))
    transfer.refresh_from_db()
    assert transfer.state == "RUNNING"
    assert set(statuses().values()) == {"NEW"}
    assert not DataFile.objects.exclude(storage_key="").exists()
    transfer_files(str(transfer.pk))
    assert set(statuses().values()) == {"NEW"}, "another worker must not take what is still held"
    release_orphans()
    run_tasks()
    transfer.refresh_from_db()
    assert (transfer.state, transfer.attempts, transfer.files_done) == ("DONE", 2, 2)
    assert set(statuses().values()) == {"ONLINE"}
    assert not [name for name in stored_names() if name.endswith(".part")]


def test_a_failed_transfer_can_be_tried_again(
    register: Any, with_files: Any, run_tasks: Any, ada_api: Api, bob: User, run_dir: Path
) -> None:
    register(with_files("results/counts.tsv", "results/table.csv"))
    lost = run_dir / "results" / "counts.tsv"
    lost.rename(run_dir / "aside")
    run_tasks()
    address = f"{DATA}transfers/{FileTransfer.objects.get().pk}/"
    assert Api(bob).post(f"{address}retry/").status_code == 403
    (run_dir / "aside").rename(lost)
    assert ada_api.post(f"{address}retry/").json()["state"] == "PENDING"
    assert ada_api.post(f"{address}retry/").status_code == 409
    run_tasks()
    assert set(statuses().values()) == {"ONLINE"}
    told = ada_api.get(address).json()
    assert (told["state"], told["files_done"], told["files_failed"]) == ("DONE", 2, 0)
    assert Dataset.objects.get().status == "ONLINE"


def test_a_cancelled_transfer_takes_nothing_more_in(register: Any, with_files: Any, run_tasks: Any) -> None:
    register(with_files("results/counts.tsv"))
    FileTransfer.objects.update(state="CANCELLED")
    transfer_files(str(FileTransfer.objects.get().pk))
    assert statuses() == {"counts.tsv": "NEW"}


def test_a_transfer_that_is_gone_is_no_fault(db: None) -> None:
    transfer_files("00000000-0000-7000-8000-000000000000")
