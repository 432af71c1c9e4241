"""Jobs, a page at a time."""

import shlex
from collections.abc import Iterator
from typing import Any

from run_sources.reana.reading import (
    IMAGE,
    NAME,
    WORD,
    Json,
    clean,
    cut,
    not_before,
    text,
    time_of,
    whole,
)
from run_sources.reana.translate.statuses import status_of_job
from run_sources.reana.translate.steps import SERIAL, requested_of
from workflows.records import JobRecord, RunStatus

LAST_WORDS = 500  # characters of a log that say why a job failed


class JobReader:
    """Translates the jobs of one run in the order of their creation.

    Only a serial run says what came after what: each job after the one before. Of others no order is made up.
    """

    def __init__(self, kind: str, planned: dict[str, Json]) -> None:
        self._is_serial = kind == SERIAL
        self._requested = {key: requested_of(step) for key, step in planned.items()}
        self._partitions = {key: text(step, "slurm_partition", NAME) for key, step in planned.items()}
        self._before = ""

    def read(self, jobs: Json) -> Iterator[JobRecord]:
        """The next jobs, by their UUIDs."""
        for id, job in jobs.items():
            yield self._job(cut(clean(str(id)), NAME), job)

    def _job(self, id: str, job: Any) -> JobRecord:
        step = text(job, "job_name", NAME)
        word, start = text(job, "status", WORD), time_of(job, "started_at")
        status = status_of_job(word)
        after = (self._before,) if self._is_serial and self._before else ()
        self._before = id
        return JobRecord(
            name=step or id,
            step=step,
            status=status,
            source_status=word,
            started_at=start,
            completed_at=not_before(time_of(job, "finished_at"), start),
            command_line=_command(job),
            container_image=text(job, "docker_img", IMAGE),
            external_id=id,
            message=last_words(whole(job, "logs")) if status == RunStatus.FAILED else "",
            after=after,
            requested=dict(self._requested.get(step, {})),
            scheduler=self._scheduler(step, job),
        )

    def _scheduler(self, step: str, job: Any) -> dict[str, str]:
        told = {
            "kind": text(job, "compute_backend", WORD).lower(),
            "job_id": text(job, "backend_job_id", NAME),
            "partition": self._partitions.get(step, ""),
        }
        return {name: value for name, value in told.items() if value}


def last_words(log: str) -> str:
    """The last line of a log that says something."""
    return cut(next((line.strip() for line in reversed(log.splitlines()) if line.strip()), ""), LAST_WORDS)


def _command(job: Any) -> str:
    """A command is told as a text, or as its words."""
    told = job.get("cmd") if isinstance(job, dict) else None
    if isinstance(told, list):
        return clean(shlex.join(str(word) for word in told))
    return whole(job, "cmd").strip()
