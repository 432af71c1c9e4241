"""Files as entities of a crate."""

import mimetypes
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from data_management.records import FileRecord
from rocrate_export.confidential import without_secrets
from rocrate_export.draft import Draft, moment, published_at
from rocrate_export.graph import Reference, reference
from rocrate_export.payload import address_of_workflow_file, download_of, place_of
from rocrate_export.vocabulary import typed_address
from rocrate_export.wording import FILE_TYPE, NOT_HERE, URI, WHEREABOUTS
from workflows.records import FileType, WorkflowFileRecord

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
    "text/markdown": (".md",),
    "text/x-nextflow": (".nf",),
}
for _type, _suffixes in _MORE_TYPES.items():
    for _suffix in _suffixes:
        _TYPES.add_type(_type, _suffix)
_HERE: dict[str, str | None] = {}  # what is said of the whereabouts of a file that is in the archive
_PLAIN_NAMES = {"Snakefile", "Makefile", "Dockerfile", "LICENSE", "README"}


def add_workflow_file(draft: Draft, file: WorkflowFileRecord, workflow: Reference) -> None:
    """A file of the workflow that is not the workflow itself."""
    facts = workflow_file_facts(draft, file)
    if not file.storage_key:
        facts |= _seen(draft, "the registry has lost it or may not hand it out")
    if file.data_type != FileType.OTHER:
        facts["additionalProperty"] = draft.add_word(FILE_TYPE, file.data_type.value)
    draft.add_part(draft.payload.id_of_workflow_file(file), "File", **facts, isPartOf=workflow)


def workflow_file_facts(draft: Draft, file: WorkflowFileRecord) -> dict[str, Any]:
    """What is known of a file of a workflow."""
    return {
        "name": file.path.rpartition("/")[2],
        "contentSize": None if file.size is None else str(file.size),
        "sha256": file.sha256,
        "encodingFormat": media_type(file.path),
        "alternateName": file.path,
        **_registered_workflow_file(draft, file),
    }


def _registered_workflow_file(draft: Draft, file: WorkflowFileRecord) -> dict[str, Any]:
    if file.id is None:
        return {}
    return _registered(file.id, address_of_workflow_file(file, draft.base_url), _add_page(draft))


def add_file(
    draft: Draft, file: FileRecord, identifier: str, description: str, properties: Sequence[Reference] = ()
) -> Reference:
    """A file of a dataset by its ``@id``; ``properties`` say more of it than the standards' terms."""
    if identifier in draft.graph:
        return reference(identifier)
    known = list(properties)
    elsewhere = _HERE if draft.choice.packs(file) else _whereabouts(draft, file, known)
    page = _add_page(draft) if file.id else None
    part = draft.graph.promise(identifier, _told, file, description, known, elsewhere, draft.base_url, page)
    draft.parts.append(part)
    return part


def _told(
    identifier: str,
    file: FileRecord,
    description: str,
    properties: list[Reference],
    elsewhere: dict[str, str | None],
    base_url: str,
    page: Reference | None,
) -> dict[str, Any]:
    """The entity of a file."""
    entity = {
        "@id": identifier,
        "@type": "File",
        "name": file.name,
        "alternateName": file.path,
        "description": description,
        "contentSize": None if file.size is None else str(file.size),
        "sha256": file.sha256,
        "md5": file.md5sum,
        "encodingFormat": media_type(file.path or file.name, file.mime_type),
        "fileFormat": file.format,
        "additionalProperty": properties,
        **elsewhere,
    }
    if file.id is not None:
        entity.update(_registered(file.id, download_of(file, base_url), page))
    return {name: value for name, value in entity.items() if value}  # for most, half of this is not known


def _registered(key: UUID, download: str, page: Reference | None) -> dict[str, Any]:
    """What the registry knows of a file by having it: its identifier, where it hands it out, what tells of it."""
    address = typed_address(download) if download else None
    return {
        "identifier": typed_address(f"urn:uuid:{key}"),
        "url": address,
        "distribution": address,
        "subjectOf": page,
    }


def _add_page(draft: Draft) -> Reference | None:
    """The run's page here, which tells of its files; None without a public address."""
    url = draft.run_url
    return draft.graph.add(url, ["CreativeWork", "WebPage"], name="The run here") if url else None


def _whereabouts(draft: Draft, file: FileRecord, known: list[Reference]) -> dict[str, str | None]:
    """Of a file that is not in the archive: where it was, when the registry saw it there, and why it is not."""
    address = without_secrets(file.uri)
    if address and address != draft.payload.id_of(file):
        known.append(draft.add_value("detail", URI, address))
    reason = draft.choice.reason(file) or WHEREABOUTS[file.status]
    return {"contentUrl": place_of(file) or None, **_seen(draft, reason)}


def _seen(draft: Draft, reason: str) -> dict[str, str | None]:
    return {"sdDatePublished": seen_at(draft), "creativeWorkStatus": f"{NOT_HERE}{reason}."}


def seen_at(draft: Draft) -> str | None:
    """When the registry is known to have seen what is elsewhere: when the run was registered."""
    return moment(draft.record.created or published_at(draft.record))


def media_type(path: str, known: str = "") -> str:
    """The media type of a file: the one that is known, else the one that its name tells, else any bytes."""
    if known and _is_media_type(known):
        return known
    name = path.rpartition("/")[2]
    if name in _PLAIN_NAMES:
        return "text/plain"
    return _type_of_suffixes(_last_suffixes(name if name not in ("", ".") else PurePosixPath(path).name))


def _last_suffixes(name: str) -> str:
    """``.fastq.gz`` of ``sample.1.fastq.gz``: at most two, as ``PurePath.suffixes`` has them, without its cost."""
    parts = name.lstrip(".").rsplit(".", 2)
    if len(parts) == 1 or not parts[-1]:
        return ""
    return f".{'.'.join(parts[-2:] if len(parts) == 3 else parts[1:])}"


@lru_cache(maxsize=1024)
def _is_media_type(text: str) -> bool:
    return _MEDIA_TYPE.fullmatch(text) is not None


@lru_cache(maxsize=1024)  # a run has many files and few kinds of them
def _type_of_suffixes(suffixes: str) -> str:
    kind, encoding = _TYPES.guess_type(f"x{suffixes}", strict=False)
    if encoding:
        return "application/gzip" if encoding == "gzip" else f"application/x-{encoding}"
    return kind or UNKNOWN_TYPE
