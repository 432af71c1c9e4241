"""A workflow or a version of it, with the files that were exported, as a workflow version of ours."""

import hashlib
import re
from collections.abc import Iterator, Mapping

from run_sources.healthomics.answers import Json
from run_sources.healthomics.definition import Exported
from run_sources.healthomics.translate.reading import (
    MESSAGE,
    NAME,
    clean,
    mapping,
    named,
    plain,
    rest_of,
    text,
    texts,
)
from workflows.records import Engine, FileType, WorkflowFileRecord, WorkflowRecord

ENGINES = {
    "WDL": Engine.WDL,
    "WDL_LENIENT": Engine.WDL,
    "NEXTFLOW": Engine.NEXTFLOW,
    "CWL": Engine.CWL,
}
LATEST = "default"  # a workflow's own definition, beside its named versions
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

# Where each member of a workflow and of a version is kept; the docs show the same.
KEPT = {
    "arn": "version: metadata.arn",
    "id": "version: metadata.workflow_id",
    "workflowId": "version: metadata.workflow_id",
    "uuid": "version: metadata.uuid",
    "name": "workflow: name",
    "versionName": "version: version",
    "description": "workflow: description; a version's own: metadata.description",
    "type": "version: metadata.type",
    "status": "version: metadata.status",
    "statusMessage": "version: metadata.status_message",
    "creationTime": "version: metadata.creation_time",
    "engine": "workflow: engine; the word in metadata.engine",
    "main": "version: the file of type MAIN, and repository.main_path",
    "digest": "version: source_digest",
    "parameterTemplate": "version: parameter_template",
    "storageCapacity": "version: requirements.storage_capacity_gib",
    "storageType": "version: requirements.storage_type",
    "accelerators": "version: requirements.accelerators",
    "containerRegistryMap": "version: container_registry_map",
    "definitionRepositoryDetails": "version: repository, repository_url and commit_hash",
    "readmePath": "version: repository.readme_path",
    "tags": "version: tags",
    "metadata": "version: metadata.of_the_workflow",
    "profiles": "version: metadata.profiles",
    "profileParameterTemplates": "version: metadata.profile_parameter_templates",
    "workflowBucketOwnerId": "version: metadata.workflow_bucket_owner_id",
    "definition": "a link: the files that it led to are kept",
    "readme": "a link: the file that it led to is kept",
}
_OF_METADATA = (
    "arn", "uuid", "type", "status", "statusMessage", "creationTime", "engine", "profiles",
    "profileParameterTemplates", "workflowBucketOwnerId",
)  # fmt: skip
_TYPES = (
    (FileType.README, re.compile(r"(?i)readme(\.\w+)?")),
    (FileType.LICENSE, re.compile(r"(?i)(licen[cs]e|copying)([.-]\w+)*")),
    (FileType.PARAMETER, re.compile(r"(?i)(params?|inputs?|parameters?)([._-]\w+)*\.(json|ya?ml)")),
    (FileType.CONFIG, re.compile(r"(?i)\S*\.config|conf\.(json|ya?ml)")),
)


def read_workflow(run: Json, workflow: Json, version: Json, exported: Exported) -> WorkflowRecord:
    """What ran: the version where the run names one, else the workflow itself; what neither says, the run does."""
    told = {**workflow, **{name: one for name, one in version.items() if one not in (None, "", {}, [])}}
    number = text(run, "workflowId", NAME) or text(told, "id", NAME)
    repository = _repository(told)
    main = _main_path(text(told, "main", 500), exported.files)
    return WorkflowRecord(
        name=text(workflow, "name", NAME) or f"HealthOmics workflow {number}",
        version=text(run, "workflowVersionName", NAME) or text(version, "versionName", NAME) or LATEST,
        engine=ENGINES.get(text(told, "engine"), Engine.OTHER),
        engine_version=text(run, "engineVersion", 60),
        description=text(workflow, "description", MESSAGE),
        repository_url=_repository_url(mapping(told, "definitionRepositoryDetails")),
        commit_hash=str(repository.get("commit", ""))[:64],
        files=tuple(_files(exported, main)),
        source_digest=text(told, "digest", 140) or text(run, "digest", 140),
        parameter_template=_template(mapping(told, "parameterTemplate")),
        requirements=_requirements(told),
        container_registry_map=_registry_map(mapping(told, "containerRegistryMap")),
        repository=repository | ({"main_path": text(told, "main", 500)} if text(told, "main") else {}),
        tags=texts(workflow, "tags") | texts(version, "tags"),
        metadata=_metadata(number, workflow, version),
    )


