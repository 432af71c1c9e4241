"""The data of a run: what went in, what came out, what configured it, and what tells of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

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
MOST_LOOSE = 50  # single files of one role and slot that are datasets of their own
MOST_FOLDERS = 500
OUTSIDE = "Files outside of folders"
TOGETHER = "Files that the crate names one by one; they lie in one folder."

_Groups = dict[tuple[str, str], dict[str, FileRecord]]  # by slot and folder, and by @id


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

    def add_all(self, entities: Iterable[Entity], data_type: DataType) -> None:
        """Each as a dataset of its own, but for very many single files: see ``_loose_files``."""
        every = {one["@id"]: one for one in entities if one["@id"] not in self.known}
        loose = _loose_files(self._reading, every.values())
        for key, one in every.items():
            if key not in loose:
                self.add(one, data_type)
        if loose:
            self._add_by_folder(
                {key: slot for key, slot in loose.items() if key not in self.known}, data_type
            )

    def add_together(
        self, name: str, description: str, entities: Iterable[Entity], data_type: DataType
    ) -> None:
        """Several files as one dataset; none is made of none."""
        found: dict[str, FileRecord] = {}
        for entity in entities:
            if entity["@id"] not in self.known:
                found.update((key, one) for key, one in self._files.below(entity) if key not in self.known)
        self._link(name, description, found, data_type)

    def _add_by_folder(self, slots: Mapping[str, str], data_type: DataType) -> None:
        """One dataset of all files that fill the same slot, in the same folder; named after both."""
        groups: _Groups = {}
        for key, slot in slots.items():
            file = self._files.record(self._reading.graph.entities[key])
            groups.setdefault((slot, _folder_of(file)), {})[key] = file
        for (slot, folder), files in _in_few_folders(groups).items():
            told = self._reading.graph.get(slot)
            name = ": ".join(filter(None, (text(told, "name") if told else "", folder or OUTSIDE)))
            self._link(self._reading.name(name, folder, "name of the dataset"), TOGETHER, files, data_type)
        self._reading.remarks.add(
            self._reading.root_id,
            f"The crate names more than {MOST_LOOSE} single files of a kind: those in one folder are one dataset.",
        )

    def _link(
        self, name: str, description: str, files: Mapping[str, FileRecord], data_type: DataType
    ) -> None:
        self.known.update(files)
        if files:
            record = DatasetRecord(name, description, files=tuple(files.values()))
            self.links.append(DatasetLink(record, data_type))

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

    In crates of others, more than ``MOST_LOOSE`` single files that have the same role and fill the same slot, or
    none, and stand in no collection, are one dataset for each folder; where that were more than ``MOST_FOLDERS``,
    the folders above count.
    """
    run, jobs, datasets = executions.run, executions.jobs, Datasets(reading, files)
    if reading.is_ours and run is not None:
        datasets.links.extend(_our_links(reading, run, files))
        return datasets
    actions = [run] if run is not None else jobs
    results = [one for action in actions for one in _data(reading, action, "result")]
    made = {one["@id"] for one in results} if run is None else set()
    used = (one for action in actions for one in _data(reading, action, "object"))
    datasets.add_all((one for one in used if one["@id"] not in made), DataType.INPUT)
    datasets.add_all(results, DataType.OUTPUT)
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


def _loose_files(reading: Reading, entities: Iterable[Entity]) -> dict[str, str]:
    """Of the data in one role, the single files of which there are very many, each with its slot (or nothing).

    Nobody looks through thousands of datasets of one file. What fills a slot of its own, stands in a collection,
    or is one of few is found by its own name, and stays by itself.
    """
    graph = reading.graph
    slots = {one["@id"]: "\n".join(graph.ids(one, "exampleOfWork")) for one in entities if is_file(one)}
    if len(slots) <= MOST_LOOSE:
        return {}
    for collection in graph.of_type("Collection"):
        for part in graph.ids(collection, "hasPart"):
            slots.pop(part, None)
    uses = Counter(slots.values())
    return {key: slot for key, slot in slots.items() if uses[slot] > MOST_LOOSE}


def _in_few_folders(groups: _Groups) -> _Groups:
    """The files of each slot and folder, in folders further up where there are too many."""
    folders = {folder for _, folder in groups}
    depth = max((folder.count("/") + 1 for folder in folders), default=0)
    while depth > 1 and len({_first_parts(folder, depth) for folder in folders}) > MOST_FOLDERS:
        depth -= 1
    if len({_first_parts(folder, depth) for folder in folders}) == len(folders):
        return groups
    found: _Groups = {}
    for (slot, folder), files in groups.items():
        found.setdefault((slot, _first_parts(folder, depth)), {}).update(files)
    return found


def _folder_of(file: FileRecord) -> str:
    """The folder that a file lies in: of the package, of its address, or as the tools saw it."""
    return (file.storage_key or file.uri or file.path).rpartition("/")[0]


def _first_parts(folder: str, depth: int) -> str:
    return "/".join(folder.split("/", depth)[:depth])


def _add_reports(reading: Reading, datasets: Datasets, actions: list[Entity], theirs: set[str]) -> None:
    """Files about the run or a job, and the logs that lie beside them: logs by their names, else reports.

    ``theirs`` are the files of other runs.
    """
    graph = reading.graph
    told = {one["@id"] for action in actions for one in graph.linked(action, "subjectOf") if is_file(one)}
    about = {action["@id"] for action in actions}
    about |= {one["@id"] for one in graph.of_type("OrganizeAction", "ControlAction")}
    found: dict[DataType, list[Entity]] = {}
    for file in graph.of_type("File"):
        if file["@id"] in datasets.known:
            continue
        is_told = file["@id"] in told or not about.isdisjoint(graph.ids(file, "about"))
        is_log = bool(_LOG.search(file["@id"].lower()))
        lies_beside = is_log and file["@id"] not in theirs and reading.find(file["@id"])
        if is_told or (lies_beside and not is_a(file, "SoftwareSourceCode")):
            found.setdefault(DataType.LOG if is_log else DataType.REPORT, []).append(file)
    for kind, entities in found.items():
        datasets.add_all(entities, kind)


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
    missing = dict.fromkeys(reading.names)
    for one in known:
        missing.pop(reading.find(one) or "", None)
    left = [name for name in missing if not _PAGE.search(name)]
    if left:
        shown = ", ".join(left[:3])
        reading.remarks.add(
            reading.root_id,
            f"{len(left)} files of the package have no part in the run, as far as the crate says ({shown}…). They "
            "stay in the archive as it came.",
        )


_PAGE = re.compile(r"^(?:readme(?:\.\w+)?|ro-crate-preview(?:\.html|_files/.*)|logs/jobs/.*)$", re.IGNORECASE)
