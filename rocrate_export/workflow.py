"""The workflow, the language that it is written in, and the engine that ran it."""

import re
from typing import Any

from rocrate_export.draft import Draft, Level, page_entity, profile_entity
from rocrate_export.files import workflow_file_facts
from rocrate_export.graph import Reference
from rocrate_export.names import is_web_address, slug, uri_id
from rocrate_export.people import add_workflow_license
from rocrate_export.vocabulary import (
    BIOSCHEMAS_WORKFLOW,
    LANGUAGES,
    SCRIPT_LANGUAGES,
    SOFTWARE_HERITAGE_REVISION,
    UNKNOWN_LANGUAGE,
    Language,
)
from workflows.records import WorkflowRecord

_GIT_COMMIT = re.compile(r"[0-9a-f]{40}")


def add_workflow(draft: Draft) -> Reference:
    """What was run: the main workflow file if the crate holds it, else the software by its name."""
    engine = add_engine(draft)
    main = draft.main_file
    if main is None or draft.record.workflow is None:
        return _add_software(draft, engine)
    facts = workflow_file_facts(main) | _workflow_facts(draft, draft.record.workflow)
    kinds = ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    return draft.add_part(
        draft.payload.id_of_workflow_file(main),
        [*kinds, "HowTo"] if draft.level == Level.PROVENANCE else kinds,
        **facts,
        conformsTo=profile_entity(draft, BIOSCHEMAS_WORKFLOW),
        programmingLanguage=_add_language(draft, main.path),
        softwareRequirements=engine,
    )


def _workflow_facts(draft: Draft, workflow: WorkflowRecord) -> dict[str, Any]:
    commit = workflow.commit_hash
    address = workflow.repository_url
    return {
        "name": workflow.name,
        "description": workflow.description,
        "version": workflow.version,
        "url": address or version_url(draft),
        "codeRepository": address,
        "identifier": f"{SOFTWARE_HERITAGE_REVISION}{commit}" if _GIT_COMMIT.fullmatch(commit) else commit,
        "license": add_workflow_license(draft),
    }


def version_url(draft: Draft) -> str:
    """Where the registry shows the workflow's version; empty without a public address."""
    workflow = draft.record.workflow
    known = draft.base_url and workflow and workflow.id
    return f"{draft.base_url}/api/v2/workflows/workflowversions/{workflow.id}/" if workflow and known else ""


def _add_software(draft: Draft, engine: Reference | None) -> Reference:
    """The software of a run whose workflow cannot be handed out."""
    workflow = draft.record.workflow
    if workflow is None:
        known = draft.record.origin.source or _first_word(draft.record.run_command)
        name = known or "Software that is not recorded"
        return draft.graph.add(draft.software_id("software", name), "SoftwareApplication", name=name)
    facts = _workflow_facts(draft, workflow)
    address = facts["url"]
    identifier = (
        uri_id(address) if is_web_address(address) else draft.identifiers.of("workflow", workflow.name)
    )
    return draft.graph.add(identifier, "SoftwareSourceCode", **facts, softwareRequirements=engine)


def _first_word(command: str) -> str:
    words = command.split(maxsplit=1)
    return words[0].rpartition("/")[2] if words and "=" not in words[0] else ""


def _add_language(draft: Draft, path: str) -> Reference:
    workflow = draft.record.workflow
    language = LANGUAGES.get(workflow.engine) if workflow else None
    is_script = language is None
    if language is None:
        suffix = f".{path.rpartition('.')[2].lower()}"
        language = SCRIPT_LANGUAGES.get(suffix, UNKNOWN_LANGUAGE)
    return draft.graph.add(
        language.uri,
        "ComputerLanguage",
        name=language.name,
        identifier=_home(draft, language),
        url=_home(draft, language),
        version=workflow.engine_version if workflow and not is_script else None,
    )


def _home(draft: Draft, language: Language) -> Reference | None:
    if language.home == language.uri:  # the page cannot be described beside the language that it stands for
        return None
    return page_entity(draft, language.home, f"Home page of {language.name}")


def add_engine(draft: Draft) -> Reference | None:
    """The software that executed the workflow, with its version; None where it is not known."""
    workflow = draft.record.workflow
    engine = LANGUAGES.get(workflow.engine) if workflow else None
    if workflow is None or engine is None:
        return None
    version = workflow.engine_version
    return draft.graph.add(
        f"{engine.home}#{slug(version) or 'engine'}",
        "SoftwareApplication",
        name=engine.name,
        url=engine.home,
        version=version,
    )
