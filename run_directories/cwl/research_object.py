"""A research object that ``cwltool --provenance`` wrote (CWLProv): a bag with the run's data by their checksums."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from run_directories.clocks import ASSUMED, Clock, clock_between
from run_directories.cwl.description import Description, described, license_of, text, tool_name
from run_directories.cwl.engine_log import EngineLog, read_log
from run_directories.cwl.jobs import found_steps, jobs_of_log, jobs_of_provenance
from run_directories.cwl.provenance import Provenance, read_provenance
from run_directories.cwl.status import status_of
from run_directories.cwl.values import NamedFile, files_in, parameters_in
from run_directories.findings import (
    FoundFile,
    FoundJob,
    FoundRun,
    FoundStep,
    FoundWorkflow,
    Role,
    WorkflowFile,
)
from run_directories.reading import is_within, json_of, mapping_of, size_of, text_of
from run_directories.sniffers import Unreadable

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_SHA1 = re.compile(r"[0-9a-f]{40}")
CUT_SHORT = (
    "The provenance and the outputs were not written, as when an exception ends the engine; "
    "jobs and times were read from its log."
)


@dataclass(frozen=True, slots=True)
class _Payload:
    """The files of the run by the names that its objects give them."""

    directory: Path
    inputs: list[NamedFile]
    outputs: list[NamedFile]
    between: dict[str, NamedFile]


def read_research_object(directory: Path) -> FoundRun:
    """The run that a research object holds. Unreadable."""
    log, provenance = _engine_log(directory), read_provenance(directory)
    description = described(mapping_of(directory / "workflow" / "packed.cwl", directory))
    outputs = json_of(directory / "workflow" / "primary-output.json", directory)
    inputs = json_of(directory / "workflow" / "primary-job.json", directory)
    payload = _payload(directory, inputs, outputs, provenance)
    clock = _clock(provenance, log)
    steps = found_steps(description, log, ())
    jobs = _jobs(provenance, log, steps, clock, payload)
    status, basis, message = status_of(log, outputs, description)
    started_at, completed_at = _times(provenance, log, clock)
    return FoundRun(
        name=_name(description, log, directory),
        status=status,
        status_basis=basis,
        message=message,
        started_at=started_at,
        completed_at=completed_at,
        run_command=log.command,
        run_environment={"engine": _engine(directory, log), "host": provenance.host}
        if provenance.host
        else None,
        source="cwl",
        external_id=_identifier(directory, provenance),
        parameters=parameters_in(inputs),
        workflow=_workflow(directory, description, log),
        files=tuple(_files(payload)),
        steps=found_steps(description, log, jobs),
        jobs=jobs,
        remarks=tuple(_remarks(provenance, clock, outputs, payload)),
    )


def _engine_log(directory: Path) -> EngineLog:
    logs = sorted((directory / "metadata" / "logs").glob("*.txt"))
    return read_log("\n".join(text_of(path, directory) for path in logs))


def _jobs(
    provenance: Provenance, log: EngineLog, steps: tuple[FoundStep, ...], clock: Clock, payload: _Payload
) -> tuple[FoundJob, ...]:
    if provenance.run is None:
        return jobs_of_log(log, steps, clock)
    return jobs_of_provenance(
        provenance, log, steps, clock, lambda names: _relatives(names, provenance, payload)
    )


def _payload(directory: Path, inputs: Any, outputs: Any, provenance: Provenance) -> _Payload:
    """What neither came in nor went out lies between steps, and is called after the job that made it."""
    coming, going = files_in(inputs), files_in(outputs)
    between: dict[str, NamedFile] = {}
    known = {file.identifier for file in going}
    for job in provenance.jobs:
        for identifier, entity in provenance.files(job.made):
            if identifier not in known and _SHA1.fullmatch(entity.sha1):
                checksum = {"checksum": f"sha1${entity.sha1}"}
                between[identifier] = NamedFile(f"{job.plan}/{entity.basename}", checksum)
    return _Payload(directory, coming, going, between)


def _relatives(identifiers: list[str], provenance: Provenance, payload: _Payload) -> tuple[str, ...]:
    """The names of the files behind PROV's entities: by id where the objects have it, else by content and name."""
    found = []
    for identifier, entity in provenance.files(identifiers):
        if name := _relative(identifier, entity.sha1, entity.basename, payload):
            found.append(name)
    return tuple(dict.fromkeys(found))


def _relative(identifier: str, sha1: str, basename: str, payload: _Payload) -> str:
    for folder, files in (("outputs", payload.outputs), ("inputs", payload.inputs)):
        for file in files:
            if file.identifier == identifier:
                return f"{folder}/{file.relative}"
    if identifier in payload.between:
        return f"intermediate/{payload.between[identifier].relative}"
    same = [file for file in payload.inputs if file.sha1 == sha1 and file.relative.endswith(f"/{basename}")]
    return f"inputs/{same[0].relative}" if same else ""


def _files(payload: _Payload) -> list[FoundFile]:
    directory = payload.directory
    found = [_file(directory, one, "inputs", Role.INPUT) for one in payload.inputs]
    found += [_file(directory, one, "outputs", Role.OUTPUT) for one in payload.outputs]
    found += [_file(directory, one, "intermediate", Role.IGNORED) for one in payload.between.values()]
    found += [
        _plain(directory, path, Role.LOG) for path in sorted((directory / "metadata" / "logs").glob("*.txt"))
    ]
    found.append(_plain(directory, directory / "workflow" / "primary-job.json", Role.PARAMETER))
    found.append(
        _plain(directory, directory / "metadata" / "provenance" / "primary.cwlprov.json", Role.REPORT)
    )
    return [file for file in found if file is not None]


