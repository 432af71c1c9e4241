"""What Galaxy said before of jobs that have ended, so that a run that is followed is not asked for whole each time."""

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import orjson

from galaxy_import.answers import Json
from run_import.models import ImportedRun
from run_import.recording.keeping import AnswerWriter, read_lines

ENDED = {"ok", "error", "failed", "deleted", "skipped", "stopped"}  # states in which a job stays
WHO = "/api/users/current"
_OF_JOB = re.compile(r"/?api/jobs/(?P<id>[0-9a-f]+)(?P<metrics>/metrics)?/?(?:\?.*)?")


class KnownJobs(Mapping[tuple[str, str], bytes]):
    """``[detail, metrics]`` as JSON by the job's id and the time of its last change; held compressed.

    What was looked up counts as used. ``asked_by`` is the id of the account that was told, empty for nobody's.
    """

    def __init__(self) -> None:
        self.asked_by = ""
        self._details: dict[tuple[str, str], bytes] = {}
        self._metrics: dict[str, bytes] = {}
        self._used: dict[tuple[str, str], None] = {}

    def __getitem__(self, key: tuple[str, str]) -> bytes:
        detail, *metrics = (orjson.loads(line)["body"] for line in self._lines(key))
        self._used[key] = None
        return orjson.dumps([detail, *metrics] if metrics else [detail, []])

    def __contains__(self, key: object) -> bool:
        return key in self._details

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._details)

    def __len__(self) -> int:
        return len(self._details)

    def take(self, line: bytes) -> None:
        """Take in a line of the answers that were kept, where it tells of a job that has ended."""
        answer = orjson.loads(line)
        if answer.get("path") == WHO and isinstance(answer.get("body"), dict):
            self.asked_by = str(answer["body"].get("id") or "")
        found = _OF_JOB.fullmatch(str(answer.get("path", "")))
        if found is None or answer.get("status") != 200:
            return
        if found["metrics"]:
            self._metrics[found["id"]] = zlib.compress(line, 1)
        elif _has_ended(answer.get("body")):
            self._details[found["id"], answer["body"].get("update_time", "")] = zlib.compress(line, 1)

    def told_to(self, user: Json) -> "KnownJobs":
        """What may stand for asking again: all of it for the same account, nothing for one that may see more."""
        return self if self.asked_by == str(user.get("id") or "") else KnownJobs()

    def keep_used(self, answers: AnswerWriter) -> None:
        """Write down what was used as if it had been answered anew, so that the new file is whole."""
        for key in self._used:
            for line in self._lines(key):
                answers.add_line(line)

    def _lines(self, key: tuple[str, str]) -> list[bytes]:
        """The line of the detail, and that of the metrics where there is one."""
        packed = [self._details[key], self._metrics.get(key[0])]
        return [zlib.decompress(line).rstrip(b"\n") for line in packed if line is not None]


def known_jobs(invocation: ImportedRun | None) -> KnownJobs:
    """The jobs of the answers that were kept last; none, where there are no answers or the file is lost."""
    known = KnownJobs()
    if invocation is not None and invocation.answers_key:
        with suppress(OSError, EOFError, zlib.error, orjson.JSONDecodeError):
            for line in read_lines(invocation.answers_key):
                known.take(line)
    return known


def _has_ended(detail: Any) -> bool:
    return isinstance(detail, dict) and detail.get("state") in ENDED
