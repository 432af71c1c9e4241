"""The benchmark of crates measures what it says, on a small scale."""

from pathlib import Path

import pytest

from benchmarks.crates import __main__ as crates
from benchmarks.crates.__main__ import PACKING, arguments, knowing, measured, packing
from benchmarks.crates.material import kept_record, make_run


@pytest.mark.once
def test_every_packer_packs_and_the_table_tells_how_they_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crates, "TIMES", 1)
    make_run(tmp_path, files=20, jobs=2, large=1, large_size=10_000)
    found = measured(["floor", "ours", "prepared"], tmp_path)
    assert found["ours"]["bytes"] == found["prepared"]["bytes"] > 20 * 2000 + 10_000
    assert found["ours"]["cpu"] > 0
    assert len(list(packing(found))) == 2 + 3
    assert len(list(knowing(found))) == 2


def test_of_several_times_the_one_that_took_least_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr(crates, "_done", lambda deed, directory: {"cpu": next(taken)})
    assert measured(["floor"], tmp_path) == {"floor": {"cpu": 1.0}}


def test_the_record_is_that_of_the_files(tmp_path: Path) -> None:
    record = make_run(tmp_path, files=4, jobs=2, large=1, large_size=10)
    assert kept_record(tmp_path) == record
    files = [file for link in record.datasets for file in link.dataset.files]
    assert len(files) == 5
    for file in files:
        assert (tmp_path / "storage" / file.storage_key).stat().st_size == file.size


def test_in_a_hurry_a_hundredth_is_measured() -> None:
    asked = arguments(["--hurry"])
    assert (asked.files, asked.jobs, asked.large_mib) == (500, 10, 5)
    assert set(PACKING) >= {"floor", "rocrate"}
