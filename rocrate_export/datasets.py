"""Datasets as entities of a crate: a file stands for a dataset that says no more than the file does."""

from collections import Counter
from itertools import chain

from data_management.records import DatasetRecord
from rocrate_export.draft import Draft, Standing
from rocrate_export.files import add_file
from rocrate_export.graph import Reference
from rocrate_export.vocabulary import METADATA
from rocrate_export.wording import DATA_TYPE, DATASET_TYPE
from workflows.records import DatasetLink, DataType

ABOUT_THE_RUN = {DataType.REPORT, DataType.LOG}
TOLD_BY_THE_RUN = {DataType.INPUT, DataType.OUTPUT}  # its objects and its results
PLAIN_TYPE = "generic"


def add_datasets(draft: Draft) -> None:
    """Every file of the run, and what stands for each dataset, in the order of the record."""
    id_of = draft.payload.id_of
    identifiers = [[id_of(file) for file in link.dataset.files] for link in draft.record.datasets]
    uses = Counter(chain.from_iterable(identifiers))
    for number, (link, ids) in enumerate(zip(draft.record.datasets, identifiers, strict=True)):
        if _says_no_more_than_its_file(link.dataset) and uses[ids[0]] == 1:
            draft.datasets.append(_add_file_alone(draft, link, ids[0]))
        else:
            draft.datasets.append(_add_dataset(draft, link, ids, number))


def _says_no_more_than_its_file(dataset: DatasetRecord) -> bool:
    if len(dataset.files) != 1 or dataset.collection or dataset.dataset_type != PLAIN_TYPE:
        return False
    return dataset.name == dataset.files[0].name


def _add_file_alone(draft: Draft, link: DatasetLink, identifier: str) -> Standing:
    kind = [] if link.data_type in TOLD_BY_THE_RUN else [draft.add_word(DATA_TYPE, link.data_type.value)]
    file = add_file(draft, link.dataset.files[0], identifier, link.dataset.description, kind)
    return Standing(file, file, [file])


def _add_dataset(draft: Draft, link: DatasetLink, ids: list[str], number: int) -> Standing:
    dataset = link.dataset
    alone = len(dataset.files) == 1
    description = dataset.description if alone else ""
    files = [add_file(draft, file, one, description) for file, one in zip(dataset.files, ids, strict=True)]
    parts = list({one["@id"]: one for one in files}.values())
    entity = draft.add_mention(
        draft.identifiers.of("dataset", dataset.name, number),
        "Collection" if parts else "CreativeWork",
        name=dataset.name,
        description=dataset.description,
        mainEntity=parts[0] if parts else None,
        hasPart=parts,
        isPartOf=_add_collection(draft, dataset.collection),
        additionalProperty=_kinds(draft, link),
    )
    return Standing(parts[0] if alone else entity, entity, files)


def _kinds(draft: Draft, link: DatasetLink) -> list[Reference]:
    kinds = [draft.add_word(DATA_TYPE, link.data_type.value)]
    if link.dataset.dataset_type != PLAIN_TYPE:
        kinds.append(draft.add_value("detail", DATASET_TYPE, link.dataset.dataset_type))
    return kinds


def _add_collection(draft: Draft, name: str) -> Reference | None:
    """The collection of the registry in which a dataset stands."""
    if not name:
        return None
    return draft.add_mention(draft.identifiers.of("collection", name), "Collection", name=name)


def link_reports(draft: Draft, run: Reference) -> None:
    """Reports and logs are about the run, not made by it.

    A file that has the name of a crate's metadata and is about something would be taken for this crate's
    metadata, so there it is the run that says so.
    """
    for link, standing in zip(draft.record.datasets, draft.datasets, strict=True):
        for report in standing.files if link.data_type in ABOUT_THE_RUN else ():
            if report["@id"].endswith((METADATA, f"{METADATA}ld")):
                draft.graph.link(run, "subjectOf", report)
            else:
                draft.graph.link(report, "about", run)
