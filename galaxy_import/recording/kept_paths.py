"""The places of datasets among a run's files stay as they were told first, whatever a later import would choose.

While a subworkflow is still being planned, its labelled outputs are not known as such; and formats are edited in
Galaxy. Files that were made under a path keep it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from galaxy_import.models import GalaxyDataset
from galaxy_import.translate.paths import apart
from galaxy_import.values import Condition, GalaxyData, GalaxyFile, GalaxyRun
from workflows.records import JobRecord

Source = tuple[str, str]  # src, id


def paths_of_run(run_id: Any) -> dict[Source, str]:
    """The paths that a run's datasets have, the first one of each; one that is not made yet has none for good."""
    rows = GalaxyDataset.objects.filter(workflowrun=run_id).exclude(path="")
    rows = rows.exclude(condition=Condition.PENDING).order_by("-id")
    columns = rows.values_list("src", "galaxy_id", "path")
    return {(src, key): path for src, key, path in columns.iterator(chunk_size=2000)}


def with_kept_paths(told: GalaxyRun, known: Mapping[Source, str]) -> GalaxyRun:
    """The run, with the paths in ``known`` for what has one there; what is new never takes one of these."""
    now = {file.path: path for file, path in _paths(told, known)}
    if all(before == after for before, after in now.items()):
        return told
    jobs = tuple(_job(one, now) for one in told.record.jobs)
    data = tuple(_data(one, now) for one in told.data)
    return replace(told, record=replace(told.record, jobs=jobs), data=data)


def _paths(told: GalaxyRun, known: Mapping[Source, str]) -> Iterator[tuple[GalaxyFile, str]]:
    taken = {path.lower(): source for source, path in known.items()}
    for file in (file for one in told.data for file in one.files if file.path):
        source = file.src, file.id
        path = known.get(source, file.path)
        if taken.setdefault(path.lower(), source) != source:
            path = apart(file.path, file.id)
        yield file, path


def _job(job: JobRecord, now: Mapping[str, str]) -> JobRecord:
    files = tuple(replace(one, path=now.get(one.path, one.path)) for one in job.files)
    return replace(job, files=files) if files != job.files else job


def _data(one: GalaxyData, now: Mapping[str, str]) -> GalaxyData:
    files = tuple(replace(file, path=now.get(file.path, file.path)) for file in one.files)
    recorded = tuple(replace(file, path=now.get(file.path, file.path)) for file in one.dataset.files)
    return replace(one, files=files, dataset=replace(one.dataset, files=recorded))