def _file(directory: Path, file: NamedFile, folder: str, role: Role) -> FoundFile | None:
    path = payload_path(directory, file)
    if path is None:
        return None
    return FoundFile(
        path=path,
        relative=f"{folder}/{file.relative}",
        role=role,
        dataset=file.dataset,
        collection=file.collection,
        format=str(file.member.get("format") or ""),
        size=size_of(path),
    )


def payload_path(directory: Path, file: NamedFile) -> Path | None:
    """Where the content lies: ``location`` is relative to ``workflow``, else the checksum names the file."""
    location = unquote(str(file.member.get("location") or ""))
    candidates = [directory / "workflow" / location] if location.startswith("../data/") else []
    if _SHA1.fullmatch(file.sha1):
        candidates.append(directory / "data" / file.sha1[:2] / file.sha1)
    within = (path for path in candidates if path.is_file() and is_within(path, directory))
    return next((path.resolve() for path in within), None)


def _plain(directory: Path, path: Path, role: Role) -> FoundFile | None:
    if not path.is_file() or not is_within(path, directory):
        return None
    return FoundFile(
        path=path.absolute(), relative=path.relative_to(directory).as_posix(), role=role, size=size_of(path)
    )


def _clock(provenance: Provenance, log: EngineLog) -> Clock:
    """The log is in UTC: it began in about the moment in which PROV says that the run did."""
    started = provenance.run.started_at if provenance.run else None
    return clock_between(started, log.started_at if log.is_utc else None)


def _times(provenance: Provenance, log: EngineLog, clock: Clock) -> tuple[datetime | None, datetime | None]:
    run = provenance.run
    started = run.started_at if run and run.started_at else log.started_at
    completed = run.completed_at if run and run.completed_at else log.completed_at if log.status else None
    return clock.aware(started), clock.aware(completed)


def _name(description: Description, log: EngineLog, directory: Path) -> str:
    stem = log.workflow_file.rsplit("/", 1)[-1].rsplit("#", 1)[0].removesuffix(".cwl")
    return tool_name(description.main, stem or directory.name)


def _workflow(directory: Path, description: Description, log: EngineLog) -> FoundWorkflow:
    return FoundWorkflow(
        name=_name(description, log, directory),
        engine="CWL",
        engine_version=_engine(directory, log),
        license=license_of(description),
        description=text(description.main.get("doc")),
        files=tuple(_workflow_files(directory, log)),
    )


def _workflow_files(directory: Path, log: EngineLog) -> list[WorkflowFile]:
    """The files as they were written, of which the log names the main one; packed into one they are beside them."""
    main = unquote(log.workflow_file.rsplit("/", 1)[-1].rsplit("#", 1)[0])
    snapshot, packed = directory / "snapshot", directory / "workflow" / "packed.cwl"
    written = [path for path in sorted(snapshot.rglob("*")) if path.is_file() and is_within(path, directory)]
    has_main = any(path == snapshot / main for path in written)
    files = [
        WorkflowFile(
            path.absolute(),
            path.relative_to(snapshot).as_posix(),
            "MAIN" if path == snapshot / main else "OTHER",
        )
        for path in written
    ]
    if packed.is_file() and is_within(packed, directory):
        files.append(WorkflowFile(packed.absolute(), "packed.cwl", "OTHER" if has_main else "MAIN"))
    return files


def _engine(directory: Path, log: EngineLog) -> str:
    agent = bag_info(directory).get("Bag-Software-Agent", "")
    return agent or f"{log.engine} {log.engine_version}".strip()


def _identifier(directory: Path, provenance: Provenance) -> str:
    told = bag_info(directory).get("External-Identifier", "")
    found = _UUID.search(told) or _UUID.search(provenance.main)
    if found is None:
        raise Unreadable(
            f"{directory / 'bag-info.txt'} does not name the run (External-Identifier); is it complete?"
        )
    return found[0].lower()


def bag_info(directory: Path) -> dict[str, str]:
    """The lines ``Name: value`` of ``bag-info.txt``."""
    lines = text_of(directory / "bag-info.txt", directory, 2**20).splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line and not line.startswith(" "))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _remarks(provenance: Provenance, clock: Clock, outputs: Any, payload: _Payload) -> list[str]:
    said = []
    if provenance.run is None:
        said.append(CUT_SHORT)
    elif clock.zone is None:
        said.append(ASSUMED)
    lost = [
        one.relative
        for one in payload.inputs + payload.outputs
        if payload_path(payload.directory, one) is None
    ]
    if lost:
        said.append(f"{len(lost)} files are named but not in the research object: {', '.join(lost[:3])}.")
    if shared := _of_one_content(payload):
        said.append(
            f"{shared} files have the content of another; the research object keeps it once, and so will the registry."
        )
    for name, value in parameters_in(outputs).items():
        if value is not None:
            said.append(f"The output {name} is no file but a value: {str(value)[:200]}.")
    return said


def _of_one_content(payload: _Payload) -> int:
    paths = [payload_path(payload.directory, one) for one in payload.inputs + payload.outputs]
    there = [path for path in paths if path is not None]
    return len(there) - len(set(there))
