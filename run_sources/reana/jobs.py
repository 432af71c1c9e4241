"""The jobs of a run, and its logs: told in the same pages, kept in different places."""

from collections.abc import Iterator

from run_sources.reana.client import LogsPage, ReanaClient
from run_sources.reana.reading import mapping, number, whole
from run_sources.reana.translate.jobs import JobReader, last_words
from run_sources.reana.translate.logs import logs_of_jobs, logs_of_run
from run_sources.reana.translate.steps import planned_steps
from run_sources.reana.translate.workflow import kind_of
from run_sources.reana.values import Told
from run_sources.seam import Tells
from workflows.records import JobRecord, LogRecord

KEPT = 8 * 1024 * 1024  # characters of logs that are kept until they are wanted; more are asked for again


class JobsAndLogs:
    """Reads jobs first and gives logs later, with no more than ``kept`` characters of them in memory."""

    def __init__(self, client: ReanaClient, told: Told, *, kept: int = KEPT) -> None:
        self._client, self._told, self._room = client, told, kept
        self._kept: list[LogRecord] | None = []
        self._missing = 0
        self.last_words = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What could not be read."""
        if not self._missing:
            return ()
        return (f"Jobs that are missing, because their logs are too large to be read: {self._missing}.",)

    def read(self, progress: Tells) -> tuple[JobRecord, ...]:
        """All jobs, in the order of their creation."""
        reader = JobReader(kind_of(self._told), planned_steps(self._told.specification))
        progress.begin("JOBS", jobs=self._planned())
        found: list[JobRecord] = []
        for page in self._pages():
            self._note(page, is_first=not found)
            found.extend(reader.read(page.jobs))
            progress.add(jobs=len(page.jobs))
        progress.complete()
        return tuple(found)

    def logs(self) -> Iterator[LogRecord]:
        """The run's own log, then those of its jobs."""
        if self._kept is not None:
            yield from self._kept
            return
        for index, page in enumerate(self._pages()):
            if index == 0:
                yield from logs_of_run(page)
            yield from logs_of_jobs(page)

    def _pages(self) -> Iterator[LogsPage]:
        return self._client.logs(self._told.run_id)

    def _planned(self) -> int:
        """How many jobs are to be read, as far as the server counts them."""
        progress = mapping(self._told.state, "progress")
        return sum(
            number(mapping(progress, name), "total") or 0 for name in ("running", "finished", "failed")
        )

    def _note(self, page: LogsPage, *, is_first: bool) -> None:
        self._missing += page.missing
        if is_first:
            self.last_words = last_words(whole(page.of_run, "workflow_logs"))
            self._keep(logs_of_run(page))
        self._keep(logs_of_jobs(page))

    def _keep(self, logs: Iterator[LogRecord]) -> None:
        """All of them, or none as soon as they are too many."""
        if self._kept is None:
            return
        new = list(logs)
        self._room -= sum(len(log.text) for log in new)
        if self._room < 0:
            self._kept = None
        else:
            self._kept.extend(new)
