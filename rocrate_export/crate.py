"""From a run's record to its RO-Crate: nothing else is read, and equal records make equal crates."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson

from rocrate_export import vocabulary
from rocrate_export.actions import add_run
from rocrate_export.choice import EVERYTHING, Choice
from rocrate_export.datasets import add_datasets, link_reports
from rocrate_export.draft import Draft, Level, measured, moment, profile_entity, published_at
from rocrate_export.graph import Graph, Reference, reference
from rocrate_export.history import add_history
from rocrate_export.logs import NO_LOGS, OF_THE_RUN, RunLogs, add_logs
from rocrate_export.more import keywords_of
from rocrate_export.pages import pages_of
from rocrate_export.parameters import add_objects, add_results
from rocrate_export.payload import StoredMember
from rocrate_export.people import add_crate_license, add_people, credits_of
from rocrate_export.steps import add_jobs
from rocrate_export.wording import NO_DESCRIPTION
from rocrate_export.workflow import add_workflow
from rocrate_export.writing import LARGE, document_of
from rocrate_packages.collector import collector_paused
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

    written: list[tuple[str, bytes]]
    stored: list[StoredMember]
    date: datetime

    @property
    def metadata(self) -> bytes:
        """The metadata document as it stands in the archive."""
        return self.written[0][1]

    @property
    def document(self) -> dict[str, Any]:
        """The metadata document, read anew each time."""
        document: dict[str, Any] = orjson.loads(self.metadata)
        return document


@collector_paused()
def contents_of(
    record: RunRecord, base_url: str = "", choice: Choice = EVERYTHING, logs: RunLogs = NO_LOGS
) -> Contents:
    """The crate of a run. ``base_url`` is the registry's public address without a slash, if it has one.

    ``logs`` are kept beside the run; its record does not have them.
    """
    draft = Draft.of(record, base_url, choice, logs)
    add_people(draft)
    workflow = add_workflow(draft)
    add_datasets(draft)
    objects = add_objects(draft, workflow)
    results = add_results(draft, workflow)
    run = add_run(draft, workflow, objects, results)
    link_reports(draft, run)
    add_logs(draft, OF_THE_RUN, record.name, run)
    add_jobs(draft, workflow, run)
    add_history(draft, run)
    pages = pages_of(record, choice, logs)
    add_pages(draft, dict(pages))
    return finished(draft, _root(draft, workflow), pages)


def build_crate(record: RunRecord, base_url: str = "", choice: Choice = EVERYTHING) -> "ROCrate":
    """The crate's metadata as an object of ro-crate-py, to look at or to add to."""
    from rocrate.rocrate import ROCrate  # heavy: only who asks for it pays for it

    crate = ROCrate(contents_of(record, base_url, choice).document, version=vocabulary.RO_CRATE_VERSION)
    crate.metadata.extra_contexts = vocabulary.CONTEXT[1:]
    return crate


def add_pages(draft: Draft, pages: dict[str, bytes]) -> None:
    """Describe the pages that people read first: the README is a part of the crate, the preview is not."""
    facts = {"name": "Read me", "encodingFormat": "text/markdown", "about": ROOT}
    draft.add_part(vocabulary.README, "File", **facts, **measured(pages[vocabulary.README]))
    facts = {"name": "Preview", "encodingFormat": "text/html", "about": ROOT}
    draft.graph.add(vocabulary.PREVIEW, "CreativeWork", **facts)


def finished(draft: Draft, root: dict[str, Any], pages: list[tuple[str, bytes]]) -> Contents:
    """The contents of a crate whose parts are all there; ``root`` holds what is said of it as a whole."""
    head = Graph()
    _add_descriptor(draft, head)
    head.add("./", "Dataset", **root, hasPart=draft.parts, mentions=draft.mentions)
    # What was needed to find things is let go before the document grows: of large runs both would be much.
    draft.payload.settle()
    draft.datasets, draft.slots = [], {}
    metadata = document_of(
        vocabulary.CONTEXT,
        chain(head.drained(), draft.graph.drained()),
        is_large=len(draft.graph) >= LARGE,
    )
    written = [(vocabulary.METADATA, metadata), *pages, *draft.payload.written]
    return Contents(written, draft.payload.stored, published_at(draft.record))


def _add_descriptor(draft: Draft, head: Graph) -> None:
    standards = [reference(vocabulary.RO_CRATE)]
    if draft.level >= Level.WORKFLOW:
        standards.append(reference(vocabulary.WORKFLOW_RO_CRATE.uri))
    facts = {"about": ROOT, "conformsTo": standards, "sdPublisher": draft.registrar}
    head.add(vocabulary.METADATA, "CreativeWork", **facts)


def _root(draft: Draft, workflow: Reference) -> dict[str, Any]:
    record = draft.record
    credits = credits_of(draft, record.people, draft.people)
    credits["author"] = credits["author"] or ([draft.registrar] if draft.registrar else [])
    return {
        "name": record.name,
        "description": record.description or _sentence(record),
        "datePublished": moment(published_at(record)),
        "dateCreated": moment(record.created),
        "license": add_crate_license(draft),
        "keywords": keywords_of(record) or None,
        **credits,
        "publisher": draft.group,
        "url": draft.run_url,
        "conformsTo": [profile_entity(draft, profile) for profile in PROFILES[draft.level]],
        "mainEntity": workflow if draft.level >= Level.WORKFLOW else None,
    }


def _sentence(record: RunRecord) -> str:
    what = f"the workflow {record.workflow.name}" if record.workflow else "a workflow"
    return f"A run of {what}, status {record.status.value}; {NO_DESCRIPTION}"
