"""The data of a run: what went in, what came out, what configured it, and what tells of it."""

import re
from collections.abc import Iterable, Iterator

from data_management.records import DatasetRecord, FileRecord
from rocrate_export.wording import DATA_TYPE, DATASET_TYPE
from rocrate_import.translate.actions import Executions
from rocrate_import.translate.files import Files, is_data, is_file
from rocrate_import.translate.graph import Entity, is_a, text
from rocrate_import.translate.properties import data_in, details, word
from rocrate_import.translate.reading import Reading
from workflows.records import DatasetLink, DataType

INTERMEDIATE = "Intermediate files"
_OURS = re.compile(r"#dataset(?:-.*)?", re.DOTALL)
_LOG = re.compile(
    r"(?:\.log|\.err|\.out|trace[\w.-]*\.(?:txt|tsv))$|(?:^|[/._-])(?:std(?:out|err)|logs?)(?:[._-]|$)"
)
_LONGEST_TYPE = 60


class Datasets:
    """Gathers the datasets of a run; what took part twice is in the first part that it had."""

    def __init__(self, reading: Reading, files: Files) -> None:
        self._reading, self._files = reading, files
        self.links: list[DatasetLink] = []
        self.known: set[str] = set()  # the @id of all files that stand in a dataset

    def add(self, entity: Entity, data_type: DataType) -> None:
        """A file, folder or collection as a dataset."""
        if entity["@id"] in self.known:
            return
        found = {key: file for key, file in self._files.below(entity) if key not in self.known}
        if not found and list(self._files.below(entity)):
            return
        self.known.update((entity["@id"], *found))
        record = DatasetRecord(
            name=self._name_of(entity, tuple(found.values())),
            description=text(entity, "description"),
            files=tuple(found.values()),
        )
        self.links.append(DatasetLink(record, data_type))

    def add_together(
        self, name: str, description: str, entities: Iterable[Entity], data_type: DataType
    ) -> None:
        """Several files as one dataset; none is made of none."""
        found: dict[str, FileRecord] = {}
        for entity in entities:
            found.update((key, file) for key, file in self._files.below(entity) if key not in self.known)
        self.known.update(found)
        if found:
            self.links.append(
                DatasetLink(DatasetRecord(name, description, files=tuple(found.values())), data_type)
            )

    def _name_of(self, entity: Entity, files: tuple[FileRecord, ...]) -> str:
        slots = (text(one, "name") for one in self._reading.graph.linked(entity, "exampleOfWork"))
        told = text(entity, "name") or next(filter(None, slots), "")
        is_nameless = len(files) == 1 or (files and entity["@id"].startswith(("#", "_:")))
        name = told or (files[0].name if is_nameless else entity["@id"].rstrip("/").rpartition("/")[2])
        return self._reading.name(name or entity["@id"], entity["@id"], "name of the dataset")


def datasets_of(reading: Reading, executions: Executions, files: Files) -> Datasets:
    """The datasets of a run.

    What its jobs used and made, and the run itself did not, is one dataset of intermediate files; where the run
    is no action of its own, what a job made is an output, and what none made is an input.
    """
    run, jobs, datasets = executions.run, executions.jobs, Datasets(reading, files)
    if reading.is_ours and run is not None:
        datasets.links.extend(_our_links(reading, run, files))
        return datasets
    actions = [run] if run is not None else jobs
    made = {one["@id"] for action in actions for one in _data(reading, action, "result")}
    for action in actions:
        for entity in _data(reading, action, "object"):
            if run is not None or entity["@id"] not in made:
                datasets.add(entity, DataType.INPUT)
    for action in actions:
        for entity in _data(reading, action, "result"):
            datasets.add(entity, DataType.OUTPUT)
    theirs = {
        key
        for one in executions.left
        for data in _data(reading, one, "result")
        for key, _ in files.below(data)
    }
    _add_reports(reading, datasets, [*actions, *jobs], theirs)
    _add_intermediate(reading, datasets, jobs)
    return datasets


