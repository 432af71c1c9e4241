"""SHA-256 of many files at the speed of the disk: in threads, and remembered for the next time."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field
from io import FileIO
from itertools import islice
from pathlib import Path
from threading import Event, Lock, local

from run_directories.hash_cache import Digest, HashCache, Stamp

__all__ = ["Digest", "HashCache", "Progress", "hash_files"]

CHUNK = 2**20  # what is read at once; for each of these the interpreter's lock is let go
FILES_AT_ONCE, BYTES_AT_ONCE = 128, 2**26
MOST_WORKERS = 8
ASIDE = 4  # how many portions wait for each worker
REPORTED_EVERY = 0.2  # seconds
TRIES = 2

_buffers = local()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: files and bytes that are done, and how many files the cache knew."""

    files: int
    size: int
    cached: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    path: Path
    place: str
    stamp: Stamp


@dataclass(slots=True)
class _State:
    """What the threads share."""

    md5: bool
    stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    files: int = 0
    size: int = 0
    cached: int = 0

    def add(self, *, files: int = 0, size: int = 0, cached: int = 0) -> None:
        with self.lock:
            self.files, self.size, self.cached = self.files + files, self.size + size, self.cached + cached

    def progress(self) -> Progress:
        return Progress(self.files, self.size, self.cached)


class _Stopped(Exception):
    """The user has had enough."""


def hash_files(
    paths: Iterable[Path],
    *,
    md5: bool = False,
    cache: HashCache | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    workers: int = 0,
) -> dict[Path, Digest]:
    """The checksums of files, by their paths, as they were given.

    A file that cannot be read, or that changes while it is read, is not among them. Without a ``cache`` the
    user's own is opened. ``on_progress`` is called in the caller's thread. An interruption ends it within a
    moment; what was done until then is remembered.
    """
    state = _State(md5)
    with HashCache() if cache is None else nullcontext(cache) as remembered:
        found = _hash(iter(paths), remembered, state, workers or _workers(), on_progress)
    on_progress(state.progress())
    return found


def _workers() -> int:
    return max(2, min(MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))


def _hash(
    paths: Iterator[Path],
    cache: HashCache,
    state: _State,
    workers: int,
    on_progress: Callable[[Progress], None],
) -> dict[Path, Digest]:
    found: dict[Path, Digest] = {}
    running: set[Future[list[tuple[_Wanted, Digest]]]] = set()
    portions = _portions(paths, cache, state, found)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="hash")
    try:
        while True:
            for portion in islice(portions, workers * ASIDE - len(running)):
                running.add(pool.submit(_digests, portion, state))
            if not running:
                return found
            done, running = wait(running, REPORTED_EVERY, FIRST_COMPLETED)
            _take(done, cache, found)
            on_progress(state.progress())
    finally:
        state.stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        _take((one for one in running if not one.cancelled() and one.exception() is None), cache, found)
        cache.flush()


def _take(
    done: Iterable[Future[list[tuple[_Wanted, Digest]]]], cache: HashCache, found: dict[Path, Digest]
) -> None:
    """Note what threads have found, and remember it in one transaction."""
    pairs = [pair for future in done for pair in future.result()]
    found.update((wanted.path, digest) for wanted, digest in pairs)
    cache.keep([(wanted.place, wanted.stamp, digest) for wanted, digest in pairs])


def _portions(
    paths: Iterator[Path], cache: HashCache, state: _State, found: dict[Path, Digest]
) -> Iterator[list[_Wanted]]:
    """What the cache does not know, so much at once that a thread is busy for a while."""
    while asked := list(islice(paths, 4 * FILES_AT_ONCE)):
        looked_at = [wanted for path in asked for wanted in _wanted(path)]
        known = cache.find({one.place: one.stamp for one in looked_at}, md5=state.md5)
        found.update((one.path, known[one.place]) for one in looked_at if one.place in known)
        size = sum(digest.size for digest in known.values())
        # What is not there needs no hashing and is done as well.
        state.add(files=len(known) + len(asked) - len(looked_at), size=size, cached=len(known))
        yield from _divided(one for one in looked_at if one.place not in known)


def _divided(wanted: Iterable[_Wanted]) -> Iterator[list[_Wanted]]:
    portion: list[_Wanted] = []
    size = 0
    for one in wanted:
        portion.append(one)
        size += one.stamp.size
        if len(portion) == FILES_AT_ONCE or size >= BYTES_AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _wanted(path: Path) -> Iterator[_Wanted]:
    try:
        yield _Wanted(path, os.path.abspath(path), Stamp.of(os.stat(path)))
    except (OSError, ValueError):
        return


# --- in the threads -------------------------------------------------------------------------------------------


def _digests(portion: list[_Wanted], state: _State) -> list[tuple[_Wanted, Digest]]:
    found = []
    try:
        for wanted in portion:
            if pair := next(filter(None, (_read(wanted, state) for _ in range(TRIES))), None):
                found.append(pair)
            state.add(files=1)
    except _Stopped:
        pass  # what was read whole is remembered all the same
    return found


def _read(wanted: _Wanted, state: _State) -> tuple[_Wanted, Digest] | None:
    """The file's checksums with the stamp that it had all the while; None where it changed, or is not to be read."""
    try:
        # Not to wait for a writer, should a pipe have come in the file's place.
        flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(wanted.place, flags), "rb", buffering=0) as opened:
            before = os.fstat(opened.fileno())
            if not stat.S_ISREG(before.st_mode):
                return None
            digest = _digest(opened, state)
            after = Stamp.of(os.fstat(opened.fileno()))
    except OSError:
        return None
    is_same = after == Stamp.of(before) and digest.size == after.size
    return (_Wanted(wanted.path, wanted.place, after), digest) if is_same else None


def _digest(opened: FileIO, state: _State) -> Digest:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False) if state.md5 else None
    buffer, size = _buffer(), 0
    while count := opened.readinto(buffer):
        if state.stop.is_set():
            raise _Stopped
        read = buffer[:count]
        sha256.update(read)
        if md5:
            md5.update(read)
        size += count
        state.add(size=count)
    return Digest(sha256.hexdigest(), md5.hexdigest() if md5 else "", size)


def _buffer() -> memoryview:
    """Each thread has one, for all of its files."""
    if not hasattr(_buffers, "own"):
        _buffers.own = memoryview(bytearray(CHUNK))
    found: memoryview = _buffers.own
    return found
