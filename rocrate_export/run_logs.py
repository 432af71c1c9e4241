"""The stored logs of a run on their way into its crate: measured one at a time, opened again when it is sent.

A log lies compressed in its row, and goes out without the secrets that stand in it. Its key says which text is meant:
should the log be another one meanwhile, it is not found, as a file is that the storage has lost.
"""

import io
import zlib
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from common.bulk import portions
from rocrate_export.choice import Choice, Include
from rocrate_export.confidential import without_secrets
from rocrate_export.logs import OF_THE_RUN, LogFile, RunLogs
from workflows.log_texts import text_of
from workflows.models import RunLog, WorkflowRunJob
from workflows.records import JobRecord, RunRecord

KEY = "log:"  # keys of the storage never begin so
READ_AT_ONCE = 20


def logs_of(run: UUID, record: RunRecord, choice: Choice) -> RunLogs:
    """The logs that go into the crate of a run, of which ``record`` is the record."""
    rows = RunLog.objects.filter(workflowrun=run)
    packed = _packed(rows, choice)
    numbers = _numbers_of_jobs(run) if packed.exclude(job=None).exists() else {}
    read = packed.order_by("id").iterator(chunk_size=READ_AT_ONCE)
    files = tuple([_measured(row, numbers.get(row.job_id, OF_THE_RUN), record.jobs) for row in read])
    return RunLogs(files, left_out=max(0, rows.count() - len(files)))


def is_log(key: str) -> bool:
    """Whether a key leads to a log, and not into the storage."""
    return key.startswith(KEY)


def open_log(key: str) -> io.BytesIO:
    """The bytes of a log as they go out; FileNotFoundError where it is gone, or not what it was."""
    identifier, _, modified = _parts(key)
    row = RunLog.objects.filter(pk=identifier, modified=modified).values_list("content").first()
    if row is None:
        raise FileNotFoundError(f"{key} is not what it was")
    return io.BytesIO(_open_bytes(text_of(row[0])))


def sizes_of_logs(keys: Iterable[str]) -> dict[str, int]:
    """The bytes of each log that is still what it was."""
    sizes: dict[str, int] = {}
    for some in portions(keys):
        parts = {key: _parts(key) for key in some}
        wanted = {identifier for identifier, _, _ in parts.values()}
        present = dict(RunLog.objects.filter(pk__in=wanted).values_list("pk", "modified"))
        sizes |= {key: size for key, (one, size, modified) in parts.items() if present.get(one) == modified}
    return sizes


def _packed(rows: QuerySet[RunLog], choice: Choice) -> QuerySet[RunLog]:
    if choice.include is Include.NONE:
        return rows.none()
    return rows.filter(size__lte=choice.limit) if choice.include is Include.SMALL else rows


def _numbers_of_jobs(run: UUID) -> dict[UUID | None, int]:
    """The place of each job in the record, whose order is that of the ids."""
    ids = WorkflowRunJob.objects.filter(workflowrun=run).order_by("id").values_list("id", flat=True)
    return {key: number for number, key in enumerate(ids.iterator(), start=1)}


def _measured(row: RunLog, number: int, jobs: tuple[JobRecord, ...]) -> LogFile:
    text = text_of(row.content)
    content = _open_bytes(text)
    excerpt = _excerpt(row.name, jobs[number - 1]) if 0 < number <= len(jobs) else ""
    return LogFile(
        name=row.name,
        key=f"{KEY}{row.pk}|{len(content)}|{row.modified.isoformat()}",
        size=len(content),
        crc32=zlib.crc32(content),
        sha256=sha256(content).hexdigest(),
        job=number,
        holds_excerpt=excerpt.strip() in text,
    )


def _excerpt(name: str, job: JobRecord) -> str:
    return {"stdout": job.stdout, "stderr": job.stderr}.get(name, "")


def _open_bytes(text: str) -> bytes:
    return without_secrets(text).encode("utf-8", "replace")


def _parts(key: str) -> tuple[UUID, int, datetime]:
    identifier, size, modified = key.removeprefix(KEY).split("|")
    return UUID(identifier), int(size), datetime.fromisoformat(modified)
