"""The datasets of a run: what each is to it, what it is called, and where its file lies in the export."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from run_directories.findings import FoundFile, Role
from run_directories.galaxy.steps import Step, plans_of
from run_directories.galaxy.store import Store
from run_directories.galaxy.values import mapping, objects, text, texts, whole
from run_directories.grouping import unique

_LONGEST = 255
ABSENT = "Datasets whose content is not in the export, which are named by the jobs only"
OUTSIDE = "Files of datasets that would lie outside of the export, left out"


@dataclass(slots=True)
class _Named:
    """What a dataset is called, and the collection that it is an element of."""

    role: Role
    name: str
    collection: str = ""


@dataclass(slots=True)
class Data:
    """The datasets of a run by their ids in the export, in the order of inputs, outputs, and what lies between."""

    store: Store
    named: dict[str, _Named] = field(default_factory=dict)
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    collections: dict[str, str] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def relative(self, dataset: str) -> str:
        """The path of the dataset's file in the export; by its UUID where its content is not in it."""
        told = self.store.datasets.get(dataset, {})
        return text(told, "file_name") or f"datasets/{text(told, 'dataset_uuid') or dataset}"

    def files(self) -> tuple[FoundFile, ...]:
        """The files that are in the export. Tells of the others in ``absent`` and ``outside``."""
        names = unique((one.name for one in self.named.values()), _LONGEST)
        found = (
            self._file(key, one, name)
            for (key, one), name in zip(self.named.items(), names, strict=True)
            if key in self.store.datasets
        )
        return tuple(one for one in found if one is not None)

    def _file(self, dataset: str, named: _Named, name: str) -> FoundFile | None:
        told = self.store.datasets[dataset]
        path = self.store.directory / self.relative(dataset)
        if not self.store.may_hold(path):
            self.outside.append(self.relative(dataset))
            return None
        if not text(told, "file_name") or not path.is_file():
            self.absent.append(named.name)
            return None
        return FoundFile(
            path=path,
            relative=self.relative(dataset),
            role=named.role,
            dataset=name,
            collection=named.collection,
            format=text(told, "extension"),
        )

    def add(self, dataset: str, role: Role, name: str = "") -> None:
        """A dataset by itself; without a name it has Galaxy's. One that is there already stays as it is."""
        named = name or text(self.store.datasets.get(dataset), "name") or dataset
        if dataset:
            self.named.setdefault(dataset, _Named(role, named))

    def add_collection(self, collection: str, role: Role, label: str = "") -> None:
        """The elements of a collection, each called after its place: ``kept/sample_0``."""
        wanted = label or text(self.store.collections.get(collection), "display_name") or "collection"
        *_, free = unique((*self.collections.values(), wanted), _LONGEST)
        named = self.collections.setdefault(collection, free)
        for dataset, place in self.store.elements(collection):
            self.places.setdefault(dataset, place)
            self.named.setdefault(dataset, _Named(role, "/".join((named, *place)), named))


def data_of(store: Store, invocation: dict[str, Any], workflow: dict[str, Any], steps: list[Step]) -> Data:
    """The datasets of a run: its inputs, its outputs by their labels, and all that its jobs used and made."""
    data, jobs = Data(store), [store.jobs[one] for step in steps for one in step.jobs if one in store.jobs]
    _add_inputs(data, invocation, workflow)
    for told in objects(invocation, "output_datasets"):
        data.add(_id_of(told, "dataset"), Role.OUTPUT, text(mapping(told, "workflow_output"), "label"))
    for told in objects(invocation, "output_dataset_collections"):
        label = text(mapping(told, "workflow_output"), "label")
        data.add_collection(_id_of(told, "dataset_collection"), Role.OUTPUT, label)
    for step in steps:
        for told in objects(step.told, "output_collections"):
            data.add_collection(_id_of(told, "dataset_collection"), Role.OUTPUT)
    for dataset in (one for job in jobs for one in ids_in(job, "output_dataset_mapping")):
        data.add(dataset, Role.OUTPUT)
    for dataset in (one for job in jobs for one in ids_in(job, "input_dataset_mapping")):
        data.add(dataset, Role.INPUT)
    return data


def _add_inputs(data: Data, invocation: dict[str, Any], workflow: dict[str, Any]) -> None:
    plans = plans_of(workflow)
    for told, add, key in (
        *((one, data.add, "dataset") for one in objects(invocation, "input_datasets")),
        *(
            (one, data.add_collection, "dataset_collection")
            for one in objects(invocation, "input_dataset_collections")
        ),
    ):
        add(_id_of(told, key), Role.INPUT, text(plans.get(whole(told, "order_index") or 0), "label"))


def _id_of(told: dict[str, Any], key: str) -> str:
    return text(mapping(told, key), "encoded_id")


def ids_in(job: dict[str, Any], key: str) -> Iterator[str]:
    """The ids of the datasets under a job's inputs or outputs, each once."""
    listed: Iterable[str] = (one for name in mapping(job, key) for one in texts(mapping(job, key), name))
    return iter(dict.fromkeys(listed))
