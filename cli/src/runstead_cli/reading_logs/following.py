"""Logs that grow: what is new in each, until the run has ended."""

from collections.abc import Callable
from typing import Any

import click

from runstead_cli.errors import Failure, Refused
from runstead_cli.following import each_look
from runstead_cli.output import clean
from runstead_cli.reading_logs.choosing import Choice, Log, title
from runstead_cli.reading_logs.showing import tell_line
from runstead_cli.session import Session

MOST = 50  # logs that are asked for again and again
FIRST_LINES = 10
NOT_THERE = 416


def follow_logs(session: Session, choice: Choice, *, tail: int | None, colours: bool) -> None:
    """Tell the end of the logs, and what is added to them, with a title wherever another log goes on."""
    follower = Follower(session, choice, FIRST_LINES if tail is None else tail, colours)
    listed = choice.lister(session.api)
    for is_over in each_look(session, choice.run):
        follower.look(listed, is_last=is_over)


class Follower:
    """What was told of each log."""

    def __init__(self, session: Session, choice: Choice, tail: int, colours: bool) -> None:
        self._session, self._path = session, choice.path
        self._tail, self._colours = tail, colours
        self._seen: dict[str, int] = {}  # bytes of what there was, also of what was cut out
        self._told = ""
        self._is_first = True

    def look(self, listed: Callable[[], list[Log]], *, is_last: bool) -> None:
        """Tell what is new; a line that is not whole yet only the last time."""
        logs = listed()
        if len(logs) > MOST:
            raise Failure(
                f"These are {len(logs)} logs, and {MOST} can be followed: narrow them with --job or --name."
            )
        for log in logs:
            if self._seen.get(log["id"]) != log["full_size"]:
                self._tell(log, self._new_of(log, is_last))
        self._is_first = False

    def _new_of(self, log: Log, is_last: bool) -> list[str]:
        """The lines behind those that were told; of a log that is met at the beginning the last ones."""
        before = self._seen.get(log["id"])
        if before is None or before > log["full_size"]:
            lines = self._behind(log, 0, {}, is_last)
            return lines[len(lines) - min(self._tail, len(lines)) :] if self._is_first else lines
        # In a log that is cut nothing is where it was, but the end is the end.
        is_moved = log["is_cut"]
        wanted = f"bytes=-{log['full_size'] - before}" if is_moved else f"bytes={before}-"
        return self._behind(log, before, {"Range": wanted}, is_last)

    def _behind(self, log: Log, before: int, headers: dict[str, str], is_last: bool) -> list[str]:
        """The lines of a part that begins at a place, which is remembered as told."""
        text = self._read(log, headers)
        if not (log["is_cut"] or is_last):
            text = text[: max(text.rfind(b"\n"), text.rfind(b"\r")) + 1]
        self._seen[log["id"]] = log["full_size"] if log["is_cut"] else before + len(text)
        return _lines(text)

    def _read(self, log: Log, headers: dict[str, str]) -> bytes:
        try:
            with self._session.api.stream(f"{self._path}{log['id']}/content/", headers) as answer:
                return answer.content
        except Refused as problem:
            if problem.status == NOT_THERE:
                return b""
            raise

    def _tell(self, log: Log, lines: list[str]) -> None:
        output = self._session.output
        if output.json:
            facts: dict[str, Any] = {"log": log["id"], "job": log["job"], "name": log["name"]}
            for line in lines:
                output.json_line({**facts, "text": line})
            return
        if lines and self._told != log["id"]:
            click.echo(f"==> {clean(title(log))} <==")
            self._told = log["id"]
        for line in lines:
            tell_line(line, colours=self._colours)


def _lines(text: bytes) -> list[str]:
    """What a progress bar drew over is told as lines of its own."""
    return text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").splitlines()
