"""The workflow of a crate: what it is called, in which language it is written, whose it is, and its files."""

import re
from collections.abc import Iterable

from data_management.records import FileRecord
from rocrate_export.vocabulary import LANGUAGES, PREVIEW, README, SOFTWARE_HERITAGE_REVISION, WORKFLOW_FOLDER
from rocrate_export.wording import ENGINE, ENGINE_VERSION, FILE_TYPE
from rocrate_import.translate.files import Files, is_file
from rocrate_import.translate.graph import Entity, is_a, text, values
from rocrate_import.translate.more import more_of_version
from rocrate_import.translate.people import people_of
from rocrate_import.translate.properties import details, word
from rocrate_import.translate.reading import Reading
from rocrate_import.translate.root import license_of
from workflows.records import Engine, FileType, PersonRecord, WorkflowFileRecord, WorkflowRecord

SOFTWARE = ("SoftwareSourceCode", "ComputationalWorkflow", "SoftwareApplication")
UNVERSIONED = "unversioned"
_LONGEST_PATH, _LONGEST_VERSION = 500, 60
_BY_LANGUAGE = {language.uri.lower(): engine for engine, language in LANGUAGES.items()}
_WORDS = (
    ("galaxy", Engine.GALAXY),
    ("snakemake", Engine.SNAKEMAKE),
    ("nextflow", Engine.NEXTFLOW),
    ("common workflow language", Engine.CWL),
    ("cwl", Engine.CWL),
    ("workflow description language", Engine.WDL),
    ("wdl", Engine.WDL),
    ("airflow", Engine.AIRFLOW),
    ("reana", Engine.REANA),
    ("torc", Engine.TORC),
)
_SUFFIXES = (
    (".cwl", Engine.CWL),
    (".ga", Engine.GALAXY),
    (".nf", Engine.NEXTFLOW),
    (".smk", Engine.SNAKEMAKE),
    ("snakefile", Engine.SNAKEMAKE),
    (".wdl", Engine.WDL),
)
_VERSION_IN_NAME = re.compile(r"\s(v?\d[\w.+-]*)$")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FILE_TYPES = (
    (re.compile(r"(?:^|/)readme(?:\.\w+)?$", re.IGNORECASE), FileType.README),
    (re.compile(r"(?:^|/)(?:licen[cs]e|copying)(?:\.\w+)?$", re.IGNORECASE), FileType.LICENSE),
    (re.compile(r"(?:^|/)tests?/", re.IGNORECASE), FileType.TEST),
    (re.compile(r"\.config$|(?:^|/)(?:conf|config|profiles)/", re.IGNORECASE), FileType.CONFIG),
)


def workflow_entity(reading: Reading, run: Entity | None) -> Entity | None:
    """What was run as a workflow: the crate's main entity, else source code that is the run's instrument."""
    if reading.main is not None:
        return reading.main
    tools = reading.graph.linked(run, "instrument") if run else []
    return next((one for one in tools if is_a(one, "SoftwareSourceCode", "ComputationalWorkflow")), None)


def workflow_of(reading: Reading, entity: Entity, files: Files, parts: Iterable[Entity]) -> WorkflowRecord:
    """The workflow that an entity describes. ``parts`` are the files that belong to it beside the main one."""
    identifier, cut = entity["@id"], reading.remarks.cut
    repository = _address(reading, entity, "codeRepository")
    return WorkflowRecord(
        name=reading.name(_name_of(reading, entity, files), identifier),
        version=reading.name(_version_of(reading, entity), identifier, "version"),
        engine=engine_of(reading, entity),
        engine_version=cut(
            _engine_version(reading, entity), _LONGEST_VERSION, identifier, "engine's version"
        ),
        description=text(entity, "description"),
        license=license_of(reading, entity, 100),
        repository_url=cut(repository, 1000, identifier, "address of the repository"),
        commit_hash=cut(_commit(reading, entity), 64, identifier, "commit"),
        source_url=cut(_source_of(reading, entity), 1000, identifier, "address of the source"),
        creators=_creators(reading, entity),
        files=tuple(_files(reading, entity, files, parts)),
        **more_of_version(reading, entity),
    )


