"""Files, and datasets of several files, as entities of a crate."""

import mimetypes
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from data_management.records import DatasetRecord, FileRecord, FileStatus
from rocrate_export.draft import Draft, moment, published_at
from rocrate_export.graph import Reference, reference
from rocrate_export.payload import place_of, workflow_files
from rocrate_export.vocabulary import METADATA
from workflows.records import DatasetLink, DataType, FileType, WorkflowFileRecord

ABOUT_THE_RUN = {DataType.REPORT, DataType.LOG}
WHEREABOUTS = {
    FileStatus.NEW: "the registry has not taken it in yet",
    FileStatus.ONLINE: "it is kept where it is",
    FileStatus.OFFLINE: "it cannot be read at present",
    FileStatus.ERROR: "the registry's copy is damaged or lost",
}
UNKNOWN_TYPE = "application/octet-stream"

_MEDIA_TYPE = re.compile(r"\w*/\w[\w.-]*(?:\+\w[\w.-]*)?(?:;\w+=[^;]+)*")
_TYPES = mimetypes.MimeTypes()  # an instance knows Python's own table alone, which is the same everywhere
_MORE_TYPES = {
    "application/gzip": (".gz", ".bgz", ".tbi"),
    "application/json": (".ga", ".ipynb"),
    "application/x-cwl": (".cwl",),
    "application/yaml": (".yml", ".yaml"),
    "text/plain": (
        *(".fasta", ".fa", ".fna", ".faa", ".fastq", ".fq", ".sam", ".vcf", ".bed", ".gtf", ".gff", ".gff3"),
        *(".smk", ".wdl", ".log", ".out", ".err", ".config", ".toml", ".ini", ".r", ".rmd", ".sh"),
    ),
    "text/x-nextflow": (".nf",),
}
for _type, _suffixes in _MORE_TYPES.items():
    for _suffix in _suffixes:
        _TYPES.add_type(_type, _suffix)
_PLAIN_NAMES = {"Snakefile", "Makefile", "Dockerfile", "LICENSE", "README"}


def add_files(draft: Draft) -> None:
    """Every file of the run's datasets and of its workflow, the main workflow excepted."""
    for one in workflow_files(draft.record):
        if one.data_type != FileType.MAIN:
            draft.add_part(draft.payload.id_of_workflow_file(one), "File", **workflow_file_facts(one))
    for link in draft.record.datasets:
        alone = len(link.dataset.files) == 1
        for file in link.dataset.files:
            _add_file(draft, file, link.dataset.description if alone else "")


def workflow_file_facts(file: WorkflowFileRecord) -> dict[str, str | None]:
    """What is known of a file of a workflow."""
    return {
        "name": file.path.rpartition("/")[2],
        "contentSize": None if file.size is None else str(file.size),
        "sha256": file.sha256,
        "encodingFormat": media_type(file.path),
        "alternateName": file.path,
    }


def _add_file(draft: Draft, file: FileRecord, description: str) -> None:
    draft.add_part(
        draft.payload.id_of(file),
        "File",
        name=file.name,
        alternateName=file.path,
        description=description,
        contentSize=None if file.size is None else str(file.size),
        sha256=file.sha256,
        md5=file.md5sum,
        encodingFormat=media_type(file.path or file.name, file.mime_type),
        fileFormat=file.format,
        **({} if file.storage_key else _whereabouts(draft, file)),
    )


def _whereabouts(draft: Draft, file: FileRecord) -> dict[str, str | None]:
    """Of a file that is not in the archive: where it was, and when the registry saw it there."""
    return {
        "contentUrl": place_of(file) or None,
        "sdDatePublished": moment(draft.record.created or published_at(draft.record)),
        "creativeWorkStatus": f"Not in this archive: {WHEREABOUTS[file.status]}.",
    }


def media_type(path: str, known: str = "") -> str:
    """The media type of a file: the one that is known, else the one that its name tells, else any bytes."""
    if _MEDIA_TYPE.fullmatch(known):
        return known
    if path.rpartition("/")[2] in _PLAIN_NAMES:
        return "text/plain"
    kind, encoding = _TYPES.guess_type("x" + "".join(PurePosixPath(path).suffixes[-2:]), strict=False)
    if encoding:
        return "application/gzip" if encoding == "gzip" else f"application/x-{encoding}"
    return kind or UNKNOWN_TYPE


def entity_of_dataset(draft: Draft, link: DatasetLink) -> Reference:
    """What stands for a dataset: its only file; a collection of its files; a mere name, if it has none."""
    dataset = link.dataset
    if len(dataset.files) == 1:
        return reference(draft.payload.id_of(dataset.files[0]))
    identifier = draft.identifiers.of("dataset", dataset.name, dataset.id or dataset)
    if not dataset.files:
        return draft.graph.add(identifier, "CreativeWork", **_dataset_facts(dataset))
    parts = _distinct(draft.payload.id_of(file) for file in dataset.files)
    return draft.add_mention(
        identifier, "Collection", **_dataset_facts(dataset), mainEntity=parts[0], hasPart=parts
    )


def _dataset_facts(dataset: DatasetRecord) -> dict[str, str]:
    return {"name": dataset.name, "description": dataset.description}


def _distinct(identifiers: Iterable[str]) -> list[Reference]:
    return [reference(one) for one in dict.fromkeys(identifiers)]


def link_reports(draft: Draft, run: Reference) -> None:
    """Reports and logs are about the run, not made by it.

    A file that has the name of a crate's metadata and is about something would be taken for this crate's
    metadata, so there it is the run that says so.
    """
    reported = (link for link in draft.record.datasets if link.data_type in ABOUT_THE_RUN)
    for file in (file for link in reported for file in link.dataset.files):
        report = reference(draft.payload.id_of(file))
        if report["@id"].endswith((METADATA, f"{METADATA}ld")):
            draft.graph.link(run, "subjectOf", report)
        else:
            draft.graph.link(report, "about", run)
