"""The server's own RO-Crate of a run: its metadata, its zip, and the workflow's files in it."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson
import requests

from common.outgoing import CHUNK
from rocrate_packages import Package, PackageRefused, open_package
from run_sources.errors import NotFound, SourceError, SourceUnavailable
from run_sources.wes.client import WesClient
from run_sources.wes.translate import Json
from run_sources.wes.translate.crate import CrateFacts

MOST = 32 * 1024 * 1024  # bytes of a crate that is fetched with its files; of a larger one only the metadata
MOST_OF_FILE = 1024 * 1024  # bytes of a file that is taken for one of the workflow
MOST_FILES = 500
SENT_ALONG = "exe/"  # where sapporo has what was sent along with a request
METADATA = "ro-crate-metadata.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal crates make equal zips


@contextmanager
def opened_crate(client: WesClient, run_id: str) -> Iterator[BinaryIO]:
    """The crate as a zip: with its files as the server packs it, or the metadata alone where that is too large."""
    with tempfile.TemporaryFile() as file:
        if not _fetched(client, run_id, file):
            file.seek(0)
            file.truncate()
            _pack_metadata(client, run_id, file)
        file.seek(0)
        yield file


def workflow_files(client: WesClient, run_id: str, facts: CrateFacts, used: set[str]) -> dict[str, bytes]:
    """The workflow's files in the crate, by their paths beside its main one; ``used`` are the paths of inputs.

    Empty where the crate comes too large, or cannot be read: a run without its workflow's files is still one.
    """
    if not facts.main:
        return {}
    with tempfile.TemporaryDirectory(prefix="wes-") as folder:
        path = Path(folder, "crate.zip")
        with path.open("w+b") as file:
            if not _fetched(client, run_id, file):
                return {}
        try:
            with open_package(path) as package:
                return _files_in(package, facts, used)
        except (PackageRefused, OSError, zipfile.BadZipFile):
            return {}


def _files_in(package: Package, facts: CrateFacts, used: set[str]) -> dict[str, bytes]:
    found = {}
    wanted = [name for name in package.names if name.startswith(SENT_ALONG) and name not in used]
    for name in [facts.main, *(one for one in wanted if one != facts.main)][:MOST_FILES]:
        entry = package.names.get(name)
        if entry is not None and (entry.size or 0) <= MOST_OF_FILE:
            with package.open(name) as stream:
                found[name.removeprefix(SENT_ALONG)] = stream.read()
    return found


def _fetched(client: WesClient, run_id: str, file: BinaryIO) -> bool:
    """Write the zip; false where the server gives none, or one that is too large."""
    try:
        with client.opened_crate(run_id) as answer:
            return answer is not None and _written(client, answer, file)
    except SourceUnavailable:
        raise
    except SourceError:
        return False


def _written(client: WesClient, answer: requests.Response, file: BinaryIO) -> bool:
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST:
        return False
    written = 0
    for part in answer.iter_content(CHUNK):
        client.session.check()
        written += len(part)
        if written > MOST:
            return False
        file.write(part)
    return written > 0


def _pack_metadata(client: WesClient, run_id: str, file: BinaryIO) -> None:
    told: Json | None = client.crate(run_id)
    if told is None:
        raise NotFound(f"{client.service} has no RO-Crate of this run.")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo(METADATA, _EPOCH), orjson.dumps(told))
