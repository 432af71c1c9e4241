"""A stand-in for the command ``runstead`` that writes down how it was called, and what the sniffers saw then."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
STAND_IN = f"""#!{sys.executable}
import json, os, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from run_directories.sniffers import NotThisEngine, sniff

words = sys.argv[1:]
directory = Path(words[2])
try:
    run = sniff(directory)[0]
    seen = [run.status, run.external_id, len(run.jobs)]
except NotThisEngine:
    seen = None
call = {{"words": words, "directory": str(directory.resolve()), "seen": seen}}
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(call) + "\\n")
sys.exit(int(os.environ.get("REFUSES", "0")))
"""


class Calls:
    """What was asked of ``runstead``. ``environment`` is what a pipeline must run in."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "calls.jsonl"
        program = folder / "bin" / "runstead"
        program.parent.mkdir()
        program.write_text(STAND_IN)
        program.chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(self._path),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }

    def all(self) -> list[dict[str, Any]]:
        """The calls so far, the first one first."""
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def calls(tmp_path: Path) -> Calls:
    return Calls(tmp_path)


@pytest.fixture
def without_runstead(tmp_path: Path) -> Callable[[], dict[str, str]]:
    """An environment where there is no such command."""
    return lambda: os.environ | {"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}
