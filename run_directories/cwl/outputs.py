"""What cwltool or toil leave without ``--provenance``: the object of the outputs as JSON, and what they said."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from run_directories.clocks import ASSUMED, Clock
from run_directories.cwl.description import Description, described, license_of, text, tool_name
from run_directories.cwl.engine_log import EngineLog, read_log
from run_directories.cwl.jobs import found_steps, jobs_of_log
from run_directories.cwl.status import status_of
from run_directories.cwl.values import NamedFile, files_in, parameters_in
from run_directories.findings import FoundFile, FoundRun, FoundWorkflow, Role, WorkflowFile
from run_directories.reading import is_within, mapping_of, size_of, text_of
from run_directories.sniffers import NotThisEngine

LOGS = (".log", ".txt", ".err", ".stderr")
OBJECTS = (".json", ".out", ".stdout")
_WORDS = (".stdout", ".stderr", ".outputs", ".output", ".cwl", ".out", ".err", ".log", ".json", ".txt")
HEAD = 64 * 1024
MOST_CANDIDATES = 200  # of outputs and logs that lie beside one another
MOST_JOB = 256 * 1024
MOST_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Trace:
    """What one run left: the object of its outputs, its log, or both."""

    stem: str
    outputs_file: Path | None
    outputs: Any
    log_file: Path | None
    log: EngineLog


def read_output_objects(directory: Path) -> tuple[FoundRun, ...]:
    """The runs whose outputs or logs lie in the directory, the newest first. NotThisEngine."""
    traces = sorted(traces_in(directory), key=_when, reverse=True)
    if not traces:
        raise NotThisEngine(f"{directory} holds neither outputs nor a log of a CWL engine.")
    return tuple(_run(directory, trace) for trace in traces)


def traces_in(directory: Path) -> list[Trace]:
    """Outputs and logs that belong together by their names; a single one of each do whatever they are called."""
    objects = {_stem(path): (path, held) for path, held in _objects(directory)}
    logs = {_stem(path): (path, log) for path, log in _logs(directory)}
    if len(objects) == 1 and len(logs) == 1:
        (outputs_file, outputs), (log_file, log) = next(iter(objects.values())), next(iter(logs.values()))
        return [Trace(outputs_file.stem, outputs_file, outputs, log_file, log)]
    return [_trace(stem, objects.get(stem), logs.get(stem)) for stem in dict.fromkeys([*objects, *logs])]


def _trace(stem: str, held: tuple[Path, Any] | None, logged: tuple[Path, EngineLog] | None) -> Trace:
    outputs_file, outputs = held or (None, None)
    log_file, log = logged or (None, EngineLog())
    return Trace(stem, outputs_file, outputs, log_file, log)


def is_output_object(held: Any) -> bool:
    """Whether it is an object of outputs: its files have checksums, which those of a job's inputs do not."""
    if not isinstance(held, dict) or "cwlVersion" in held:
        return False
    files = files_in(held)
    return bool(files) and all(file.member.get("checksum") or "contents" in file.member for file in files)


def _objects(directory: Path) -> Iterator[tuple[Path, Any]]:
    for path in _beside(directory, OBJECTS):
        if '"class"' not in text_of(path, directory, HEAD):
            continue
        try:
            held = json.loads(text_of(path, directory))
        except ValueError:
            continue
        if is_output_object(held):
            yield path, held


def _logs(directory: Path) -> Iterator[tuple[Path, EngineLog]]:
    for path in _beside(directory, LOGS):
        if _says_cwl(text_of(path, directory, HEAD)):
            log = read_log(text_of(path, directory))
            if log.is_of_an_engine:
                yield path, log


def _says_cwl(head: str) -> bool:
    return "cwltool" in head or "Running Toil version" in head or ".cwl" in head


def _beside(directory: Path, endings: tuple[str, ...]) -> list[Path]:
    with os.scandir(directory) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith(endings) and entry.is_file())
    return [directory / name for name in names[:MOST_CANDIDATES]]


def _stem(path: Path) -> str:
    stem, before = path.name, ""
    while stem != before:
        before = stem
        for word in _WORDS:
            stem = stem.removesuffix(word)
    return stem


def _when(trace: Trace) -> float:
    files = [path for path in (trace.log_file, trace.outputs_file) if path is not None]
    return max(path.stat().st_mtime for path in files)


def _run(directory: Path, trace: Trace) -> FoundRun:
    log, clock = trace.log, Clock()
    main = _main_file(directory, log)
    description = _description(directory, main)
    job_file, inputs = _job_file(directory, description, main)
    steps = found_steps(description, log, ())
    jobs = jobs_of_log(log, steps, clock)
    status, basis, message = status_of(log, trace.outputs, description)
    return FoundRun(
        name=_name(description, trace),
        status=status,
        status_basis=basis,
        message=message,
        started_at=clock.aware(log.started_at),
        completed_at=clock.aware(log.completed_at) if log.status else None,
        run_command=log.command,
        run_environment={"host": log.host} if log.host else None,
        source="cwl",
        external_id=_identifier(directory, trace),
        parameters=parameters_in(inputs),
        workflow=_workflow(directory, description, main, trace),
        files=tuple(_files(directory, trace, inputs, job_file)),
        steps=found_steps(description, log, jobs),
        jobs=jobs,
        remarks=tuple(_remarks(directory, trace, main, job_file)),
    )


def _main_file(directory: Path, log: EngineLog) -> Path | None:
    """The workflow that the log names, where it lies beside the run."""
    name = unquote(urlparse(log.workflow_file).path).rsplit("/", 1)[-1]
    path = directory / name
    return path if name and path.is_file() and is_within(path, directory) else None


