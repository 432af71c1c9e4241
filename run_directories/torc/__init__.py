"""What ``torc workflows export`` writes: a JSON file that tells a workflow with all its runs, beside its files."""

from pathlib import Path

from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.reading import is_within
from run_directories.sniffers import NotThisEngine
from run_directories.torc.export import looks_like_export, read_export
from run_directories.torc.found import found_run

MOST_LOOKED_AT = 50  # files of a directory that may be an export


class TorcSniffer:
    """Recognises exports, whether the file itself is named or the directory that it lies in."""

    engine = "torc"

    def look(self, directory: Path) -> Verdict:
        """Sure by the first bytes of a JSON file."""
        found = _exports(directory)
        if len(found) == 1:
            return Verdict(self.engine, Certainty.SURE, f"found {found[0].name}, an export of a workflow")
        if found:
            return Verdict(self.engine, Certainty.SURE, f"found {len(found)} exports of workflows")
        return Verdict(self.engine, Certainty.NO, "found no JSON file that torc exported")

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """One run for each start of each workflow, the newest first. NotThisEngine, Unreadable."""
        paths = _exports(directory) or ([directory] if directory.is_file() else [])
        if not paths:
            raise NotThisEngine(
                f"{directory} has no export of Torc. Make one with `torc workflows export ID --include-results "
                "--include-events -o FILE`."
            )
        workflows = sorted((_runs(path) for path in paths), key=_newest, reverse=True)
        return tuple(run for runs in workflows for run in runs)


def _runs(path: Path) -> list[FoundRun]:
    export = read_export(path)
    return [found_run(export, run_id, path) for run_id in export.run_ids()]


def _newest(runs: list[FoundRun]) -> float:
    return max((run.started_at.timestamp() for run in runs if run.started_at), default=0.0)


def _exports(directory: Path) -> list[Path]:
    """The exports in a directory, by their names; the file itself where one is named."""
    if directory.is_file():
        return [directory] if looks_like_export(directory) else []
    if not directory.is_dir():
        return []
    candidates = sorted(
        path for path in directory.glob("*.json") if path.is_file() and is_within(path, directory)
    )
    return [path for path in candidates[:MOST_LOOKED_AT] if looks_like_export(path)]