def _data(reading: Reading, action: Entity, *sides: str) -> list[Entity]:
    return [
        one for one in reading.graph.linked(action, *sides) if is_data(one) or data_in(reading.graph, one)
    ]


def _add_reports(reading: Reading, datasets: Datasets, actions: list[Entity], theirs: set[str]) -> None:
    """Files about the run or a job, and the logs that lie beside them: logs by their names, else reports.

    ``theirs`` are the files of other runs.
    """
    graph = reading.graph
    told = {one["@id"] for action in actions for one in graph.linked(action, "subjectOf") if is_file(one)}
    about = {action["@id"] for action in actions}
    about |= {one["@id"] for one in graph.of_type("OrganizeAction", "ControlAction")}
    for file in graph.of_type("File"):
        is_told = file["@id"] in told or not about.isdisjoint(graph.ids(file, "about"))
        is_log = bool(_LOG.search(file["@id"].lower()))
        lies_beside = is_log and file["@id"] not in theirs and reading.find(file["@id"])
        if is_told or (lies_beside and not is_a(file, "SoftwareSourceCode")):
            datasets.add(file, DataType.LOG if is_log else DataType.REPORT)


def _add_intermediate(reading: Reading, datasets: Datasets, jobs: list[Entity]) -> None:
    entities = [one for job in jobs for one in _data(reading, job, "object", "result")]
    description = "What jobs of the run made and used, and the run itself did not give."
    datasets.add_together(INTERMEDIATE, description, entities, DataType.OUTPUT)


def _our_links(reading: Reading, run: Entity, files: Files) -> Iterator[DatasetLink]:
    """The datasets of a crate of our own, in the order of the document."""
    sides = dict.fromkeys(reading.graph.ids(run, "object"), DataType.INPUT)
    sides |= {one: DataType.OUTPUT for one in reading.graph.ids(run, "result") if one not in sides}
    parts = {
        part
        for one in reading.graph.of_type("Collection")
        if _OURS.fullmatch(one["@id"])
        for part in reading.graph.ids(one, "hasPart")
    }
    for entity in reading.graph.entities.values():
        is_dataset = entity["@id"].startswith("#") and bool(_OURS.fullmatch(entity["@id"]))
        if is_dataset or (is_file(entity) and entity["@id"] not in parts):
            told = word(DataType, details(reading.graph, entity).get(DATA_TYPE))
            kind = told or sides.get(entity["@id"])
            if kind is not None:
                yield DatasetLink(_our_dataset(reading, entity, files), kind)


def _our_dataset(reading: Reading, entity: Entity, files: Files) -> DatasetRecord:
    known = details(reading.graph, entity)
    collections = [one for one in reading.graph.linked(entity, "isPartOf") if is_a(one, "Collection")]
    return DatasetRecord(
        name=reading.name(text(entity, "name"), entity["@id"], "name of the dataset"),
        description=text(entity, "description"),
        dataset_type=str(known.get(DATASET_TYPE, "generic"))[:_LONGEST_TYPE],
        collection=reading.name(text(collections[0], "name"), entity["@id"]) if collections else "",
        files=tuple(file for _, file in files.below(entity)),
    )


def remark_on_others(reading: Reading, known: set[str]) -> None:
    """Say how many files of the package took no part, as far as the crate says; they stay in the original."""
    entries = {reading.find(one) for one in known}
    left = [name for name in reading.names if name not in entries and not _PAGE.search(name)]
    if left:
        shown = ", ".join(left[:3])
        reading.remarks.add(
            reading.root_id,
            f"{len(left)} files of the package have no part in the run, as far as the crate says ({shown}…). They "
            "stay in the archive as it came.",
        )


_PAGE = re.compile(r"^(?:readme(?:\.\w+)?|ro-crate-preview(?:\.html|_files/.*)|logs/jobs/.*)$", re.IGNORECASE)
