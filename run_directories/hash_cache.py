"""Remembers checksums between calls, in a SQLite file of the user's own.

It is a cache: whatever is wrong with it, one works without it.
"""

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

PORTION = 500
WRITTEN_AT_ONCE = 5000
# Long enough for another process to end its write, short enough not to be noticed where locks do not work.
PATIENCE = 2.0
DAY = 24 * 60 * 60
KEPT_DAYS = 180
NANOSECONDS = 10**9
# Some file systems tell times to two seconds: a file that young may change again and look the same.
YOUNG = 2 * NANOSECONDS

SCHEMA = """
CREATE TABLE IF NOT EXISTS hashes (
    path BLOB PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, sha256 BLOB NOT NULL, md5 BLOB NOT NULL, seen INTEGER NOT NULL
) WITHOUT ROWID
"""

_Row = tuple[bytes, int, int, int, int, int, bytes, bytes, int]


@dataclass(frozen=True, slots=True)
class Digest:
    """The checksums of a file in hexadecimal, and how many bytes were read; ``md5`` empty where nobody asked."""

    sha256: str
    md5: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known to be unchanged.

    The time of the last change of the inode is among it: who copies over a file and keeps its time changes that.
    """

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """The stamp of what ``stat`` says; SQLite keeps signed numbers, inodes are unsigned."""
        inode = status.st_ino - 2**64 if status.st_ino >= 2**63 else status.st_ino
        device = status.st_dev - 2**64 if status.st_dev >= 2**63 else status.st_dev
        return cls(device, inode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def is_settled(self) -> bool:
        """Whether the file was left alone long enough for a further change to show in its times."""
        return time.time_ns() - max(self.mtime_ns, self.ctime_ns) > YOUNG


def cache_file() -> Path:
    """Where the cache lies: ``$XDG_CACHE_HOME/runstead/hashes.sqlite``, or below ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(base) if os.path.isabs(base) else Path(os.path.expanduser("~")) / ".cache"
    return home / "runstead" / "hashes.sqlite"


class HashCache:
    """The cache, open. Two processes may use it at once; where it cannot be used it knows and keeps nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or cache_file()
        self._connection = _opened(self.path)
        self._waiting: list[_Row] = []

    def __enter__(self) -> "HashCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_usable(self) -> bool:
        """Whether anything is remembered."""
        return self._connection is not None

    def find(self, stamps: Mapping[str, Stamp], *, md5: bool = False) -> dict[str, Digest]:
        """The checksums of those files that are known and unchanged, by their paths."""
        paths, found = list(stamps), {}
        for start in range(0, len(paths), PORTION):
            for row in self._rows(paths[start : start + PORTION]):
                path = os.fsdecode(row[0])
                if Stamp(*row[1:6]) == stamps[path] and (row[7] or not md5):
                    found[path] = Digest(row[6].hex(), row[7].hex() if md5 else "", row[3])
        return found

    def keep(self, digests: Sequence[tuple[str, Stamp, Digest]]) -> None:
        """Remember checksums, those of files that were changed this very moment excepted."""
        today = int(time.time() // DAY)
        self._waiting += [
            _row(path, stamp, digest, today) for path, stamp, digest in digests if stamp.is_settled()
        ]
        if len(self._waiting) >= WRITTEN_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write down what was to be kept: all of it or, where the process ends within, none."""
        rows, self._waiting = self._waiting, []
        if self._connection is None or not rows:
            return
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO hashes VALUES (?,?,?,?,?,?,?,?,?)", rows)
        except sqlite3.Error as problem:
            self._give_up(problem)

    def close(self) -> None:
        """Write down what was to be kept, and close the file."""
        self.flush()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self, paths: list[str]) -> list[tuple[bytes, int, int, int, int, int, bytes, bytes]]:
        if self._connection is None:
            return []
        marks = ",".join("?" * len(paths))
        columns = "path, device, inode, size, mtime_ns, ctime_ns, sha256, md5"
        wanted = f"SELECT {columns} FROM hashes WHERE path IN ({marks})"
        try:
            return self._connection.execute(wanted, [os.fsencode(path) for path in paths]).fetchall()
        except sqlite3.Error as problem:
            self._give_up(problem)
            return []

    def _give_up(self, problem: sqlite3.Error) -> None:
        """Locked for too long, a full disk, a broken file: go on without."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()
        if type(problem) is sqlite3.DatabaseError:  # broken inside: the next call begins a new one
            with suppress(OSError):
                self.path.unlink()


def _row(path: str, stamp: Stamp, digest: Digest, today: int) -> _Row:
    checksums = bytes.fromhex(digest.sha256), bytes.fromhex(digest.md5)
    times = stamp.mtime_ns, stamp.ctime_ns
    return os.fsencode(path), stamp.device, stamp.inode, stamp.size, *times, *checksums, today


def _opened(path: Path) -> sqlite3.Connection | None:
    try:
        return _connected(path)
    except sqlite3.OperationalError:  # locked, read-only, no room: it may be well the next time
        return None
    except sqlite3.DatabaseError:  # no database, or a broken one: nothing is lost with it
        with suppress(OSError, sqlite3.Error):
            path.unlink()
            return _connected(path)
    except OSError:
        return None
    return None


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # names of files are nobody else's
    # No write-ahead log: homes lie on network file systems, where it is not safe.
    connection = sqlite3.connect(path, timeout=PATIENCE)
    try:
        with connection:
            connection.execute(SCHEMA)
            _forget_old(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _forget_old(connection: sqlite3.Connection) -> None:
    """What was written long ago is hashed anew one day; so files that are gone do not stay for ever."""
    oldest = int(time.time() // DAY) - KEPT_DAYS
    if connection.execute("SELECT 1 FROM hashes WHERE seen < ? LIMIT 1", [oldest]).fetchone():
        connection.execute("DELETE FROM hashes WHERE seen < ?", [oldest])
