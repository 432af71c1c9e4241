"""Nextflow: the launch directory with its history and logs, or what was left beside the results."""

import time
from collections.abc import Callable
from pathlib import Path

from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.nextflow.executions import executions_in, log_files
from run_directories.nextflow.pipeline_info import info_folders, loose_traces
from run_directories.nextflow.runs import found_run
from run_directories.reading import text_of
from run_directories.sniffers import NotThisEngine

__all__ = ["NextflowSniffer"]


class NextflowSniffer:
    """Recognises a launch directory for sure; traces and ``pipeline_info`` most likely; scripts alone perhaps."""

    engine = "nextflow"

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now

    def look(self, directory: Path) -> Verdict:
        """Looks at names, and at the first line of files that may be traces."""
        certainty, reason = _seen(directory) if directory.is_dir() else (Certainty.NO, "it is no directory")
        return Verdict(self.engine, certainty, reason)

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """A run for each execution, the newest first. NotThisEngine."""
        executions = executions_in(directory)
        if not executions:
            raise NotThisEngine(f"{directory} holds no history, log, trace or pipeline_info of Nextflow.")
        return tuple(
            found_run(execution, directory, position == 0, self.now)
            for position, execution in enumerate(executions)
        )


def _seen(directory: Path) -> tuple[Certainty, str]:
    history = text_of(directory / ".nextflow" / "history", directory)
    if history.strip():
        return Certainty.SURE, f"found .nextflow/history with {len(history.splitlines())} runs"
    if logs := log_files(directory):
        return Certainty.SURE, f"found {logs[0].name}"
    if traces := loose_traces(directory):
        return Certainty.LIKELY, f"found the trace {traces[0].name}"
    folders = [folder for folder in info_folders(directory) if any(folder.glob("execution_*"))]
    if folders:
        return Certainty.LIKELY, f"found {folders[0].relative_to(directory.parent).as_posix()}"
    if any(directory.glob("*.nf")):
        return Certainty.MAYBE, "found a script of Nextflow, but nothing of a run"
    return Certainty.NO, "found neither a history nor a log or trace"