def remarks_on(run: Json, workflow: WorkflowRecord, exported: Exported) -> Iterator[str]:
    """Digests that are not equal."""
    of_run = text(run, "digest", 140)
    if of_run and workflow.source_digest and of_run != workflow.source_digest:
        yield (
            "The digest of the run's workflow is not the one that the workflow has now: its definition may have "
            "changed since the run."
        )
    if (
        exported.digest
        and DIGEST.fullmatch(workflow.source_digest)
        and exported.digest != workflow.source_digest
    ):
        yield (
            f"The archive of the definition that HealthOmics gave has the SHA-256 {exported.digest[7:]}, which is not "
            "the digest that it tells of the workflow. Both are kept."
        )


def _files(exported: Exported, main: str) -> Iterator[WorkflowFileRecord]:
    for path in sorted(exported.files):
        content = exported.files[path]
        yield WorkflowFileRecord(
            path=path,
            data_type=_type_of(path, main, exported.readme),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )


def _type_of(path: str, main: str, readme: str) -> FileType:
    if path == main:
        return FileType.MAIN
    if path == readme:
        return FileType.README
    if re.match(r"(?i)(.*/)?tests?/", path):
        return FileType.TEST
    name = path.rpartition("/")[2]
    return next((kind for kind, pattern in _TYPES if pattern.fullmatch(name)), FileType.OTHER)


def _main_path(main: str, files: Mapping[str, bytes]) -> str:
    """The entry point among the files: as it is told, or in the one folder that holds everything."""
    wanted = main.removeprefix("./")
    if wanted in files:
        return wanted
    ending = [path for path in files if wanted and path.endswith(f"/{wanted}")]
    if len(ending) == 1:
        return ending[0]
    usual = [path for path in ("main.nf", "main.wdl", "main.cwl") if path in files]
    return usual[0] if not wanted and len(usual) == 1 else ""


def _template(told: Json) -> Json:
    found: Json = {}
    for name, one in told.items():
        known = one if isinstance(one, dict) else {}
        entry = {"description": text(known, "description")} if text(known, "description") else {}
        optional = {"optional": known["optional"]} if isinstance(known.get("optional"), bool) else {}
        found[clean(str(name))] = plain({**entry, **optional, **rest_of(known, ("description", "optional"))})
    return found


def _requirements(told: Json) -> Json:
    found = named(told, ("accelerators", "storageType"))
    capacity = named(told, ("storageCapacity",)).get("storage_capacity")
    return found if capacity is None else {**found, "storage_capacity_gib": capacity}


def _registry_map(told: Json) -> Json:
    """As HealthOmics spells it, without where the credentials of a registry lie."""
    found = {
        name: [_without_credentials(one) for one in listed if isinstance(one, dict)]
        for name, listed in told.items()
        if isinstance(listed, list)
    }
    return {name: plain(one) for name, one in found.items() if one}


def _without_credentials(one: Json) -> Json:
    return {name: value for name, value in one.items() if name != "credentialArn"}


def _repository(told: Json) -> Json:
    details = mapping(told, "definitionRepositoryDetails")
    reference = mapping(details, "sourceReference")
    kind = {"BRANCH": "branch", "TAG": "tag", "COMMIT": "commit"}.get(text(reference, "type"), "reference")
    found = {
        "provider": text(details, "providerType"),
        "endpoint": text(details, "providerEndpoint"),
        "full_id": text(details, "fullRepositoryId"),
        kind: text(reference, "value"),
        "readme_path": text(told, "readmePath"),
    }
    return {name: one for name, one in found.items() if one}


def _repository_url(details: Json) -> str:
    """Where a person finds the repository, if the provider's address and its name say so."""
    provider = text(details, "providerEndpoint", 500).rstrip("/")
    repository = text(details, "fullRepositoryId", 400)
    is_address = re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d+)?(/[\w.-]+)*", provider)
    if not is_address or not re.fullmatch(r"[\w.-]+(/[\w.-]+)+", repository):
        return ""
    return f"{provider}/{repository}"


def _metadata(number: str, workflow: Json, version: Json) -> Json:
    """What has no place of its own; of the workflow where the version says nothing else."""
    told = {
        "workflow_id": number,
        **named(workflow, _OF_METADATA),
        **named(version, (*_OF_METADATA, "description")),
    }
    if version and workflow.get("arn"):
        told["workflow_arn"] = text(workflow, "arn")
    own = {**mapping(workflow, "metadata"), **mapping(version, "metadata")}
    rest = {**rest_of(workflow, KEPT), **rest_of(version, KEPT)}
    return {**told, **({"of_the_workflow": plain(own)} if own else {}), **({"more": rest} if rest else {})}
