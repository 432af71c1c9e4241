"""The workflow and the version of it that ran."""

from dataclasses import dataclass
from pathlib import Path

from run_directories.findings import FoundWorkflow
from run_directories.snakemake.command import Command
from run_directories.snakemake.repository import Repository, repository_of
from run_directories.snakemake.sources import Sources, find_snakefile, read_sources
from run_directories.snakemake.values import Log

_SHORT = 12
_FOLDERS = ("workflow", "workflows", "snakemake")  # what lies around a Snakefile and names nothing


@dataclass(frozen=True, slots=True)
class Written:
    """The workflow, the files it was read from (none where there is no Snakefile), and what is odd about it."""

    workflow: FoundWorkflow | None
    sources: Sources | None = None
    remarks: tuple[str, ...] = ()


def read_workflow(directory: Path, log: Log, command: Command) -> Written:
    """The workflow of an invocation. Its files are those of today: an older invocation may have had others."""
    told = log.header.get("Snakefile", "") or command.snakefile
    main = find_snakefile(directory, told, log.header.get("Run directory", ""))
    if main is None:
        return Written(
            _without_files(told, log), None, ("The workflow's Snakefile is not to be found here.",)
        )
    repository = repository_of(main)
    sources = read_sources(main, _root(directory, main, repository))
    return Written(_workflow(directory, log, sources, repository), sources, tuple(_odd(sources, repository)))


def _without_files(told: str, log: Log) -> FoundWorkflow | None:
    if not told:
        return None
    version = log.header.get("Snakemake version", "")
    return FoundWorkflow(_name(Path(told).parent), engine="SNAKEMAKE", engine_version=version)


def _root(directory: Path, main: Path, repository: Repository | None) -> Path:
    """What paths in the version begin from: the repository, else the run's directory, else the Snakefile's."""
    if repository:
        return repository.root
    if main.is_relative_to(directory.resolve()):
        return directory.resolve()
    return main.parent.parent if main.parent.name in _FOLDERS else main.parent


def _workflow(directory: Path, log: Log, sources: Sources, repository: Repository | None) -> FoundWorkflow:
    url = repository.url if repository else ""
    return FoundWorkflow(
        name=url.rpartition("/")[2] or _name(sources.main.parent),
        version=_version(sources, repository),
        engine="SNAKEMAKE",
        engine_version=log.header.get("Snakemake version", ""),
        repository_url=url,
        commit_hash=repository.commit if repository else "",
        files=tuple(sources.files),
    )


def _name(folder: Path) -> str:
    return folder.parent.name if folder.name in _FOLDERS and folder.parent.name else folder.name


def _version(sources: Sources, repository: Repository | None) -> str:
    """A tag, else a commit, else a digest of the files, so that equal files are one version."""
    if repository and not repository.is_changed and (repository.tag or repository.commit):
        return repository.tag or repository.commit[:_SHORT]
    before = f"{repository.tag or repository.commit[:_SHORT]}+" if repository and repository.commit else ""
    return f"{before}{sources.digest[:_SHORT]}"


def _odd(sources: Sources, repository: Repository | None) -> list[str]:
    found = []
    if repository and repository.is_changed:
        found.append(
            f"{sources.main.name} differs from what was committed; its version is told by its content."
        )
    if sources.elsewhere:
        found.append(f"Parts of the workflow were not found here: {', '.join(sources.elsewhere[:3])}.")
    return found
