"""The workflow that an execution ran: a repository at a commit, or files of the directory."""

import re
from pathlib import Path

from run_directories.findings import FoundWorkflow, WorkflowFile
from run_directories.nextflow.config import manifest_of, words_of
from run_directories.nextflow.executions import Execution
from run_directories.reading import is_within

_PROJECT = re.compile(r"^[\w.-]+/[\w.-]+$")
_SOURCES = ("*.nf", "modules/**/*.nf", "subworkflows/**/*.nf", "workflows/**/*.nf", "lib/*.groovy", "bin/*")
_CONFIGS = ("nextflow.config", "conf/*.config")
_OTHERS = {
    "README.md": "README",
    "LICENSE": "LICENSE",
    "nextflow_schema.json": "OTHER",
    "modules.json": "OTHER",
}
MOST_FILES = 2_000


def workflow_of(execution: Execution, directory: Path, versions: dict[str, dict[str, str]]) -> FoundWorkflow:
    """The workflow version. Of a local script the revision that Nextflow tells is a checksum and no commit."""
    project = _project(execution)
    script = _script(project, directory)
    manifest = manifest_of(directory) if script else {}
    repository = _repository(execution, project)
    report, own = execution.leaving.report, versions.get("Workflow", {})
    name = (
        manifest.get("name")
        or _name(repository, script, project, directory)
        or report.workflow
        or _named(own)
    )
    return FoundWorkflow(
        name=name or "Nextflow workflow",
        version=_version(execution, manifest, own.get(name, "")),
        engine="NEXTFLOW",
        engine_version=_engine(execution) or own.get("Nextflow", ""),
        repository_url=repository,
        commit_hash=(report.commit or _commit(execution)) if repository else "",
        license=manifest.get("license", ""),
        description=manifest.get("description", ""),
        files=tuple(_files(script, directory)) if script else (),
    )


def _project(execution: Execution) -> str:
    """What was launched: as the log says it, else what follows ``run`` in the command."""
    if execution.log is not None and execution.log.project:
        return execution.log.project
    words = words_of(execution.command)
    after = words[words.index("run") + 1 :] if "run" in words else []
    return next((word for word in after if not word.startswith("-")), "")


def _script(project: str, directory: Path) -> Path | None:
    """The main script, where it lies in the directory; a path that leads out of it is not followed."""
    if "://" in project:
        return None
    candidates = (
        [directory / project, directory / project / "main.nf"] if project else [directory / "main.nf"]
    )
    candidates.append(directory / project.rsplit("/", 1)[-1])
    return next((path for path in candidates if path.is_file() and is_within(path, directory)), None)


def _repository(execution: Execution, project: str) -> str:
    """``owner/name`` is a repository of GitHub unless the log tells another address, or it is a path."""
    report = execution.leaving.report.repository
    told = execution.log.repository if execution.log else ""
    if told or report:
        return (told or report).removesuffix(".git")
    if project.startswith(("https://", "http://", "git@")):
        return project.removesuffix(".git")
    has_revision = execution.log is not None and bool(execution.log.revision_name)
    is_project = _PROJECT.match(project) and not project.startswith(".") and not project.endswith(".nf")
    return (
        f"https://github.com/{project}"
        if is_project and (has_revision or not project.startswith("/"))
        else ""
    )


def _name(repository: str, script: Path | None, project: str, directory: Path) -> str:
    if repository:
        return "/".join(repository.rstrip("/").split("/")[-2:])
    if script is not None:
        return directory.resolve().name if script.name == "main.nf" else script.stem
    return Path(project).stem if project and project != "." else ""


def _named(own: dict[str, str]) -> str:
    return next((name for name in own if name != "Nextflow"), "")


def _version(execution: Execution, manifest: dict[str, str], own: str) -> str:
    name = execution.log.revision_name if execution.log else ""
    report = execution.leaving.report
    return name or report.revision or report.workflow_version or manifest.get("version", "") or own


def _commit(execution: Execution) -> str:
    if execution.log is not None and execution.log.revision:
        return execution.log.revision
    return execution.launch.revision if execution.launch else ""


def _engine(execution: Execution) -> str:
    return (execution.log.version if execution.log else "") or execution.leaving.report.version


def _files(script: Path, directory: Path) -> list[WorkflowFile]:
    kinds = {script: "MAIN"}
    for patterns, kind in ((_CONFIGS, "CONFIG"), (_SOURCES, "OTHER")):
        for pattern in patterns:
            for path in sorted(directory.glob(pattern)):
                kinds.setdefault(path, kind)
    for name, kind in _OTHERS.items():
        kinds.setdefault(directory / name, kind)
    there = [(path, kind) for path, kind in kinds.items() if path.is_file() and is_within(path, directory)]
    return [
        WorkflowFile(path.absolute(), path.relative_to(directory).as_posix(), kind)
        for path, kind in there[:MOST_FILES]
    ]
