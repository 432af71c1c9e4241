"""Files that come whole or not at all: taken up where they broke off, checked, and only then given their name."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runstead_cli.errors import Failure, Unreachable
from runstead_cli.progress import Bar
from runstead_cli.session import Session

if TYPE_CHECKING:
    import requests

CHUNK = 64 * 1024  # what a connection that breaks may cost
ATTEMPTS = 5  # in a row without a single new byte
PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Partial:
    """What is there of a file: its bytes, and beside them the tag of the content that they are the beginning of."""

    target: Path

    @property
    def bytes(self) -> Path:
        """The beginning of the file."""
        return self.target.with_name(f".{self.target.name}.part")

    @property
    def tag_file(self) -> Path:
        """Where the tag stands."""
        return self.target.with_name(f".{self.target.name}.part.tag")

    @property
    def size(self) -> int:
        """How much is there."""
        return self.bytes.stat().st_size if self.bytes.exists() else 0

    @property
    def headers(self) -> dict[str, str]:
        """What asks for the rest, or for all if the content is another one by now.

        The last byte is asked for once more: of what is there whole already, there would be no rest to be had.
        """
        tag = self.tag_file.read_text(encoding="utf-8") if self.tag_file.exists() else ""
        if not tag or not self.size:
            return {}
        return {"Range": f"bytes={self.size - 1}-", "If-Range": tag}

    def begin(self, tag: str) -> None:
        """Forget what was there."""
        self.bytes.write_bytes(b"")
        if tag and not tag.startswith("W/"):
            self.tag_file.write_text(tag, encoding="utf-8")
        else:
            self.tag_file.unlink(missing_ok=True)

    def drop(self) -> None:
        """Nothing of it stays."""
        self.bytes.unlink(missing_ok=True)
        self.tag_file.unlink(missing_ok=True)

    def finish(self) -> None:
        """The file stands under its name."""
        os.replace(self.bytes, self.target)
        self.tag_file.unlink(missing_ok=True)


Ask = Callable[[dict[str, str]], "requests.Response"]


def fetch(session: Session, ask: Ask, target: Path, bar: Bar, check: Callable[[Path], None]) -> None:
    """Bring the content that ``ask(headers)`` answers with to ``target``.

    A connection that breaks is taken up again; so is, by the next call, what was stopped. ``check`` raises if the
    bytes are not what they should be; then nothing of them stays.
    """
    partial, without_progress = Partial(target), 0
    while without_progress < ATTEMPTS:
        session.pause(PAUSES[without_progress])
        before = partial.size
        if _is_whole(ask, partial, bar):
            _verify(partial, check)
            return
        without_progress = 0 if partial.size > before else without_progress + 1
    raise Unreachable(
        f"The connection broke off {ATTEMPTS} times in a row; the same command goes on where it stopped."
    )


def _is_whole(ask: Ask, partial: Partial, bar: Bar) -> bool:
    """Take what comes of one request."""
    import requests

    with ask(partial.headers) as answer:
        start = _start_of(answer, partial)
        total = start + int(answer.headers["Content-Length"]) if "Content-Length" in answer.headers else None
        try:
            with partial.bytes.open("r+b") as file:
                file.seek(start)
                for piece in _pieces(answer):
                    file.write(piece)
                    bar.update(file.tell(), total)
        except requests.RequestException:
            return False
    return total is None or partial.size == total


def _start_of(answer: "requests.Response", partial: Partial) -> int:
    """Where the answer goes on; from the beginning where the server does not give the rest of what is there."""
    if answer.status_code == 206:
        start = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
        if start == str(partial.size - 1):
            return partial.size - 1
        partial.drop()
        raise Failure("The server sent another part of the file than was asked for; try again.")
    partial.begin(answer.headers.get("ETag", ""))
    return 0


def _pieces(answer: "requests.Response") -> Iterator[bytes]:
    yield from answer.iter_content(CHUNK)


def _verify(partial: Partial, check: Callable[[Path], None]) -> None:
    try:
        check(partial.bytes)
    except Failure:
        partial.drop()
        raise
    partial.finish()


def must_have_sha256(expected: str) -> Callable[[Path], None]:
    """A check of a file's checksum; none where it is not known."""

    def check(path: Path) -> None:
        if expected and sha256_of(path) != expected:
            raise Failure(
                "What arrived has another SHA-256 than the registry says, and was thrown away; try again."
            )

    return check


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_archive(path: Path) -> None:
    """Read all that is in it: the archive keeps a checksum of each file."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, EOFError) as error:
        raise Failure("What arrived is no whole zip archive, and was thrown away; try again.") from error
    if damaged:
        raise Failure(f"{damaged} is damaged in the archive that arrived, which was thrown away; try again.")
