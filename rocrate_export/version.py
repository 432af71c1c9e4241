"""From a workflow version's record to its Workflow RO-Crate: the workflow alone, without a run."""

from datetime import datetime
from typing import Any

from rocrate_export import vocabulary
from rocrate_export.choice import EVERYTHING, Choice
from rocrate_export.crate import Contents, add_pages, finished
from rocrate_export.draft import Draft, Level, moment, profile_entity, published_at
from rocrate_export.graph import Reference
from rocrate_export.pages import (
    WORKFLOW_STANDARD,
    Fact,
    known,
    markdown,
    page,
    workflow_facts,
    workflow_folder,
)
from rocrate_export.people import add_crate_license, add_people, add_person, credits_of
from rocrate_export.wording import NO_DESCRIPTION
from rocrate_export.workflow import add_workflow
from workflows.records import PersonRecord, RunRecord, WorkflowRecord


def contents_of_version(
    workflow: WorkflowRecord,
    base_url: str = "",
    choice: Choice = EVERYTHING,
    *,
    agent: PersonRecord | None = None,
    group: str = "",
    group_url: str = "",
    created: datetime | None = None,
) -> Contents:
    """The crate of a workflow version: a Workflow RO-Crate 1.0 where its main file can be handed out.

    Without that file it is an RO-Crate 1.1, and says so by what it conforms to. ``agent`` registered the
    version for the ``group``; ``created`` is when, which is the crate's date. ``choice.include`` changes
    nothing: a workflow without its files would be none.
    """
    record = RunRecord(
        name=f"{workflow.name} {workflow.version}".strip(),
        workflow=workflow,
        license=workflow.license,
        agent=agent,
        group=group,
        group_url=group_url,
        created=created,
    )
    draft = Draft.of(record, base_url, choice)
    add_people(draft)
    main = add_workflow(draft)
    pages = _pages(record, workflow)
    add_pages(draft, dict(pages))
    return finished(draft, _root(draft, workflow, main), pages)


def _root(draft: Draft, workflow: WorkflowRecord, main: Reference) -> dict[str, Any]:
    is_workflow = draft.level >= Level.WORKFLOW
    people = [add_person(draft, one) for one in workflow.creators]
    credits = credits_of(draft, workflow.creators, people, "creator")
    authors = credits["author"] + credits["creator"] or ([draft.registrar] if draft.registrar else [])
    return {
        "name": draft.record.name,
        "description": workflow.description or f"The workflow {draft.record.name}; {NO_DESCRIPTION}",
        "datePublished": moment(published_at(draft.record)),
        "dateCreated": moment(draft.record.created),
        "license": add_crate_license(draft),
        "author": authors,
        "publisher": draft.group,
        "conformsTo": [profile_entity(draft, vocabulary.WORKFLOW_RO_CRATE)] if is_workflow else None,
        "mainEntity": main,
    }


def _pages(record: RunRecord, workflow: WorkflowRecord) -> list[tuple[str, bytes]]:
    facts = known(
        {
            **workflow_facts(workflow),
            "Licence": workflow.license,
            "Creators": ", ".join(dict.fromkeys(one.name for one in workflow.creators)),
            "Repository": workflow.repository_url,
            "Commit": workflow.commit_hash,
            "Registered by": record.agent.name if record.agent else "",
            "Group": record.group,
        }
    )
    standard = WORKFLOW_STANDARD if workflow.main_file else "an RO-Crate"
    about: tuple[str, str, list[Fact], list[Fact], str] = (
        record.name,
        workflow.description,
        facts,
        workflow_folder(workflow),
        standard,
    )
    return [(vocabulary.README, markdown(*about)), (vocabulary.PREVIEW, page(*about))]
