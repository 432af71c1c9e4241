"""The cache of JSON-LD contexts without which rocrate-validator cannot work offline.

Contexts are what the terms of a crate mean. They are fetched once, when the registry is installed or its
image is built; afterwards no validation asks the network for anything. No Django.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SECONDS = 120
ADDRESSES = (
    "https://w3id.org/ro/crate/1.0/context",
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/crate/1.2/context",
    "https://w3id.org/ro/crate/1.2-DRAFT/context",
    "https://w3id.org/ro/crate/1.3/context",
    "https://w3id.org/ro/terms/workflow-run",
    "https://w3id.org/ro/terms/workflow-run/context",
)


class ContextsNotFetched(Exception):
    """Why there is no new cache."""


def fetch_contexts(target: Path, addresses: Sequence[str] = ()) -> None:
    """Fetch the contexts into the SQLite file ``target``, which is replaced whole or not at all.

    ContextsNotFetched where one of them cannot be had. The validator itself fetches, in a process of its own:
    only it knows how its cache is written.
    """
    with tempfile.TemporaryDirectory(prefix="contexts-") as scratch:
        made = Path(scratch) / "contexts.sqlite"
        _warm(made, addresses or ADDRESSES)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(made, part)
        part.replace(target)


def _warm(made: Path, addresses: Sequence[str]) -> None:
    asked = [option for one in addresses for option in ("--url", one)]
    prefix = str(made.with_suffix(""))
    start = "from rocrate_validator.cli import cli; cli()"
    command = [sys.executable, "-c", start, "-y", "cache", "warm", "--cache-path", prefix, *asked]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, "COLUMNS": "200"},
        )
    except subprocess.TimeoutExpired as problem:
        raise ContextsNotFetched(f"The contexts did not come within {SECONDS} seconds.") from problem
    if done.returncode != 0 or not made.is_file():
        raise ContextsNotFetched(f"The contexts cannot be fetched: {_reason(done.stdout, done.stderr)}.")


def _reason(table: str, errors: str) -> str:
    """The first address in the validator's table that did not answer."""
    failed = [line.strip("│ ").split("│")[0].strip() for line in table.splitlines() if " failed " in line]
    return f"{failed[0]} does not answer" if failed else errors.strip().rpartition("\n")[2][:300]
