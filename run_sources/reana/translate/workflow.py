"""What ran: the specification, kept as the file that REANA's own client takes, and what it declares."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import yaml

from run_sources.reana.reading import NAME, PATH, Json, cut, mapping, plain, text, texts
from run_sources.reana.translate.steps import details_of, planned_steps
from run_sources.reana.values import Told
from workflows.records import (
    DataType,
    DeclaredFile,
    Engine,
    FileType,
    ParameterRecord,
    WorkflowFileRecord,
    WorkflowRecord,
)

ENGINES = {"cwl": Engine.CWL, "snakemake": Engine.SNAKEMAKE, "serial": Engine.REANA, "yadage": Engine.REANA}
FILE = "reana.yaml"
UNKNOWN_VERSION = "unknown"
DIGITS = 12  # of a digest, that are enough to tell versions of one workflow apart
_DECLARED = (("inputs", DataType.INPUT), ("outputs", DataType.OUTPUT))


def kind_of(told: Told) -> str:
    """The word for the language of the workflow."""
    workflow = mapping(told.specification, "specification", "workflow")
    return text(workflow, "type", NAME) or text(told.parameters, "type", NAME)


def workflow_files(told: Told) -> dict[str, bytes]:
    """The specification as a file; nothing where it could not be read."""
    specification = mapping(told.specification, "specification")
    if not specification:
        return {}
    written = yaml.safe_dump(plain(specification), allow_unicode=True, sort_keys=True, width=100)
    return {FILE: written.encode()}


def workflow_record(told: Told, files: dict[str, bytes]) -> WorkflowRecord:
    """The workflow under the name that its runs share. REANA has no versions: equal specifications are one."""
    digests = {path: sha256(content).hexdigest() for path, content in files.items()}
    digest = digests.get(FILE, "")
    return WorkflowRecord(
        name=cut(told.name.name, NAME),
        version=digest[:DIGITS] or UNKNOWN_VERSION,
        engine=ENGINES.get(kind_of(told), Engine.REANA),
        files=tuple(
            WorkflowFileRecord(path, FileType.MAIN, len(content), digests[path])
            for path, content in files.items()
        ),
        source_digest=f"sha256:{digest}" if digest else "",
        parameter_template=_template(told.specification),
        metadata=_metadata(told),
    )


def parameters_of(told: Told) -> tuple[ParameterRecord, ...]:
    """What the run was started with: as the server joins it, else the defaults with what was given at the start."""
    joined = told.parameters.get("parameters") if told.parameters else None
    values = (
        joined if isinstance(joined, dict) else _defaults(told.specification) | _given(told.specification)
    )
    named = {cut(name, NAME): value for name, value in plain(values).items() if name}
    return tuple(ParameterRecord(name, value) for name, value in named.items())


def given_parameters(told: Told) -> Json:
    """What was changed at the start of this run."""
    given: Json = plain(_given(told.specification))
    return given


def declared_files(specification: Json | None) -> tuple[DeclaredFile, ...]:
    """What the run was to take in and to make, each path once for each."""
    return tuple(dict.fromkeys(_declared(specification)))


def _declared(specification: Json | None) -> Iterator[DeclaredFile]:
    for section, data_type in _DECLARED:
        said = mapping(specification, "specification", section)
        for path in texts(said, "files"):
            yield DeclaredFile(_relative(path), data_type)
        for path in texts(said, "directories", PATH - 1):
            yield DeclaredFile(f"{_relative(path).rstrip('/')}/", data_type)


def _relative(path: str) -> str:
    return path.strip().removeprefix("./")


def _template(specification: Json | None) -> dict[str, Any]:
    """The declared parameters. What a start may change may also be left out: each has a default."""
    return {
        name: {"default": value, "optional": True} for name, value in plain(_defaults(specification)).items()
    }


def _defaults(specification: Json | None) -> Json:
    return mapping(specification, "specification", "inputs", "parameters")


def _given(specification: Json | None) -> Json:
    return mapping(specification, "parameters")


def _metadata(told: Told) -> dict[str, Any]:
    specification = mapping(told.specification, "specification")
    workflow = mapping(specification, "workflow")
    said = {
        "type": kind_of(told),
        "specification_version": text(specification, "version", NAME),
        "file": text(workflow, "file", PATH),
        "resources": plain(mapping(workflow, "resources")),
        "options": plain(mapping(specification, "inputs", "options")),
        "workspace": plain(mapping(specification, "workspace")),
        "steps": details_of(planned_steps(told.specification)),
    }
    return {name: value for name, value in said.items() if value}
