"""Which run a crate is about, read from its metadata as far as a person needs to recognise it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from run_directories.findings import FoundRun, FoundWorkflow
from run_directories.sniffers import NotThisEngine

PROFILES = ("w3id.org/ro/wfrun/",)
NO_RUN = "it is an RO-Crate, but tells of no execution"
STATUSES = {
    "CompletedActionStatus": "SUCCESS",
    "FailedActionStatus": "FAILED",
    "ActiveActionStatus": "RUNNING",
    "PotentialActionStatus": "PENDING",
}
ENGINES = {
    "snakemake": "SNAKEMAKE",
    "nextflow": "NEXTFLOW",
    "cwl": "CWL",
    "galaxy": "GALAXY",
    "wdl": "WDL",
}
Entities = Mapping[str, dict[str, Any]]


def entities_of(document: Any) -> Entities:
    """The entities by their ids; NotThisEngine where the JSON has no graph."""
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list):
        raise NotThisEngine("its metadata has no @graph, so that it is no RO-Crate.")
    return {one["@id"]: one for one in graph if isinstance(one, dict) and isinstance(one.get("@id"), str)}


def is_run_crate(entities: Entities) -> bool:
    """Whether the crate says of itself that it conforms to a profile of runs."""
    said = [*_links(_root(entities), "conformsTo"), *_links(_descriptor(entities), "conformsTo")]
    return any(profile in identifier for identifier in said for profile in PROFILES)


def run_of(entities: Entities, place: Path) -> FoundRun | None:
    """The run, None where the crate tells of none."""
    action = _main_action(entities)
    if action is None:
        return None
    root, identifier = _root(entities), str(action["@id"])
    has_address = identifier.startswith(("http://", "https://", "urn:", "arcp:"))
    return FoundRun(
        name=_text(action, "name") or _text(root, "name") or place.name,
        status=_status(action),
        status_basis="REPORTED" if "actionStatus" in action else "INFERRED",
        message=_text(action, "error"),
        description=_text(action, "description") or _text(root, "description"),
        started_at=_time(action, "startTime"),
        completed_at=_time(action, "endTime"),
        source="rocrate",
        external_id=identifier if has_address else "",
        workflow=_workflow(entities, action),
    )


def _descriptor(entities: Entities) -> dict[str, Any]:
    for name in ("ro-crate-metadata.json", "ro-crate-metadata.jsonld"):
        for identifier in (name, f"./{name}"):
            if identifier in entities:
                return entities[identifier]
    return {}


def _root(entities: Entities) -> dict[str, Any]:
    about = next(iter(_links(_descriptor(entities), "about")), "./")
    return entities.get(about) or entities.get("./", {})


def _main_action(entities: Entities) -> dict[str, Any] | None:
    """What ran the main workflow, else what the root mentions, else the first action of all.

    Of several executions of the main workflow the last one counts, as it does for the server.
    """
    root = _root(entities)
    main = set(_links(root, "mainEntity"))
    actions = [
        one for one in entities.values() if _is_a(one, "CreateAction", "ActivateAction", "UpdateAction")
    ]
    of_main = [one for one in actions if main.intersection(_links(one, "instrument"))]
    if of_main:
        return max(of_main, key=lambda one: _time(one, "startTime") or datetime.min.replace(tzinfo=UTC))
    mentioned = set(_links(root, "mentions"))
    return next((one for one in actions if one["@id"] in mentioned), actions[0] if actions else None)


def _workflow(entities: Entities, action: dict[str, Any]) -> FoundWorkflow | None:
    for identifier in _links(action, "instrument"):
        entity = entities.get(identifier, {})
        if _is_a(entity, "ComputationalWorkflow"):
            return FoundWorkflow(
                name=_text(entity, "name") or identifier,
                version=_text(entity, "version") or _text(entity, "softwareVersion"),
                engine=_engine(entities, entity),
                repository_url=_text(entity, "codeRepository"),
            )
    return None


def _engine(entities: Entities, workflow: dict[str, Any]) -> str:
    for identifier in _links(workflow, "programmingLanguage"):
        told = f"{identifier} {_text(entities.get(identifier, {}), 'name')}".lower()
        if "common workflow language" in told:
            return "CWL"
        for word, engine in ENGINES.items():
            if word in told:
                return engine
    return "OTHER"


def _status(action: dict[str, Any]) -> str:
    told = next(iter(_links(action, "actionStatus")), _text(action, "actionStatus")).rpartition("/")[2]
    if told in STATUSES:
        return STATUSES[told]
    if "error" in action:
        return "FAILED"
    return "SUCCESS" if "endTime" in action else "UNKNOWN"


def _time(entity: dict[str, Any], name: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(entity, name))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_a(entity: dict[str, Any], *kinds: str) -> bool:
    return bool(set(kinds).intersection(map(str, _several(entity.get("@type")))))


def _links(entity: dict[str, Any], name: str) -> Iterator[str]:
    for one in _several(entity.get(name)):
        if isinstance(one, dict) and isinstance(one.get("@id"), str):
            yield one["@id"]
        elif isinstance(one, str):
            yield one


def _text(entity: dict[str, Any], name: str) -> str:
    found = next(iter(_several(entity.get(name))), "")
    return found.strip() if isinstance(found, str) else ""


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
