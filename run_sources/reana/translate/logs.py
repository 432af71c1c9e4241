"""What was written while a run ran: by the engine, by services, by jobs."""

from collections.abc import Iterator
from typing import Any

import orjson

from run_sources.reana.client import LogsPage
from run_sources.reana.reading import NAME, clean, cut, mapping, text, whole
from workflows.records import LogRecord

OF_JOB, OF_ENGINE = "logs", "engine"
LONGEST_NAME = 100  # characters


def logs_of_jobs(page: LogsPage) -> Iterator[LogRecord]:
    """The log of each job that wrote any. REANA puts standard output and errors into one text."""
    for id, job in page.jobs.items():
        if written := whole(job, "logs"):
            yield LogRecord(OF_JOB, written, cut(clean(str(id)), NAME))


def logs_of_run(page: LogsPage) -> Iterator[LogRecord]:
    """What no job wrote; every page tells it again."""
    if written := whole(page.of_run, "workflow_logs"):
        yield LogRecord(OF_ENGINE, written)
    for name, entries in mapping(page.of_run, "service_logs").items():
        yield from _of_service(clean(str(name)), entries if isinstance(entries, list) else [entries])
    if told := page.of_run.get("engine_specific"):
        yield LogRecord("engine_specific", clean(_as_text(told)))


def _of_service(name: str, entries: list[Any]) -> Iterator[LogRecord]:
    """A service is made of components, for example a scheduler and workers; several may have the same name."""
    texts: dict[str, list[str]] = {}
    for entry in entries:
        component = text(entry, "component", LONGEST_NAME)
        texts.setdefault(component, []).append(whole(entry, "content") or _as_text(entry))
    for component, written in texts.items():
        called = f"service:{name}:{component}" if component else f"service:{name}"
        if any(written):
            yield LogRecord(cut(called, LONGEST_NAME), clean("\n".join(written)))


def _as_text(told: Any) -> str:
    return told if isinstance(told, str) else orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
