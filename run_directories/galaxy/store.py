"""Galaxy's model store: the lists of objects in its ``*_attrs.txt``, each object by its id.

The ids are those of the export, encoded with a secret of their own; they are not those of the server's API.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from run_directories.galaxy.values import mapping, objects, text, texts
from run_directories.reading import is_within, json_of, text_of
from run_directories.sniffers import NotThisEngine, Unreadable

INVOCATIONS = "invocation_attrs.txt"
EXPORT = "export_attrs.txt"
_DEEPEST = 12
_MOST_ELEMENTS = 1_000_000
Objects = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Store:
    """What an export holds.

    ``collections`` are those that stand in a history; those within others have ids of another kind, which may be
    the same. ``mapped`` are the ids of the jobs of each step that was mapped over a collection.
    """

    directory: Path
    invocations: Objects = field(default_factory=dict)
    jobs: Objects = field(default_factory=dict)
    datasets: Objects = field(default_factory=dict)
    collections: Objects = field(default_factory=dict)
    inner_collections: Objects = field(default_factory=dict)
    mapped: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def may_hold(self, path: Path) -> bool:
        """Whether the path lies in the export, links followed; one that is no path at all does not."""
        try:
            return is_within(path, self.directory)
        except ValueError:  # NUL, or letters that no name of a file can have
            return False

    def roots(self) -> list[dict[str, Any]]:
        """The invocations that are not a subworkflow's, the newest first."""
        nested = {identifier for one in self.invocations.values() for _, identifier in nested_in(one)}
        roots = [one for identifier, one in self.invocations.items() if identifier not in nested]
        return sorted(roots, key=lambda one: text(one, "create_time"), reverse=True)

    def elements(self, collection: str) -> list[tuple[str, tuple[str, ...]]]:
        """The ids of a collection's datasets, with their places in it."""
        found = self._elements(mapping(self.collections.get(collection), "collection"), ())
        return list(islice(found, _MOST_ELEMENTS))

    def _elements(
        self, collection: dict[str, Any], above: tuple[str, ...]
    ) -> Iterable[tuple[str, tuple[str, ...]]]:
        if "elements" not in collection:  # named only: it is told elsewhere in the list
            collection = self.inner_collections.get(text(collection, "encoded_id"), {})
        for element in objects(collection, "elements"):
            place = (*above, text(element, "element_identifier"))
            if dataset := text(mapping(element, "hda"), "encoded_id"):
                yield dataset, place
            elif len(above) < _DEEPEST:
                yield from self._elements(mapping(element, "child_collection"), place)


def nested_in(invocation: dict[str, Any]) -> list[tuple[int, str]]:
    """The subworkflows' invocations: the place of the step, and the invocation's id."""
    told = objects(invocation, "subworkflow_invocations")
    return [
        (one["order_index"], text(mapping(one, "subworkflow_invocation"), "encoded_id"))
        for one in told
        if isinstance(one.get("order_index"), int)
    ]


def holds_invocation(directory: Path) -> bool:
    """Whether it is an export that has an invocation; one of a history may have none."""
    if not (directory / EXPORT).is_file() or not (directory / INVOCATIONS).is_file():
        return False
    return text_of(directory / INVOCATIONS, directory, 64).split() not in ([], ["[]"], ["[", "]"])


def read_store(directory: Path) -> Store:
    """Everything that the export tells. NotThisEngine, Unreadable."""
    if not holds_invocation(directory):
        raise NotThisEngine(f"{directory} is no export of Galaxy that holds an invocation.")
    mapped = _listed(directory, "implicit_collection_jobs_attrs.txt")
    collections = _listed(directory, "collections_attrs.txt")
    return Store(
        directory=directory,
        invocations=_by_id(_listed(directory, INVOCATIONS)),
        jobs=_by_id(_listed(directory, "jobs_attrs.txt")),
        datasets=_by_id(_listed(directory, "datasets_attrs.txt")),
        collections=_by_id([one for one in collections if mapping(one, "collection")]),
        inner_collections=_by_id([one for one in collections if not mapping(one, "collection")]),
        mapped={key: _jobs_of(one) for key, one in _by_id(mapped).items()},
    )


def _listed(directory: Path, name: str) -> list[Any]:
    told = json_of(directory / name, directory)
    if told is None:
        return []
    if not isinstance(told, list):
        raise Unreadable(f"{directory / name} holds no list; export the invocation from Galaxy again.")
    return told


def _by_id(told: list[Any]) -> Objects:
    found: Objects = {}
    for one in told:
        if isinstance(one, dict) and (identifier := text(one, "encoded_id")):
            found.setdefault(identifier, one)
    return found


def _jobs_of(mapped: dict[str, Any]) -> tuple[str, ...]:
    """The ids of the jobs, which are told as texts or as objects."""
    return texts(mapped, "jobs") or tuple(text(one, "encoded_id") for one in objects(mapped, "jobs"))