def _description(directory: Path, main: Path | None) -> Description:
    if main is None:
        return described({})
    files = _workflow_files(directory, main)
    others = {file.relative: mapping_of(file.path, directory) for file in files if file.file_type != "MAIN"}
    return described(mapping_of(main, directory), others)


def _job_file(
    directory: Path, description: Description, main: Path | None
) -> tuple[Path | None, dict[str, Any]]:
    """The only file beside the run that gives the workflow its inputs and nothing else."""
    if main is None or not description.inputs:
        return None, {}
    found = []
    for path in _beside(directory, (".yml", ".yaml", ".json")):
        is_small = (size_of(path) or 0) <= MOST_JOB
        held = mapping_of(path, directory) if is_small else {}
        if held and set(held) <= description.inputs and not is_output_object(held):
            found.append((path, held))
    return found[0] if len(found) == 1 else (None, {})


def _name(description: Description, trace: Trace) -> str:
    stem = unquote(trace.log.workflow_file).rsplit("/", 1)[-1].rsplit("#", 1)[0].removesuffix(".cwl")
    return tool_name(description.main, stem or trace.stem)


def _identifier(directory: Path, trace: Trace) -> str:
    """Toil gives a run an id. Of cwltool the first command in its log names it, else what its outputs are."""
    if trace.log.identifier:
        return trace.log.identifier
    first = next((job.command_line for job in trace.log.jobs.values()), "")
    if first:  # it names a temporary directory that no other run has
        told = f"{trace.log.started_at}\n{first}"
    else:
        told = f"{directory.resolve()}\n{trace.stem}\n{json.dumps(trace.outputs, sort_keys=True)}"
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"


def _workflow(
    directory: Path, description: Description, main: Path | None, trace: Trace
) -> FoundWorkflow | None:
    if not trace.log.workflow_file and main is None:
        return None
    log = trace.log
    return FoundWorkflow(
        name=_name(description, trace),
        engine="CWL",
        engine_version=f"{log.engine} {log.engine_version}".strip(),
        license=license_of(description),
        description=text(description.main.get("doc")),
        files=tuple(_workflow_files(directory, main)),
    )


def _workflow_files(directory: Path, main: Path | None) -> list[WorkflowFile]:
    """The main file and what it says it runs, as far as it lies below the directory."""
    waiting, found = ([main] if main else []), dict[Path, WorkflowFile]()
    while waiting and len(found) < MOST_FILES:
        path = waiting.pop()
        if path in found or not path.is_file() or not is_within(path, directory):
            continue
        relative = path.relative_to(directory).as_posix()
        found[path] = WorkflowFile(path.absolute(), relative, "MAIN" if path == main else "OTHER")
        waiting.extend(_imported(path, mapping_of(path, directory)))
    return list(found.values())


def _imported(path: Path, process: dict[str, Any]) -> Iterator[Path]:
    steps = process.get("steps")
    for step in steps.values() if isinstance(steps, dict) else steps if isinstance(steps, list) else ():
        run = step.get("run") if isinstance(step, dict) else None
        if isinstance(run, str) and "://" not in run and not run.startswith(("#", "/")) and ".." not in run:
            yield path.parent / run.partition("#")[0]


def _files(directory: Path, trace: Trace, inputs: dict[str, Any], job_file: Path | None) -> list[FoundFile]:
    found = [_file(directory, one, Role.OUTPUT) for one in files_in(trace.outputs)]
    found += [_file(directory, one, Role.INPUT) for one in files_in(inputs)]
    for path, role in (
        (trace.log_file, Role.LOG),
        (job_file, Role.PARAMETER),
        (trace.outputs_file, Role.REPORT),
    ):
        if path is not None:
            found.append(FoundFile(path.absolute(), path.name, role, size=size_of(path)))
    return list({file.path: file for file in found if file is not None}.values())


def _file(directory: Path, file: NamedFile, role: Role) -> FoundFile | None:
    path = output_path(directory, file.member)
    if path is None:
        return None
    is_outside = not is_within(path, directory)
    relative = file.relative if is_outside else path.resolve().relative_to(directory.resolve()).as_posix()
    return FoundFile(
        path=path.absolute(),
        relative=relative,
        role=role,
        dataset=file.dataset,
        collection=file.collection,
        format=str(file.member.get("format") or ""),
        size=size_of(path),
        is_outside=is_outside,
    )


def output_path(directory: Path, member: dict[str, Any]) -> Path | None:
    """Where a file lies: where it was told to, or, in a directory that was moved, below it by the end of its path."""
    told = str(member.get("path") or member.get("location") or "")
    place = Path(unquote(urlparse(told).path if told.startswith("file:") else told))
    if not told or "://" in told.removeprefix("file://"):
        return None
    candidates = [directory / place] + [
        directory / Path(*place.parts[start:]) for start in range(1, len(place.parts))
    ]
    fitting = [one for one in candidates if one.is_file() and _fits(one, member)]
    return next((one for one in fitting if is_within(one, directory)), fitting[0] if fitting else None)


def _fits(path: Path, member: dict[str, Any]) -> bool:
    return member.get("size") in (None, size_of(path))


def _remarks(directory: Path, trace: Trace, main: Path | None, job_file: Path | None) -> list[str]:
    said = []
    if trace.log.started_at is not None and not trace.log.is_utc:
        said.append(ASSUMED)
    elif trace.log.started_at is None:
        said.append("Nothing says when it ran; cwltool does with --timestamps or --provenance.")
    if job_file is not None:
        asking = main.name if main else "the workflow"
        said.append(f"{job_file.name} was taken for the job's inputs, as it gives what {asking} asks for.")
    lost = [one.relative for one in files_in(trace.outputs) if output_path(directory, one.member) is None]
    if lost:
        said.append(f"{len(lost)} outputs are not where they are said to lie: {', '.join(lost[:3])}.")
    return said
