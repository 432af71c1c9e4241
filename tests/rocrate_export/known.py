"""A run of which all is known that a registry can know, so that what a judge still misses is not ours to say."""

from dataclasses import replace
from uuid import UUID

from data_management.records import FileRecord
from tests.records import RNASEQ
from workflows.records import DatasetLink, JobRecord, RunRecord, StepRecord

_DIGEST = "@sha256:" + "ab" * 32


def _link(link: DatasetLink, number: int) -> DatasetLink:
    files = (_file(file, 10 * number + place) for place, file in enumerate(link.dataset.files))
    return replace(link, dataset=replace(link.dataset, files=tuple(files)))


def _file(file: FileRecord, number: int) -> FileRecord:
    return replace(file, id=UUID(int=number))


def _job(job: JobRecord) -> JobRecord:
    return replace(
        job,
        container_image=job.container_image + _DIGEST,
        environment={"LC_ALL": "C", **job.environment},
        resources={"cpu_seconds": 1.5, **job.resources},
    )


def _step(step: StepRecord) -> StepRecord:
    return replace(step, container_image=step.container_image + _DIGEST)


def _known() -> RunRecord:
    """RNASEQ without the step that has no tool and the file that lies elsewhere, and with all rows known."""
    workflow = RNASEQ.workflow
    assert workflow is not None
    files = (replace(file, id=UUID(int=1000 + number)) for number, file in enumerate(workflow.files))
    links = (link for link in RNASEQ.datasets if link.dataset.name != "Genome")
    return replace(
        RNASEQ,
        workflow=replace(workflow, files=tuple(files)),
        steps=tuple(_step(one) for one in RNASEQ.steps if one.tool_version),
        jobs=tuple(_job(one) for one in RNASEQ.jobs),
        datasets=tuple(_link(link, number) for number, link in enumerate(links, start=1)),
        license="CC-BY-4.0",
    )


KNOWN = _known()
