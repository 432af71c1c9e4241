"""Calls the command line of Runstead for the run of a directory, and lets no failure of it out."""

import shlex
import subprocess
import sys
from pathlib import Path

START = ("--ignore", "*")  # no files yet: the log still grows


class Registrar:
    """Registers one run: ``begin`` when its jobs begin, ``end`` when all has ended, each at most once."""

    def __init__(self, command: str = "runstead", options: str = "", patience: float = 3600) -> None:
        self._command = [*shlex.split(command), "register", "wfrun", ".", "--yes", *shlex.split(options)]
        self._patience = patience
        self._directory: Path | None = None

    def begin(self) -> None:
        """The jobs of a run in the current directory begin."""
        if self._directory is None:
            self._directory = Path.cwd()
            self._register(self._directory, *START)

    def end(self) -> None:
        """The run has ended; where none began there is nothing to tell."""
        directory, self._directory = self._directory, None
        if directory is not None:
            self._register(directory)

    def _register(self, directory: Path, *options: str) -> None:
        try:
            # A session of its own: Ctrl-C is for Snakemake. And Snakemake's output is its own, too.
            subprocess.run(
                [*self._command, *options],
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                start_new_session=True,
                timeout=self._patience,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as problem:
            print(f"The run was not registered, Snakemake goes on: {problem}", file=sys.stderr)
