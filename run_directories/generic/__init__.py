"""Any directory: what its files are is said by patterns, in ``runstead.yaml`` or as options of the command."""

import hashlib
import os
from pathlib import Path

from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.override_file import WrongOverrides, read_overrides
from run_directories.overrides import FILE_NAME
from run_directories.sniffers import NotThisEngine, Unreadable

ENGINE = "generic"
NO_PATTERNS = (
    f"No pattern says what the files are, so that none is taken in unless an option names it: write "
    f"patterns into {FILE_NAME}."
)


class GenericSniffer:
    """Takes a directory that no engine knows, if somebody wrote a ``runstead.yaml`` for it, or by its name."""

    engine = ENGINE

    def look(self, directory: Path) -> Verdict:
        """Never more than MAYBE: an engine that left its traces knows more than this."""
        if (directory / FILE_NAME).is_file():
            return Verdict(ENGINE, Certainty.MAYBE, f"found {FILE_NAME}")
        return Verdict(ENGINE, Certainty.NO, f"found no {FILE_NAME}")

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """One run that bears the directory's name. NotThisEngine for a file, Unreadable for a wrong file."""
        if not directory.is_dir():
            raise NotThisEngine(f"{directory} is not a directory.")
        try:
            told = read_overrides(directory)
        except WrongOverrides as problem:
            raise Unreadable(str(problem)) from problem
        real = Path(os.path.realpath(directory))
        started = told.started_at.isoformat() if told.started_at else ""
        run = FoundRun(
            name=real.name or "Workflow run",
            status_basis="ASSUMED",
            source=ENGINE,
            external_id=_external_id(real, started),
            remarks=() if told.patterns else (NO_PATTERNS,),
        )
        return (run,)


def _external_id(directory: Path, started_at: str) -> str:
    """The same for the same directory from every host that mounts it: hence its inode, and not the host's name."""
    told = f"{directory}\n{os.stat(directory).st_ino}\n{started_at}"
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32]
