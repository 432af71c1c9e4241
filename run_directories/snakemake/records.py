"""Reads what the engine keeps of each output file: ``.snakemake/metadata``, or ``metadata.db`` of newer ones."""

import json
import os
import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from run_directories.snakemake.values import Record

_COLUMNS = ("rule", "input", "log", "shellcmd", "params", "conda_env", "container_img_url", "job_hash",
            "starttime", "endtime", "incomplete", "external_jobid")  # fmt: skip
_JSON = frozenset({"input", "log", "params"})
MOST = 2**20


def read_records(home: Path) -> tuple[dict[str, Record], int]:
    """The records by the path of their file as the rule names it, and how many could not be read.

    A record that is half written is not readable; that happens while the engine runs.
    """
    found: dict[str, Record] = {}
    broken = 0
    for path, told in (*_of_files(home / "metadata"), *_of_database(home / "metadata.db")):
        if isinstance(told, dict):
            found[path] = _record(path, told)
        else:
            broken += 1
    return found, broken


def marked(folder: Path) -> frozenset[str]:
    """The paths for which there is a mark in a folder such as ``incomplete``."""
    return frozenset(path for path, _ in _names(str(folder), ""))


def _of_files(folder: Path) -> Iterator[tuple[str, Any]]:
    for path, place in _names(str(folder), ""):
        yield path, _json(place)


def _names(folder: str, before: str) -> Iterator[tuple[str, str]]:
    """Names are in base 64; one that is too long for a file is spread over directories that begin with ``@``."""
    try:
        with os.scandir(folder) as opened:
            entries = sorted(opened, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name.startswith("@"):
                yield from _names(entry.path, before + entry.name[1:])
        elif (path := _decoded(before + entry.name)) and not entry.is_symlink():
            yield path, entry.path


def _decoded(name: str) -> str:
    try:
        return urlsafe_b64decode(name.encode()).decode()
    except ValueError:
        return ""


def _json(place: str) -> Any:
    try:
        with open(place, "rb") as file:
            return json.loads(file.read(MOST))
    except (OSError, ValueError):
        return None


def _of_database(path: Path) -> Iterator[tuple[str, Any]]:
    if not path.is_file() or path.is_symlink():
        return
    # Immutable: the engine may hold it, and nothing is to be written beside it.
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            rows = database.execute(
                f"SELECT target, {', '.join(_COLUMNS)} FROM snakemake_metadata"
            ).fetchall()
    except sqlite3.Error:
        return
    for target, *row in rows:
        yield target, {name: _cell(name, cell) for name, cell in zip(_COLUMNS, row, strict=True)}


def _cell(name: str, cell: Any) -> Any:
    if name not in _JSON or not isinstance(cell, str):
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        return None


def _record(path: str, told: dict[str, Any]) -> Record:
    command, job_hash = told.get("shellcmd"), told.get("job_hash")
    return Record(
        path=path,
        rule=str(told.get("rule") or ""),
        input=_texts(told.get("input")),
        log=_texts(told.get("log")),
        command=command if isinstance(command, str) else None,
        params=tuple(told["params"]) if isinstance(told.get("params"), list) else (),
        conda=str(told.get("conda_env") or ""),
        container=str(told.get("container_img_url") or ""),
        job_hash=job_hash if isinstance(job_hash, int) else None,
        started=_seconds(told.get("starttime")),
        ended=_seconds(told.get("endtime")),
        is_incomplete=bool(told.get("incomplete")),
        external_jobid=str(told.get("external_jobid") or ""),
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
