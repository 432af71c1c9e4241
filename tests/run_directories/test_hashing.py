"""Checksums: right, remembered only for files that are unchanged, and never half written down."""

import hashlib
import os
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from run_directories import hash_cache, hashing
from run_directories.hash_cache import HashCache, cache_file
from run_directories.hashing import CHUNK, Progress, hash_files

OLD = time.time() - 3600


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A cache for which no file is too young: those of tests are a moment old."""
    monkeypatch.setattr(hash_cache, "YOUNG", -hash_cache.NANOSECONDS)
    with HashCache(tmp_path / "cache/hashes.sqlite") as opened:
        yield opened


def write(path: Path, content: bytes, mtime: float = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (mtime, mtime))
    return path


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def how_many_cached(paths: list[Path], cache: HashCache, **options) -> int:
    told: list[Progress] = []
    hash_files(paths, cache=cache, on_progress=told.append, **options)
    return told[-1].cached


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=8), st.sampled_from([0, 1, CHUNK - 1, CHUNK, 3 * CHUNK + 7]))
def test_checksums_are_those_of_the_standard_library(tmp_path, contents, more):
    whole = [*contents, b"x" * more]
    paths = [write(tmp_path / f"{number}", one) for number, one in enumerate(whole)]
    with HashCache(tmp_path / "hashes.sqlite") as cache:
        found = hash_files(paths, cache=cache, md5=True)
    for path, content in zip(paths, whole, strict=True):
        digest = found[path]
        assert digest.sha256 == sha256(content)
        assert digest.md5 == hashlib.md5(content).hexdigest()
        assert digest.size == len(content)


def test_many_files_are_all_hashed(tmp_path, cache):
    paths = [write(tmp_path / f"{number % 7}/{number}", b"%d" % number) for number in range(1500)]
    found = hash_files(paths, cache=cache)
    assert {path: digest.sha256 for path, digest in found.items()} == {
        path: sha256(path.name.encode()) for path in paths
    }


def test_what_is_unchanged_is_not_read_again(tmp_path, cache, monkeypatch):
    paths = [write(tmp_path / f"{number}", b"x%d" % number) for number in range(600)]
    first = hash_files(paths, cache=cache)
    monkeypatch.setattr(hashing, "_read", lambda *given: pytest.fail("it was read again"))
    assert how_many_cached(paths, cache) == 600
    assert hash_files(paths, cache=cache) == first


@pytest.mark.parametrize(
    "change",
    [
        lambda path: write(path, b"y" * 5, OLD + 1),
        lambda path: write(path, b"y" * 6),
        lambda path: os.replace(write(path.with_name("new"), b"y" * 5), path),
    ],
    ids=["another time", "another size", "another file in its place"],
)
def test_what_was_changed_is_read_again(tmp_path, cache, change):
    path = write(tmp_path / "a", b"x" * 5)
    hash_files([path], cache=cache)
    change(path)
    assert hash_files([path], cache=cache)[path].sha256 == sha256(path.read_bytes())


def test_a_file_of_this_very_moment_is_not_remembered(tmp_path):
    with HashCache(tmp_path / "hashes.sqlite") as cache:
        path = write(tmp_path / "a", b"x")  # its own time is old, but not that of its inode
        hash_files([path], cache=cache)
        assert how_many_cached([path], cache) == 0


def test_a_file_that_was_changed_under_its_old_time_is_not_known(cache):
    then = hash_cache.Stamp(1, 2, 3, 4, 5)
    cache.keep([("/a", then, hashing.Digest("ab", "", 3))])
    cache.flush()
    assert cache.find({"/a": then})
    assert not cache.find({"/a": replace(then, ctime_ns=6)})


def test_a_checksum_that_was_not_asked_for_before_is_made(tmp_path, cache):
    path = write(tmp_path / "a", b"x")
    hash_files([path], cache=cache)
    assert hash_files([path], cache=cache, md5=True)[path].md5 == hashlib.md5(b"x").hexdigest()
    assert how_many_cached([path], cache, md5=True) == 1
    assert hash_files([path], cache=cache)[path].md5 == ""


def test_what_is_not_there_is_not_among_them_and_holds_up_nothing(tmp_path, cache):
    missing = [tmp_path / f"no-{number}" for number in range(1000)]
    path = write(tmp_path / "a", b"x")
    told: list[Progress] = []
    assert set(hash_files([*missing, path], cache=cache, on_progress=told.append)) == {path}
    assert told[-1].files == 1001


def test_a_directory_and_a_pipe_have_no_checksum(tmp_path, cache):
    (tmp_path / "d").mkdir()
    os.mkfifo(tmp_path / "p")
    assert hash_files([tmp_path / "d", tmp_path / "p"], cache=cache) == {}


def test_a_file_that_changes_while_it_is_read_is_read_once_more(tmp_path, cache, monkeypatch):
    path = write(tmp_path / "a", b"x")
    reading = hashing._digest

    def change_once(opened, state):
        digest = reading(opened, state)
        if path.read_bytes() == b"x":
            write(path, b"longer")
        return digest

    monkeypatch.setattr(hashing, "_digest", change_once)
    assert hash_files([path], cache=cache)[path].sha256 == sha256(b"longer")


def test_a_file_that_keeps_changing_has_no_checksum(tmp_path, cache, monkeypatch):
    path = write(tmp_path / "a", b"x")
    reading = hashing._digest

    def change(opened, state):
        digest = reading(opened, state)
        write(path, path.read_bytes() + b"x")
        return digest

    monkeypatch.setattr(hashing, "_digest", change)
    assert hash_files([path], cache=cache) == {}


def test_progress_tells_of_every_file_and_byte_in_the_callers_thread(tmp_path, cache):
    paths = [write(tmp_path / f"{number}", b"x" * 100) for number in range(300)]
    told: list[Progress] = []
    threads = set()

    def note(progress: Progress) -> None:
        told.append(progress)
        threads.add(threading.current_thread())

    hash_files(paths, cache=cache, on_progress=note)
    assert told[-1] == Progress(300, 30_000, 0)
    assert threads == {threading.current_thread()}
    assert [one.files for one in told] == sorted(one.files for one in told)


# --- interrupted ----------------------------------------------------------------------------------------------


def test_an_interruption_ends_it_and_keeps_what_was_done(tmp_path, cache):
    paths = [write(tmp_path / f"{number}", b"x%d" % number) for number in range(3000)]

    def interrupt(progress: Progress) -> None:
        if progress.files >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hash_files(paths, cache=cache, on_progress=interrupt)
    with HashCache(cache.path) as again:
        kept = how_many_cached(paths, again)
        assert 0 < kept <= 3000
        assert hash_files(paths, cache=again)[paths[0]].sha256 == sha256(b"x0")
    assert not [one for one in threading.enumerate() if one.name.startswith("hash")]


def test_an_interruption_within_a_large_file_remembers_nothing_of_it(tmp_path, cache, monkeypatch):
    path = write(tmp_path / "large", b"x" * (4 * CHUNK))
    has_begun, reading = threading.Event(), hashing._digest

    def begin(opened, state):
        has_begun.set()
        state.stop.wait(10)
        return reading(opened, state)

    def interrupt(progress: Progress) -> None:
        if has_begun.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr(hashing, "_digest", begin)
    with pytest.raises(KeyboardInterrupt):
        hash_files([path], cache=cache, on_progress=interrupt)
    assert has_begun.is_set()
    assert not cache.find({str(path): hash_cache.Stamp.of(path.stat())})


# --- the cache ------------------------------------------------------------------------------------------------


def test_the_cache_lies_where_the_desktop_wants_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_file() == tmp_path / "runstead/hashes.sqlite"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_file() == tmp_path / "home/.cache/runstead/hashes.sqlite"


def test_nobody_else_can_read_the_cache(cache):
    assert cache.path.stat().st_mode & 0o077 == 0
    assert cache.path.parent.stat().st_mode & 0o077 == 0


def test_two_processes_may_use_it_at_once(tmp_path, cache):
    with HashCache(cache.path) as other:
        one, two = write(tmp_path / "1", b"1"), write(tmp_path / "2", b"2")
        hash_files([one], cache=cache)
        hash_files([two], cache=other)
        assert how_many_cached([one, two], cache) == how_many_cached([one, two], other) == 2


def test_a_cache_that_another_has_locked_is_done_without(tmp_path, monkeypatch):
    monkeypatch.setattr(hash_cache, "PATIENCE", 0.05)
    path = write(tmp_path / "a", b"x")
    with HashCache(tmp_path / "hashes.sqlite") as cache:
        other = sqlite3.connect(cache.path)
        other.execute("BEGIN EXCLUSIVE")
        assert hash_files([path], cache=cache)[path].sha256 == sha256(b"x")
        assert not cache.is_usable
        other.close()


def test_a_home_that_takes_no_files_is_done_without(tmp_path):
    in_the_way = write(tmp_path / "file", b"")
    path = write(tmp_path / "a", b"x")
    with HashCache(in_the_way / "runstead/hashes.sqlite") as cache:
        assert not cache.is_usable
        assert hash_files([path], cache=cache)[path].sha256 == sha256(b"x")


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_cache_is_begun_anew(tmp_path, content, monkeypatch):
    monkeypatch.setattr(hash_cache, "YOUNG", -hash_cache.NANOSECONDS)
    file = write(tmp_path / "hashes.sqlite", content)
    path = write(tmp_path / "a", b"x")
    with HashCache(file) as cache:
        hash_files([path], cache=cache)
    with HashCache(file) as cache:
        assert how_many_cached([path], cache) == 1


def test_what_was_written_down_long_ago_is_forgotten(tmp_path, cache):
    path = write(tmp_path / "a", b"x")
    hash_files([path], cache=cache)
    cache.close()
    with sqlite3.connect(cache.path) as connection:
        connection.execute("UPDATE hashes SET seen = seen - ?", [hash_cache.KEPT_DAYS + 1])
    connection.close()
    with HashCache(cache.path) as again:
        assert how_many_cached([path], again) == 0


def test_names_that_are_no_text_are_remembered(tmp_path, cache):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    write(path, b"x")
    hash_files([path], cache=cache)
    assert how_many_cached([path], cache) == 1


def test_large_numbers_of_file_systems_fit():
    status = [0, 2**64 - 1, 2**64 - 2, 1, 0, 0, 5, 0, 0, 0, *[0.0] * 3, *[0] * 3]
    stamp = hash_cache.Stamp.of(os.stat_result(status))
    assert (stamp.inode, stamp.device, stamp.size) == (-1, -2, 5)
