"""Which element of a collection each job of a mapped step worked on.

Galaxy says it nowhere: only a collection knows the names of its elements. Of a job whose results stand in a collection
that was read, it is their place there; else it is the element that the job took in, or the pair or list whose elements
it took in.
"""

from collections.abc import Iterator, Mapping, Sequence

from galaxy_import.answers import CollectionAnswer, DataAnswer
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import mapping, objects, text
from galaxy_import.values import ReadJob

_DEEPEST = 12
Parts = tuple[str, ...]


def elements_of_jobs(plan: Plan, jobs: Sequence[ReadJob], data: DataAnswer) -> dict[str, str]:
    """The names of elements by the ids of the jobs that worked on them; nested ones as ``group/sample``."""
    names = {
        identifier: parts for answer in data.collections.values() for identifier, parts in elements_in(answer)
    }
    found: dict[str, str] = {}
    for job in jobs:
        step = plan.step_of.get(job.record.step)
        if step is None or not step.is_mapped:
            continue
        told = _one(names, job.made) or _one(names, job.used)
        if told:
            found[job.record.external_id] = "/".join(told)
            for src, identifier in job.made:
                if src == "hda":
                    names.setdefault(identifier, told)
    return found


def _one(names: Mapping[str, Parts], references: Sequence[tuple[str, str]]) -> Parts:
    """The place of all these elements: of one, its own; of several, that of the collection in which they all lie."""
    told = {names[identifier] for src, identifier in references if src == "hda" and identifier in names}
    if len(told) == 1:
        return told.pop()
    above = {parts[:-1] for parts in told}
    return above.pop() if len(above) == 1 else ()


def elements_in(
    answer: CollectionAnswer, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The datasets of a collection, with their places in it."""
    for element in answer.elements or tuple(objects(answer.collection, "elements")):
        known = mapping(element, "object")
        identifier, name = text(known, "id", 64), text(element, "element_identifier")
        inner = answer.nested.get(identifier)
        if inner is None and text(element, "element_type") == "dataset_collection":
            inner = CollectionAnswer(known)
        if inner is not None and len(above) < _DEEPEST:
            yield from elements_in(inner, (*above, name))
        elif identifier:
            yield identifier, (*above, name)
