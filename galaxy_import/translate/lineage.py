"""Which job used what which other job made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from galaxy_import.answers import CollectionAnswer, DataAnswer, Json
from galaxy_import.translate.definition import connections_of
from galaxy_import.translate.elements import elements_in
from galaxy_import.translate.paths import Places
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import text
from galaxy_import.values import ReadJob
from workflows.records import FileRole, JobFile

Source = tuple[str, str]
_Makers = defaultdict[Source, set[str]]
_NOBODY: frozenset[str] = frozenset()


class Lineage:
    """The jobs of a run by what they made, collections and their elements included.

    Who made a dataset is first said by the job that names it among its outputs. A tool on collections names only the
    collection: its elements are copies, of which Galaxy says that the job of the original created them. Galaxy's
    ``creating_job`` is believed where no job of the run claims the dataset.
    """

    def __init__(
        self, plan: Plan, jobs: Sequence[ReadJob], data: DataAnswer, worked_on: Mapping[str, str]
    ) -> None:
        self._plan = plan
        self._worked_on = worked_on
        self._datasets = data.datasets
        self._collections = {one: _Collection(answer, data) for one, answer in data.collections.items()}
        self._makers: dict[Source, frozenset[str]] = {}
        self._of_step: dict[str, list[ReadJob]] = defaultdict(list)
        self._copiers: dict[str, list[ReadJob]] = defaultdict(list)  # by their steps
        self._learn(jobs)

    def _learn(self, jobs: Sequence[ReadJob]) -> None:
        named, copied = _Makers(set), _Makers(set)
        for job in jobs:
            self._of_step[job.record.step].append(job)
            if _collects(job) and (_only_collects(job) or not self._is_mapped(job)):
                self._copiers[job.record.step].append(job)
            for source in self.made(job):
                named[source].add(job.record.external_id)
            for source in self._filled(job):
                copied[source].add(job.record.external_id)
        known = {job.record.external_id for job in jobs}
        created = {("hda", one): {self._creator(one)} for one in self._datasets}
        created = {source: ids for source, ids in created.items() if ids <= known}
        self._makers = {source: frozenset(ids) for source, ids in {**created, **copied, **named}.items()}

    def _creator(self, identifier: str) -> str:
        return text(self._datasets.get(identifier), "creating_job", 64)

    def _filled(self, job: ReadJob) -> Iterator[Source]:
        """The elements of the collections that it names, as far as it is their maker: one of many jobs made some."""
        for source in self.made(job):
            if source[0] == "hdca" and self._is_mapped(job):
                yield from self._share(job, self._collections.get(source[1]))
            else:
                yield from self._elements(source)

    def _share(self, job: ReadJob, collection: "_Collection | None") -> Sequence[Source]:
        """What one of many jobs added to their collection: what it created, or the copies of what it used.

        A copy has the UUID of its original. Where one original stands in several places, the one that the job worked
        on counts.
        """
        if collection is None:
            return ()
        created = collection.by_creator.get(job.record.external_id, ())
        if created or not _only_collects(job):
            return created
        uuids = filter(None, dict.fromkeys(job.uuids_used.values()))
        copies = [one for uuid in uuids for one in collection.by_uuid.get(uuid, ())]
        place = self._worked_on.get(job.record.external_id, "")
        inside = [one for one in copies if place and f"{collection.places[one]}/".startswith(f"{place}/")]
        return inside or copies

    def _elements(self, source: Source) -> Iterable[Source]:
        collection = self._collections.get(source[1]) if source[0] == "hdca" else None
        return collection.places if collection else ()

    def _is_mapped(self, job: ReadJob) -> bool:
        step = self._plan.step_of.get(job.record.step)
        return step is not None and step.is_mapped

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
        found |= self._gave_values(job)
        return tuple(sorted(found - {job.record.external_id}))

    def _gave_values(self, job: ReadJob) -> set[str]:
        """Who made what the job took as a parameter: a job alone in its step, of which only the workflow tells."""
        step = self._plan.step_of.get(job.record.step)
        given = connections_of(step.definition) if step else ()
        orders = {order for name, order in given if _holds(job.record.parameters, name)}
        prefix = f"{step.parent}." if step and step.parent else ""
        before = (self._of_step.get(f"{prefix}{order}", ()) for order in orders)
        return {jobs[0].record.external_id for jobs in before if len(jobs) == 1}

    def _makers_of_elements(self, source: Source) -> frozenset[str]:
        return frozenset().union(*(self._makers.get(one, _NOBODY) for one in self._elements(source)))

    def _copied(self, job: ReadJob, source: Source) -> frozenset[str]:
        """Who made an element of a collection that was not read: the job before it that filled one.

        Of several jobs that copied into it, it is the one that used the original, which has the same UUID.
        """
        step = self._plan.step_of.get(job.record.step)
        if step is None or source[0] != "hda" or self._creator(source[1]):
            return _NOBODY
        prefix = f"{step.parent}." if step.parent else ""
        before = (self._copiers.get(f"{prefix}{order}", []) for _, order in connections_of(step.definition))
        found = [one for jobs in before for one in jobs]
        if len(found) > 1:
            uuid = job.uuids_used.get(source[1], "")
            found = [one for one in found if uuid and uuid in one.uuids_used.values()]
        return frozenset(one.record.external_id for one in found)

    def files(self, job: ReadJob, places: Places) -> tuple[JobFile, ...]:
        """The files that a job used and made, among those that the run tells of, sorted by role and path."""
        made = {one for one in self.made(job) if one[0] != "hdca"} | set(self._filled(job))
        found = {(FileRole.USED, path) for path in self._paths(job.used, places)}
        found |= {(FileRole.MADE, path) for path in self._paths(made, places)}
        return tuple(JobFile(path, role) for role, path in sorted(found))

    def _paths(self, sources: Iterable[Source], places: Places) -> Iterator[str]:
        for source in sources:
            for one in (source, *self._elements(source)):
                path = places.of(one)
                if path:
                    yield path


class _Collection:
    """The places of a collection's elements, and the elements by the jobs that created them and by their UUIDs."""

    def __init__(self, answer: CollectionAnswer, data: DataAnswer) -> None:
        self.places: dict[Source, str] = {}
        self.by_creator: dict[str, list[Source]] = defaultdict(list)
        self.by_uuid: dict[str, list[Source]] = defaultdict(list)
        for identifier, parts in elements_in(answer):
            source, told = ("hda", identifier), data.datasets.get(identifier)
            self.places[source] = "/".join(parts)
            self.by_creator[text(told, "creating_job", 64)].append(source)
            self.by_uuid[text(told, "uuid", 64)].append(source)


def _collects(job: ReadJob) -> bool:
    """Whether a collection is among what it names as made."""
    return any(src == "hdca" for src, _ in job.made)


def _only_collects(job: ReadJob) -> bool:
    """Whether all that it names as made are collections: their elements then are copies of what it used."""
    return _collects(job) and all(src == "hdca" for src, _ in job.made)


def _holds(parameters: Any, name: str) -> bool:
    """Whether there is a value, which no dataset is, under a name like ``condition|lines``."""
    for part in name.split("|"):
        if not isinstance(parameters, dict) or part not in parameters:
            return False
        parameters = parameters[part]
    return parameters is not None


def _source(told: Json) -> Source:
    return text(told, "src"), text(told, "id", 64)


def states_of(jobs: Sequence[ReadJob]) -> Mapping[str, str]:
    """Galaxy's words for the jobs, by their ids."""
    return {job.record.external_id: job.state for job in jobs}