def _creators(reading: Reading, entity: Entity) -> tuple[PersonRecord, ...]:
    """Who wrote the workflow; who is its creator and its author is named once, unless our own crate says so."""
    people = people_of(reading, [(entity, name, name) for name in ("creator", "author")])
    once = {(one.name, one.orcid): one for one in reversed(people)}
    return people if reading.is_ours else tuple(one for one in people if one in once.values())


def engine_of(reading: Reading, entity: Entity) -> Engine:
    """The engine, by the language that is told, else by the name of the main file."""
    told = word(Engine, details(reading.graph, entity).get(ENGINE))
    if told:
        return told
    for link in reading.graph.ids(entity, "programmingLanguage"):
        if link.lower() in _BY_LANGUAGE:
            return _BY_LANGUAGE[link.lower()]
    if reading.is_ours:
        return Engine.OTHER
    languages = [one["@id"] + " " + text(one, "name", "alternateName") for one in _languages(reading, entity)]
    languages += [str(one) for one in values(entity, "programmingLanguage")]
    found = (engine for one in languages for word, engine in _WORDS if word in one.lower())
    name = entity["@id"].partition("#")[0].lower()
    return next(found, None) or next((kind for end, kind in _SUFFIXES if name.endswith(end)), Engine.OTHER)


def _languages(reading: Reading, entity: Entity) -> list[Entity]:
    return reading.graph.linked(entity, "programmingLanguage")


def version_of(entity: Entity) -> str:
    """The version of a piece of software, by either of its two terms."""
    return text(entity, "version", "softwareVersion")


def _name_of(reading: Reading, entity: Entity, files: Files) -> str:
    if reading.is_ours:
        return text(entity, "name")
    return text(entity, "name") or text(reading.root, "name") or entity["@id"].rpartition("/")[2]


def _version_of(reading: Reading, entity: Entity) -> str:
    if reading.is_ours:
        return text(entity, "version")
    return version_of(entity) or text(reading.root, "version") or UNVERSIONED


def _engine_version(reading: Reading, entity: Entity) -> str:
    """The version of what executed the workflow: as the engine's own action tells, or the workflow's needs."""
    told = details(reading.graph, entity).get(ENGINE_VERSION)
    if told is not None:
        return str(told)
    requirements = reading.graph.linked(entity, "softwareRequirements")
    if reading.is_ours:
        return text(requirements[0], "version") if requirements else ""
    engines = [
        one
        for action in reading.graph.of_type("OrganizeAction")
        for one in reading.graph.linked(action, "instrument")
    ]
    # CWL and WDL are languages that many engines run: their version says nothing of the engine.
    is_language = engine_of(reading, entity) in (Engine.CWL, Engine.WDL)
    known = [
        _version_or_name(one) for one in (*engines, *([] if is_language else _languages(reading, entity)))
    ]
    return next(filter(None, known), "")


def _version_or_name(entity: Entity) -> str:
    found = _VERSION_IN_NAME.search(text(entity, "name"))
    return version_of(entity) or (found[1] if found else "")


def _commit(reading: Reading, entity: Entity) -> str:
    for one in values(entity, "identifier"):
        told = one["@id"] if isinstance(one, dict) else str(one)
        commit = told.removeprefix(SOFTWARE_HERITAGE_REVISION)
        if reading.is_ours:
            return commit
        if _COMMIT.fullmatch(commit):
            return commit
    return ""


def _source_of(reading: Reading, entity: Entity) -> str:
    return _address(reading, entity, "isBasedOn")


def _address(reading: Reading, entity: Entity, name: str) -> str:
    """An address: the ``url`` of what a property links to, else the link or the text itself."""
    for one in values(entity, name):
        if isinstance(one, dict):
            known = reading.graph.get(one["@id"])
            return (text(known, "url") if known else "") or str(one["@id"])
        return str(one)
    return ""


