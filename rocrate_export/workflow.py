"""The workflow, the language that it is written in, and the engine that ran it."""

import re
from typing import Any

from rocrate_export.confidential import without_secrets
from rocrate_export.draft import Draft, Level, page_entity, profile_entity
from rocrate_export.files import add_workflow_file, seen_at, workflow_file_facts
from rocrate_export.graph import Reference
from rocrate_export.more import more_of_version
from rocrate_export.names import is_web_address, slug, uri_id
from rocrate_export.payload import address_of_workflow_file
from rocrate_export.people import add_license, add_person, credits_of
from rocrate_export.vocabulary import (
    BIOSCHEMAS_WORKFLOW,
    LANGUAGES,
    SCRIPT_LANGUAGES,
    SOFTWARE_HERITAGE_REVISION,
    UNKNOWN_LANGUAGE,
    Language,
)
from rocrate_export.wording import ENGINE, ENGINE_VERSION
from workflows.records import Engine, WorkflowFileRecord, WorkflowRecord

_GIT_COMMIT = re.compile(r"[0-9a-f]{40}")
KINDS = ["File", "SoftwareSourceCode", "ComputationalWorkflow"]


def add_workflow(draft: Draft) -> Reference:
    """What was run: the main workflow file if the crate holds it, else the software by its name."""
    engine = add_engine(draft)
    main, workflow = draft.main_file, draft.record.workflow
    if workflow is None:
        return _add_unknown(draft)
    added = _add_main(draft, main, workflow, engine) if main else _add_software(draft, workflow, engine)
    for file in workflow.files:
        if file is not main:
            add_workflow_file(draft, file, added)
    return added


def _add_main(
    draft: Draft, main: WorkflowFileRecord, workflow: WorkflowRecord, engine: Reference | None
) -> Reference:
    here = draft.payload.id_of_workflow_file(main)
    address = address_of_workflow_file(main, draft.base_url) if draft.choice.absolute else ""
    facts = workflow_file_facts(draft, main) | _workflow_facts(draft, workflow)
    facts.pop("subjectOf", None)  # of a main workflow, that is its description in CWL
    if address:
        copied = {**workflow_file_facts(draft, main), "description": "The main workflow, as it lies in here."}
        facts["encoding"] = draft.add_part(here, "File", **copied)
        facts["sdDatePublished"] = seen_at(draft)
    return draft.add_part(
        address or here,
        [*KINDS, "HowTo"] if draft.record.steps or draft.level == Level.PROVENANCE else KINDS,
        **facts,
        conformsTo=profile_entity(draft, BIOSCHEMAS_WORKFLOW),
        programmingLanguage=_add_language(draft, workflow, main.path),
        softwareRequirements=engine,
    )


def _workflow_facts(draft: Draft, workflow: WorkflowRecord) -> dict[str, Any]:
    commit = workflow.commit_hash
    address = without_secrets(workflow.repository_url)
    creators = [add_person(draft, one) for one in workflow.creators]
    return {
        "name": workflow.name,
        "description": workflow.description,
        "version": workflow.version,
        "url": address or version_url(draft),
        "codeRepository": address,
        "identifier": f"{SOFTWARE_HERITAGE_REVISION}{commit}" if _GIT_COMMIT.fullmatch(commit) else commit,
        "isBasedOn": _add_source(draft, workflow),
        "license": add_license(draft, workflow.license),
        **credits_of(draft, workflow.creators, creators, "creator"),
        "additionalProperty": [*_engine_facts(draft, workflow), *more_of_version(draft, workflow)],
    }


def _add_source(draft: Draft, workflow: WorkflowRecord) -> Reference | str | None:
    """Where the version was imported from."""
    text = without_secrets(workflow.source_url)
    return page_entity(draft, text, f"Where {workflow.name} comes from") or text


def _engine_facts(draft: Draft, workflow: WorkflowRecord) -> list[Reference]:
    """What language and engine do not say: the engine of a workflow without a file, or an unknown one's version."""
    facts = []
    if draft.level == Level.PROCESS:
        facts.append(draft.add_word(ENGINE, workflow.engine.value))
    if workflow.engine == Engine.OTHER and workflow.engine_version:
        facts.append(draft.add_value("detail", ENGINE_VERSION, workflow.engine_version))
    return facts


def version_url(draft: Draft) -> str:
    """Where the registry shows the workflow's version; empty without a public address."""
    workflow = draft.record.workflow
    known = draft.base_url and workflow and workflow.id
    return f"{draft.base_url}/api/v2/workflows/workflowversions/{workflow.id}/" if workflow and known else ""


def _add_software(draft: Draft, workflow: WorkflowRecord, engine: Reference | None) -> Reference:
    """The software of a run whose workflow cannot be handed out."""
    facts = _workflow_facts(draft, workflow)
    address = uri_id(facts["url"]) if is_web_address(facts["url"]) else ""
    is_address = draft.owns(address, "workflow", workflow.name)
    identifier = address if is_address else draft.identifiers.of("workflow", workflow.name)
    return draft.graph.add(identifier, "SoftwareSourceCode", **facts, softwareRequirements=engine)


def _add_unknown(draft: Draft) -> Reference:
    """The software of a run of which no workflow is known."""
    known = draft.record.origin.source or _first_word(draft.record.run_command)
    name = known or "Software that is not recorded"
    return draft.graph.add(draft.software_id("software", name), "SoftwareApplication", name=name)


def _first_word(command: str) -> str:
    words = command.split(maxsplit=1)
    return words[0].rpartition("/")[2] if words and "=" not in words[0] else ""


def _add_language(draft: Draft, workflow: WorkflowRecord, path: str) -> Reference:
    language = LANGUAGES.get(workflow.engine)
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
        version=None if is_script else workflow.engine_version,
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
