"""From a directory to a plan: sniffed, overridden, and measured."""

from pathlib import Path

from run_directories.findings import FoundRun
from run_directories.hashing import hash_files
from run_directories.overrides import Overrides
from run_directories.planning import Plan, plan
from run_directories.registering.registry import Place
from run_directories.sniffers import NotThisEngine, Unreadable, sniff
from runstead_cli.errors import Failure, NotFound
from runstead_cli.output import Output


def sniffed(directory: Path, engine: str, has_patterns: bool) -> tuple[FoundRun, ...]:
    """The runs of a directory, the newest first. Where options say what its files are any directory is one."""
    try:
        try:
            return sniff(directory, engine)
        except NotThisEngine:
            if engine or not has_patterns:
                raise
            return sniff(directory, "generic")
    except (NotThisEngine, Unreadable) as problem:
        raise Failure(str(problem)) from problem


def chosen(runs: tuple[FoundRun, ...], wanted: str, output: Output) -> FoundRun:
    """The run that is meant: by its number (1 is the newest), its name or its id; else the newest."""
    if wanted.isdigit() and 0 < int(wanted) <= len(runs):
        return runs[int(wanted) - 1]
    if wanted:
        found = [run for run in runs if wanted in (run.name, run.external_id)]
        if not found:
            raise NotFound(f"There is no run {wanted}; there are:\n{_listed(runs)}")
        return found[0]
    if len(runs) > 1:
        output.say(f"The directory holds {len(runs)} runs; the newest is taken (--run takes another one):")
        output.say(_listed(runs))
    return runs[0]


def measured(run: FoundRun, overrides: Overrides, directory: Path, place: Place, output: Output) -> Plan:
    """The plan with the checksums of all files."""
    made = plan(run, overrides, directory, [Path(root) for root in place.roots])
    wanted = made.files_to_hash()
    total = sum(file.size for file in wanted)
    with output.progress("Reading files", total) as bar:
        digests = hash_files(
            [file.path for file in wanted], on_progress=lambda progress: bar.update(progress.size)
        )
    return made.hashed(digests)


def _listed(runs: tuple[FoundRun, ...]) -> str:
    return "\n".join(f"  {number}  {run.name}  {run.status}" for number, run in enumerate(runs, 1))
