"""Files in a storage, and the record of the run that they belong to."""

import hashlib
import os
import pickle
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from common.identifiers import uuid7
from common.storage import key_for
from data_management.records import DatasetRecord, FileRecord, FileStatus
from workflows.records import (
    DatasetLink,
    DataType,
    Engine,
    FileRole,
    FileType,
    JobFile,
    JobRecord,
    RunRecord,
    RunStatus,
    StepRecord,
    WorkflowFileRecord,
    WorkflowRecord,
)

START = datetime(2026, 3, 4, 10, tzinfo=UTC)
SMALL = 2000  # bytes
PIECE = 1024 * 1024
STEPS = 20
RECORD = "record.pickle"


def make_run(directory: Path, *, files: int, jobs: int, large: int, large_size: int) -> RunRecord:
    """Write the files into ``directory/storage`` and keep the record of their run beside it."""
    storage = directory / "storage"
    small = [_file(storage, f"results/sample_{n % jobs:05}/part_{n:06}.bin", SMALL) for n in range(files)]
    big = [_file(storage, f"reads/lane_{n}.bam", large_size) for n in range(large)]
    record = _run(storage, small, big, jobs)
    (directory / RECORD).write_bytes(pickle.dumps(record))
    return record


def kept_record(directory: Path) -> RunRecord:
    """The record of the run whose files lie here."""
    record: RunRecord = pickle.loads((directory / RECORD).read_bytes())
    return record


def _file(storage: Path, path: str, size: int) -> FileRecord:
    key = key_for("data", identifier := uuid7(), path.rpartition("/")[2])
    target = storage / key
    target.parent.mkdir(parents=True, exist_ok=True)
    sha256, crc32 = hashlib.sha256(), 0
    with target.open("wb") as out:
        for piece in _noise(size):
            out.write(piece)
            sha256.update(piece)
            crc32 = zlib.crc32(piece, crc32)
    return FileRecord(
        path.rpartition("/")[2], path, f"/data/ada/{path}", "", "application/octet-stream", size,
        sha256.hexdigest(), "", crc32, FileStatus.ONLINE, key, identifier,
    )  # fmt: skip


def _noise(size: int) -> Iterator[bytes]:
    """Bytes that nothing makes smaller."""
    while size > 0:
        yield os.urandom(min(size, PIECE))
        size -= PIECE


def _run(storage: Path, small: list[FileRecord], big: list[FileRecord], jobs: int) -> RunRecord:
    script = storage / "workflows/main.nf"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_bytes(b"workflow { }\n")
    main = WorkflowFileRecord(
        "main.nf", FileType.MAIN, 13, "0" * 64, "workflows/main.nf", zlib.crc32(b"workflow { }\n")
    )
    outputs = [DatasetRecord(f"Sample {n}", files=tuple(small[n::jobs])) for n in range(jobs)]
    links = [DatasetLink(DatasetRecord("Reads", files=tuple(big)), DataType.INPUT)]
    links += [DatasetLink(one, DataType.OUTPUT) for one in outputs]
    return RunRecord(
        name="Many files",
        workflow=WorkflowRecord("Many files", "1", Engine.NEXTFLOW, files=(main,)),
        status=RunStatus.SUCCESS,
        started_at=START,
        completed_at=START + timedelta(days=1),
        steps=tuple(StepRecord(f"S{n}", f"S{n}", n, tool_name=f"tool{n}") for n in range(STEPS)),
        jobs=tuple(_job(number, one) for number, one in enumerate(outputs)),
        datasets=tuple(links),
        id=uuid7(),
    )


def _job(number: int, made: DatasetRecord) -> JobRecord:
    return JobRecord(
        name=f"S{number % STEPS} ({number})",
        step=f"S{number % STEPS}",
        status=RunStatus.SUCCESS,
        started_at=START,
        completed_at=START + timedelta(minutes=number + 1),
        command_line=f"tool{number % STEPS} --sample {number}",
        exit_code=0,
        resources={"cpu_seconds": number * 1.5, "max_rss_bytes": number * 1000},
        files=tuple(JobFile(file.path, FileRole.MADE) for file in made.files),
    )
