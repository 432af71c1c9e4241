"""The logs of a run and of its tasks, read when they are wanted, one at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from run_sources.errors import NotFound, NotReadable, SourceError
from run_sources.wes.client import WesClient
from run_sources.wes.translate import Json, Said, job_id, read_said
from run_sources.wes.translate.statuses import system_words
from workflows.records import LogRecord

MOST = 32 * 1024 * 1024  # bytes of one log that are read
STREAMS = ("stdout", "stderr")
_CUT = "\n[the rest of this log is longer than what is read, and stays at the server]\n"


@dataclass(frozen=True, slots=True)
class LogOfTask:
    """A log that a task in the run log of WES 1.0 told of."""

    job: str
    name: str
    said: Said


def logs_of_run(client: WesClient, run_url: str, log: Json) -> Iterator[LogRecord]:
    """Output, errors and the system's log of the run itself. ANSI colours stay, as they were written."""
    for name in STREAMS:
        yield from _read(client, name, read_said(log.get(name), run_url))
    if words := system_words(log.get("system_logs")):
        yield LogRecord("system", words)


def logs_of_pages(client: WesClient, run_id: str, run_url: str) -> Iterator[LogRecord]:
    """The same of tasks that the server pages: the pages are asked for again, so that none need be kept."""
    position = 0
    for page in client.tasks(run_id):
        for task in page:
            position += 1
            for one in told_logs(task, position, run_url):
                yield from _read(client, one.name, one.said, one.job)


def logs_of_tasks(client: WesClient, told: Iterable[LogOfTask]) -> Iterator[LogRecord]:
    """The same of tasks that came with the run log."""
    for one in told:
        yield from _read(client, one.name, one.said, one.job)


def told_logs(task: Json, position: int, run_url: str) -> Iterator[LogOfTask]:
    """The logs that a task tells, or where they lie; empty ones are none."""
    for name in STREAMS:
        said = read_said(task.get(name), run_url)
        if said.text or said.path:
            yield LogOfTask(job_id(task, position), name, said)


def _read(client: WesClient, name: str, said: Said, job: str = "") -> Iterator[LogRecord]:
    """A log, fetched if it lies on the server's own host; nothing for one that is elsewhere, or empty."""
    text = said.text or (_fetched(client, said) if said.path else "")
    if text:
        yield LogRecord(name, text, job)


def _fetched(client: WesClient, said: Said) -> str:
    try:
        text, is_whole = client.text_at(said.path, MOST)
    except (NotFound, NotReadable) as problem:
        return f"[{said.raw}]\n[{problem}]\n"
    except SourceError as problem:
        if problem.code == "unavailable":
            raise
        return f"[{said.raw}]\n[{problem}]\n"
    return text if is_whole else text + _CUT
