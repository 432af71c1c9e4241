"""From a run's record to its RO-Crate: nothing else is read, and equal records make equal crates."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from rocrate_export import vocabulary
from rocrate_export.actions import add_run
from rocrate_export.draft import Draft, Level, measured, moment, profile_entity, published_at
from rocrate_export.files import add_files, link_reports
from rocrate_export.graph import Graph, Reference, reference
from rocrate_export.pages import preview_of, readme_of
from rocrate_export.parameters import add_objects, add_results
from rocrate_export.payload import StoredMember, payload_of
from rocrate_export.people import add_crate_license, add_people
from rocrate_export.steps import add_jobs
from rocrate_export.workflow import add_workflow
from workflows.records import RunRecord

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

PROFILES = {
    Level.PROCESS: [vocabulary.PROCESS_RUN],
    Level.WORKFLOW: [vocabulary.PROCESS_RUN, vocabulary.WORKFLOW_RUN, vocabulary.WORKFLOW_RO_CRATE],
    Level.PROVENANCE: [
        vocabulary.PROCESS_RUN,
        vocabulary.WORKFLOW_RUN,
        vocabulary.PROVENANCE_RUN,
        vocabulary.WORKFLOW_RO_CRATE,
    ],
}
ROOT = reference("./")


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a crate's archive holds.

    ``written`` are the members that were made for it, the metadata first; ``stored`` are those that lie in the
    registry's storage. ``date`` is the crate's, in UTC.
    """

    document: dict[str, Any]
    metadata: bytes
    written: list[tuple[str, bytes]]
    stored: list[StoredMember]
    date: datetime


def contents_of(record: RunRecord, base_url: str = "") -> Contents:
    """The crate of a run. ``base_url`` is the registry's public address without a slash, if it has one."""
    draft = Draft.of(record, base_url)
    add_people(draft)
    workflow = add_workflow(draft)
    add_files(draft)
    objects = add_objects(draft, workflow)
    results = add_results(draft, workflow)
    run = add_run(draft, workflow, objects, results)
    link_reports(draft, run)
    add_jobs(draft, workflow, run)
    pages = _add_pages(draft)
    document = _document(draft, workflow)
    metadata = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    written = [(vocabulary.METADATA, metadata), *pages, *draft.payload.written]
    return Contents(document, metadata, written, draft.payload.stored, published_at(record))


def build_crate(record: RunRecord, base_url: str = "") -> "ROCrate":
    """The crate's metadata as an object of ro-crate-py, to look at or to add to."""
    from rocrate.rocrate import ROCrate  # heavy: only who asks for it pays for it

    crate = ROCrate(contents_of(record, base_url).document, version=vocabulary.RO_CRATE_VERSION)
    crate.metadata.extra_contexts = vocabulary.CONTEXT[1:]
    return crate


def archive_members(record: RunRecord) -> list[StoredMember]:
    """The files that are copied into the archive."""
    return payload_of(record).stored


def _add_pages(draft: Draft) -> list[tuple[str, bytes]]:
    readme, preview = readme_of(draft.record), preview_of(draft.record)
    facts = {"name": "Read me", "encodingFormat": "text/markdown", "about": ROOT}
    draft.add_part(vocabulary.README, "File", **facts, **measured(readme))
    facts = {"name": "Preview", "encodingFormat": "text/html", "about": ROOT}
    draft.graph.add(vocabulary.PREVIEW, "CreativeWork", **facts)
    return [(vocabulary.README, readme), (vocabulary.PREVIEW, preview)]


def _document(draft: Draft, workflow: Reference) -> dict[str, Any]:
    head = Graph()
    _add_descriptor(draft, head)
    _add_root(draft, head, workflow)
    return {"@context": vocabulary.CONTEXT, "@graph": [*head.entities(), *draft.graph.entities()]}


def _add_descriptor(draft: Draft, head: Graph) -> None:
    standards = [reference(vocabulary.RO_CRATE)]
    if draft.level >= Level.WORKFLOW:
        standards.append(reference(vocabulary.WORKFLOW_RO_CRATE.uri))
    head.add(vocabulary.METADATA, "CreativeWork", about=ROOT, conformsTo=standards)


def _add_root(draft: Draft, head: Graph, workflow: Reference) -> None:
    record = draft.record
    head.add(
        "./",
        "Dataset",
        name=record.name,
        description=record.description or _sentence(record),
        datePublished=moment(published_at(record)),
        dateCreated=moment(record.created),
        license=add_crate_license(draft),
        author=draft.agent,
        publisher=draft.group,
        url=draft.run_url,
        conformsTo=[profile_entity(draft, profile) for profile in PROFILES[draft.level]],
        mainEntity=workflow if draft.level >= Level.WORKFLOW else None,
        hasPart=draft.parts,
        mentions=draft.mentions,
    )


def _sentence(record: RunRecord) -> str:
    what = f"the workflow {record.workflow.name}" if record.workflow else "a workflow"
    return f"A run of {what} with its files, status {record.status.value}."
