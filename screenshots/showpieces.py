"""Runs that are hard to show well: very many jobs, nothing at all, endless names, other scripts, and HTML."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from data_management.models import FileTransfer
from screenshots.server import wait_until
from screenshots.traces import ensure_traces
from workflows.models import WorkflowRun, WorkflowVersion
from workflows.records import JobRecord, ParameterRecord, RunRecord, RunStatus, StepRecord
from workflows.services import record_run

TOOLS = (
    "fastqc", "trim_galore", "star_align", "salmon_quant", "samtools_sort", "markduplicates", "featurecounts",
    "rseqc", "qualimap",
)  # fmt: skip
SAMPLES = 111
THOUSAND = "RNA-seq of 111 samples"
NOTHING = "Nothing but a name"
LONG = (
    "A run whose name is so long that it hardly stands in any line: "
    + "differential_expression_of_liver_" * 4
)
SCRIPTS = "肝臓サンプルのRNA-seq解析 · Анализ печени · تحليل الكبد"
HOSTILE = "<script>alert('x')</script> & \"quoted\" 'name'"
VALUES: tuple[Any, ...] = (1, 0.05, True, "GRCh38", ["a", "b"], {"x": {"y": 2}}, None)


def ensure_showpieces(*, with_odd_ones: bool) -> None:
    """Write the runs that are not there yet, and wait until the lab's files are taken in."""
    now = timezone.now().replace(second=0, microsecond=0)
    records = [*(_odd_ones(now) if with_odd_ones else ()), *_usual_ones(now)]
    there = set(WorkflowRun.objects.values_list("name", flat=True))
    for record in records:
        if record.name not in there:
            record_run(record=record, owner=User.objects.get(username="ada"))
    wait_until(lambda: not FileTransfer.objects.filter(state__in=("PENDING", "RUNNING")).exists())
    if with_odd_ones:
        ensure_traces()


def _odd_ones(now: datetime) -> Iterator[RunRecord]:
    yield _run(NOTHING, RunStatus.UNKNOWN)
    yield _run(LONG, RunStatus.CANCELLED, started_at=now - timedelta(hours=30))
    yield _run(
        HOSTILE, RunStatus.PAUSED, description="# Heading\n\n**bold** [link](javascript:alert(1)) <img>"
    )


def _usual_ones(now: datetime) -> Iterator[RunRecord]:
    yield _thousand(now - timedelta(hours=5))
    yield _run(SCRIPTS, RunStatus.RUNNING, started_at=now - timedelta(minutes=12))


def _run(name: str, status: RunStatus, **facts: Any) -> RunRecord:
    return RunRecord(name=name, status=status, **{"workflow": None, **facts})


def _thousand(start: datetime) -> RunRecord:
    chance = random.Random(1)
    version = WorkflowVersion.objects.order_by("workflow__name", "index").first()
    names = [*TOOLS, "multiqc"]
    steps = [StepRecord(key=name, name=name, position=at, tool_name=name, status=RunStatus.SUCCESS)
             for at, name in enumerate(names)]  # fmt: skip
    jobs = [job for sample in range(SAMPLES) for job in _chain(sample, start, chance)]
    return _run(
        THOUSAND,
        RunStatus.FAILED,
        workflow=version.to_record() if version else None,
        message="Job qualimap (sample 7) failed: out of memory",
        started_at=start,
        completed_at=start + timedelta(hours=2, minutes=4),
        steps=tuple(steps),
        jobs=(*jobs, _last(start)),
        parameters=tuple(
            ParameterRecord(f"param_{number:03}", chance.choice(VALUES)) for number in range(120)
        ),
    )


def _chain(sample: int, start: datetime, chance: random.Random) -> Iterator[JobRecord]:
    begin, before = start + timedelta(seconds=chance.randrange(600)), ""
    for tool in TOOLS:
        end = begin + timedelta(seconds=chance.randrange(5, 900))
        yield _job(tool, sample, before, begin, end, chance)
        begin, before = end, f"{tool}-{sample}"


def _job(
    tool: str, sample: int, before: str, begin: datetime, end: datetime, chance: random.Random
) -> JobRecord:
    failed = (tool, sample) == ("qualimap", 7)
    return JobRecord(
        name=f"{tool} (sample {sample})",
        step=tool,
        status=RunStatus.FAILED if failed else RunStatus.SUCCESS,
        started_at=begin,
        completed_at=end,
        exit_code=1 if failed else 0,
        external_id=f"{tool}-{sample}",
        after=(before,) if before else (),
        stdout=f"{tool} done\n" * 5,
        stderr="\x1b[31mERROR\x1b[0m out of memory\n" if failed else "",
        command_line=f"{tool} --threads 4 sample_{sample}.bam",
        resources={"cpus": 4, "memory_bytes": 8 * 2**30, "max_rss": chance.randrange(2**28, 2**33)},
        host=f"node{sample % 7}",
    )


def _last(start: datetime) -> JobRecord:
    begin = start + timedelta(hours=2)
    return JobRecord(
        name="multiqc",
        step="multiqc",
        status=RunStatus.SUCCESS,
        started_at=begin,
        completed_at=begin + timedelta(minutes=3),
        external_id="multiqc",
        after=tuple(f"{TOOLS[-1]}-{sample}" for sample in range(SAMPLES)),
        exit_code=0,
    )
