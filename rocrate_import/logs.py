"""The logs of a crate, read from its archive while the run is written down, and kept beside the run."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings

from common.storage import CHUNK
from rocrate_export.streams import on_this_disk
from rocrate_import.translate import LogEntry
from rocrate_packages import Limits, Package, open_package
from workflows.log_texts import kept, text_of
from workflows.logs import keep_logs
from workflows.models import WorkflowRun
from workflows.records import LogRecord


@contextmanager
def open_logs(key: str, entries: Sequence[LogEntry], limits: Limits) -> Iterator[Iterable[LogRecord]]:
    """The logs that these entries of the archive under ``key`` hold, one read after the other.

    ``LogRecord.job`` is the job's place in the record: see ``keep_logs_of_crate``.
    """
    if not entries:
        yield ()
        return
    with on_this_disk(key) as path, open_package(path, limits) as package:
        yield (LogRecord(one.name, _text(package, one.entry), str(one.job or "")) for one in entries)


def keep_logs_of_crate(run: WorkflowRun, logs: Iterable[LogRecord]) -> int:
    """Keep logs whose jobs are told by their places in the record, which are those of their ids."""
    ids = run.jobs.order_by("id").values_list("id", flat=True)
    places = {(str(number), 1): key for number, key in enumerate(ids.iterator(), start=1)}
    return keep_logs(run=run, logs=logs, jobs=places)


def _text(package: Package, entry: str) -> str:
    """The text of an entry; of one longer than a log may be its beginning and end, never all of it in memory."""
    with package.open(entry) as stream:
        pieces = codecs.iterdecode(iter(lambda: stream.read(CHUNK), b""), "utf-8", "replace")
        return text_of(kept(pieces, settings.LOG_MAX_BYTES).content)
