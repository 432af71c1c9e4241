"""Galaxy: what a server exports of an invocation, unpacked (``.rocrate.zip`` or the model store ``.tgz``).

Galaxy's crates know less of the run than the lists beside them, which are read here.
"""

from pathlib import Path

from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.galaxy.runs import read_runs
from run_directories.galaxy.store import holds_invocation

__all__ = ["GalaxySniffer"]


class GalaxySniffer:
    """Recognises an export that holds an invocation, with or without the content of its datasets."""

    engine = "galaxy"

    def look(self, directory: Path) -> Verdict:
        """Looks at two names, and at the beginning of one file."""
        if holds_invocation(directory):
            return Verdict(self.engine, Certainty.SURE, "found an export of Galaxy with an invocation")
        return Verdict(self.engine, Certainty.NO, "found no export of Galaxy with an invocation")

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """The run of each invocation. NotThisEngine, Unreadable."""
        return read_runs(directory)
