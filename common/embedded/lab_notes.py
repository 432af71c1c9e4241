"""The note about the example lab (`example-lab.json`), and how it is read out at the start."""

import json
import os
from pathlib import Path
from typing import Any

NAME = "example-lab.json"


def read(data: Path, *, url: str) -> dict[str, Any] | None:
    """What the note says, with today's address written into it; None where there is no note."""
    path = data / NAME
    try:
        lab: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    if lab.get("url") != url:
        lab["url"] = url
        write(path, lab)
    return lab


def greeting(url: str, lab: dict[str, Any] | None, *, trial: bool) -> str:
    """What a person needs to begin: the address, who may sign in, and how it ends."""
    lines = ["", f"  Runstead runs at  {url}", ""]
    if lab:
        lines += ["  Sign in as           password              API token"]
        lines += [
            f"    {name:<18} {user['password']:<21} {user['token']}" for name, user in lab["users"].items()
        ]
        lines += ["", f"  (also in {NAME} of the data folder)"]
    else:
        lines += ["  A first account:  manage.py adduser NAME --admin"]
    if trial:
        lines += [
            "  This is a local trial: it answers on this machine alone and is not set up for others.",
            "",
        ]
    return "\n".join([*lines, "  Ctrl-C ends it; all is kept for the next start.", ""])


def write(path: Path, lab: dict[str, Any]) -> None:
    """Replace the note in one step; it holds passwords, so it is ours alone from the first byte."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(lab, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
