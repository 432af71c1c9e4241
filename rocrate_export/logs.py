"""What a run and its jobs wrote, as far as the registry keeps it whole, as files of the crate."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rocrate_export.graph import Reference
from rocrate_export.vocabulary import JOB_LOG_FOLDER, RUN_LOG_FOLDER
from rocrate_export.wording import LOG

if TYPE_CHECKING:
    from rocrate_export.draft import Draft

OF_THE_RUN = 0


@dataclass(frozen=True, slots=True)
class LogFile:
    """A stored log as it goes into an archive, without the secrets that stand in it.

    ``name`` is ``stdout``, ``stderr`` or what the source calls it. ``key`` leads to its bytes, of which ``size``,
    ``crc32`` and ``sha256`` are measured. ``job`` is the place of its job among those of the record, the first is 1;
    the run's own have ``OF_THE_RUN``. ``holds_excerpt`` says that the excerpt in the job's record is part of it.
    """

    name: str
    key: str
    size: int
    crc32: int
    sha256: str
    job: int = OF_THE_RUN
    holds_excerpt: bool = False


@dataclass(frozen=True, slots=True)
class RunLogs:
    """The logs that go into an archive, by their jobs and names, and how many were left out by choice."""

    files: tuple[LogFile, ...] = ()
    left_out: int = 0

    def by_job(self) -> dict[int, list[LogFile]]:
        """The logs of each job, by its place."""
        ordered = sorted(self.files, key=lambda one: (one.job, one.name))
        return {job: list(some) for job, some in groupby(ordered, key=lambda one: one.job)}


NO_LOGS = RunLogs()


def add_logs(draft: "Draft", number: int, said_by: str, action: Reference) -> Sequence[LogFile]:
    """Add the logs of a job, or of the run, as files about its action; returns them."""
    logs = draft.logs.get(number, [])
    for log in logs:
        folder, name = (JOB_LOG_FOLDER, f"{number}.{log.name}") if number else (RUN_LOG_FOLDER, log.name)
        identifier = draft.payload.place(folder, f"{name}.txt", log.key, log.size, log.crc32)
        draft.add_part(
            identifier,
            "File",
            name=f"{log.name} of {said_by}",
            encodingFormat="text/plain",
            about=action,
            contentSize=str(log.size),
            sha256=log.sha256,
            additionalProperty=draft.add_value("detail", LOG, log.name),
        )
    return logs