def _files(
    reading: Reading, entity: Entity, files: Files, parts: Iterable[Entity]
) -> Iterable[WorkflowFileRecord]:
    found: dict[str, WorkflowFileRecord] = {}
    mains = [one for one in (*reading.graph.linked(entity, "encoding"), entity) if is_file(one)]
    for one in mains[:1]:
        main = _file(reading, one, files.record(one), FileType.MAIN)
        found[main.path] = main
    others = {
        one["@id"]: one for one in parts if is_file(one) and one["@id"] not in {m["@id"] for m in mains}
    }
    for one in others.values():
        record = files.record(one)
        told = word(FileType, details(reading.graph, one).get(FILE_TYPE))
        known = told or (FileType.OTHER if reading.is_ours else _kind_of(record.path))
        file = _file(reading, one, record, FileType.OTHER if known == FileType.MAIN and mains else known)
        found.setdefault(file.path, file)
    return sorted(found.values(), key=lambda file: file.path)


def _kind_of(path: str) -> FileType:
    return next((kind for pattern, kind in _FILE_TYPES if pattern.search(path)), FileType.OTHER)


def _file(reading: Reading, entity: Entity, record: FileRecord, kind: FileType) -> WorkflowFileRecord:
    """A file of the workflow; its path leads nowhere outside, whatever is told."""
    path = record.path or record.name
    is_where_we_put_it = record.storage_key == f"{WORKFLOW_FOLDER}/{text(entity, 'alternateName')}"
    if not reading.is_ours and is_where_we_put_it:
        path = text(entity, "alternateName")
    elif not reading.is_ours:
        parts = (record.storage_key or path).replace("\\", "/").split("/")
        path = "/".join(part for part in parts if part not in ("", ".", "..")) or "file"
    path = reading.remarks.cut(path, _LONGEST_PATH, entity["@id"], "path")
    return WorkflowFileRecord(path, kind, record.size, record.sha256, record.storage_key)


def parts_of_workflow(reading: Reading, entity: Entity) -> list[Entity]:
    """The files of a workflow in a crate of a run: those that say so, and code beside its main file."""
    graph, identifier = reading.graph, entity["@id"]
    own = [one for one in graph.linked(entity, "hasPart") if is_file(one)]
    folder = identifier.rpartition("/")[0]
    beside = f"{folder}/" if folder and "://" not in identifier else None
    for one in graph.of_type("File"):
        if identifier in graph.ids(one, "isPartOf") or (not reading.is_ours and _is_code_beside(one, beside)):
            own.append(one)
    return own


def _is_code_beside(entity: Entity, folder: str | None) -> bool:
    """Whether a file is code, or lies in the workflow's own folder and took no part in a run."""
    in_folder = folder is not None and entity["@id"].startswith(folder)
    return is_a(entity, "SoftwareSourceCode", "ComputationalWorkflow") or (in_folder and is_plain(entity))


def is_plain(entity: Entity) -> bool:
    """Whether a file took no part in a run, as far as it says itself."""
    return not values(entity, "exampleOfWork", "about")


def all_files(reading: Reading) -> list[Entity]:
    """The files of a crate that holds a workflow and no run: all of them."""
    described = {reading.find(one["@id"]): one for one in reading.graph.of_type("File")}
    names = (name for name in reading.names if name != PREVIEW)
    found = [described.get(name) or {"@id": name, "@type": ("File",)} for name in names]
    remote = [one for name, one in described.items() if name is None and "://" in one["@id"]]
    return [one for one in (*found, *remote) if not _is_page_of_ours(reading, one)]


def _is_page_of_ours(reading: Reading, entity: Entity) -> bool:
    """Whether our own builder wrote a README for the crate; that of a workflow is the workflow's."""
    is_named_so = entity["@id"] == README and text(entity, "name") == "Read me"
    return is_named_so and reading.root_id in reading.graph.ids(entity, "about")
