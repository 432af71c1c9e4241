"""Which job used what which other job made."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from galaxy_import.answers import DataAnswer, Json
from galaxy_import.translate.definition import sources_of
from galaxy_import.translate.elements import elements_in
from galaxy_import.translate.paths import Places
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import text
from galaxy_import.values import ReadJob
from workflows.records import FileRole, JobFile

Source = tuple[str, str]
_NOBODY: frozenset[str] = frozenset()


class Lineage:
    """The jobs of a run by what they made, collections and their elements included."""

    def __init__(self, plan: Plan, jobs: Sequence[ReadJob], data: DataAnswer) -> None:
        self._plan = plan
        self._elements = {
            identifier: tuple(("hda", one) for one, _ in elements_in(answer))
            for identifier, answer in data.collections.items()
        }
        self._makers: dict[Source, frozenset[str]] = {}
        self._of_step: dict[str, list[ReadJob]] = defaultdict(list)
        self._created_by = {
            identifier: text(told, "creating_job", 64) for identifier, told in data.datasets.items()
        }
        self._learn(jobs)

    def _learn(self, jobs: Sequence[ReadJob]) -> None:
        makers: dict[Source, set[str]] = defaultdict(set)
        for job in jobs:
            self._of_step[job.record.step].append(job)
            for source in self.made(job):
                makers[source].add(job.record.external_id)
        known = {job.record.external_id for job in jobs}
        for identifier, job_id in self._created_by.items():
            if job_id in known:
                makers["hda", identifier].add(job_id)
        self._makers = {source: frozenset(ids) for source, ids in makers.items()}
        self._learn_copies()

    def _learn_copies(self) -> None:
        """The elements of a collection that nobody else made came with it: tools on collections only copy them."""
        for identifier, elements in self._elements.items():
            makers = self._makers.get(("hdca", identifier), _NOBODY)
            for source in elements if makers else ():
                self._makers.setdefault(source, makers)

    def made(self, job: ReadJob) -> Iterator[Source]:
        """What a job made. One whose details could not be read made the outputs of its step, if it is alone there."""
        yield from job.made
        step = self._plan.step_of.get(job.record.step)
        if step and not job.is_known and not step.is_mapped:
            yield from (_source(told) for _, told in step.outputs())

    def after(self, job: ReadJob) -> tuple[str, ...]:
        """The ids of the jobs whose results it used, sorted."""
        found: set[str] = set()
        for source in job.used:
            found |= self._makers.get(source) or self._makers_of_elements(source) or self._copied(job, source)
        return tuple(sorted(found - {job.record.external_id}))

    def _makers_of_elements(self, source: Source) -> frozenset[str]:
        elements = self._elements.get(source[1], ()) if source[0] == "hdca" else ()
        return frozenset().union(*(self._makers.get(one, _NOBODY) for one in elements))

    def _copied(self, job: ReadJob, source: Source) -> frozenset[str]:
        """Who made an element of a collection that was not read: the one job before it that made a collection."""
        step = self._plan.step_of.get(job.record.step)
        if step is None or source[0] != "hda" or self._created_by.get(source[1]):
            return _NOBODY
        prefix = f"{step.parent}." if step.parent else ""
        before = (self._of_step.get(f"{prefix}{order}", []) for order in sources_of(step.definition))
        single = [
            jobs[0] for jobs in before if len(jobs) == 1 and any(src == "hdca" for src, _ in jobs[0].made)
        ]
        return frozenset({single[0].record.external_id}) if len(single) == 1 else _NOBODY

    def files(self, job: ReadJob, places: Places) -> tuple[JobFile, ...]:
        """The files that a job used and made, among those that the run tells of, sorted by role and path."""
        step = self._plan.step_of.get(job.record.step)
        is_mapped = step is not None and step.is_mapped
        made = [
            one for one in self.made(job) if not (is_mapped and one[0] == "hdca")
        ]  # it made one element of it
        found = {(FileRole.USED, path) for path in self._paths(job.used, places)}
        found |= {(FileRole.MADE, path) for path in self._paths(made, places)}
        return tuple(JobFile(path, role) for role, path in sorted(found))

    def _paths(self, sources: Sequence[Source], places: Places) -> Iterator[str]:
        for source in sources:
            for one in (source, *(self._elements.get(source[1], ()) if source[0] == "hdca" else ())):
                path = places.of(one)
                if path:
                    yield path


def _source(told: Json) -> Source:
    return text(told, "src"), text(told, "id", 64)


def states_of(jobs: Sequence[ReadJob]) -> Mapping[str, str]:
    """Galaxy's words for the jobs, by their ids."""
    return {job.record.external_id: job.state for job in jobs}
