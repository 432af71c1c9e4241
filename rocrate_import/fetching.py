"""Taking a crate out of a dropbox: a copy of the archive, or the folder packed into one.

From here on the registry works on its own copy: what its owner changes in the dropbox meanwhile, or puts in the
place of a file, is no longer read. A folder is packed without compression, in the order of its names and with
one date, so that the same folder gives the same archive.
"""

import hashlib
import os
import shutil
import stat
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from common.progress import Progress, Stopped
from common.storage import CHUNK, AtomicFileSystemStorage
from data_management.dropbox import PathRefused, is_inside, open_inside
from rocrate_import.models import CrateImport
from rocrate_import.storing import archive_key, measured_copy, remove_file
from rocrate_import.uploads import incoming_directory
from rocrate_packages import Limits, PackageRefused, open_package
from rocrate_packages.folder import FolderStore

DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can tell: the same folder gives the same archive
LARGE = 1024**3  # bytes, from which on a member is written as ZIP64
MODE = (stat.S_IFREG | 0o644) << 16


def fetch(wanted: CrateImport, progress: Progress, limits: Limits) -> None:
    """Bring the crate into the storage, unless it lies there already; notes its key, sha256 and size.

    PathRefused or PackageRefused, with a sentence for the user, for what is not taken.
    """
    if wanted.storage_key:
        return
    part = incoming_directory() / f"{uuid.uuid4().hex}.part"
    try:
        digest = _written(part, wanted, progress, limits)
        key = archive_key(wanted.id, archive_name(wanted))
        size = part.stat().st_size
        _move(part, key)
        progress.complete()
        if not wanted.note(storage_key=key, sha256=digest, size=size):
            remove_file(key)
            raise Stopped
    finally:
        part.unlink(missing_ok=True)


def archive_name(wanted: CrateImport) -> str:
    """What the archive is called when it is handed out: a folder that was packed ends in ``.zip``."""
    is_packed = bool(wanted.path) and not zipfile_name(wanted.name)
    return f"{wanted.name[:200]}.crate.zip" if is_packed else wanted.name


def zipfile_name(name: str) -> bool:
    """Whether a name says that the file is a zip."""
    return name.lower().endswith(".zip")


def _written(part: Path, wanted: CrateImport, progress: Progress, limits: Limits) -> str:
    """Write the archive and return its SHA-256."""
    try:
        return _write(part, wanted, progress, limits)
    except FileNotFoundError as problem:
        raise PathRefused(f"{wanted.path} is no longer there") from problem
    except (NotADirectoryError, IsADirectoryError) as problem:
        raise PathRefused(f"{wanted.path} is no longer what it was") from problem
    except PermissionError as problem:
        raise PathRefused(f"{wanted.path} may not be read by the registry") from problem


def _write(part: Path, wanted: CrateImport, progress: Progress, limits: Limits) -> str:
    if os.path.isdir(wanted.path):
        _pack(part, wanted.path, wanted, progress, limits)
        return _sha256_of(part)
    return _copy(part, wanted, progress)


def _copy(part: Path, wanted: CrateImport, progress: Progress) -> str:
    with open_inside(wanted.path, wanted.roots) as stream:
        size = os.fstat(stream.fileno()).st_size
        refuse_too_large(size)
        progress.begin(CrateImport.Phase.FETCHING, files=1, bytes=size)
        with part.open("xb") as out:
            measured = measured_copy(stream, out.fileno(), lambda files, more: progress.add(bytes=more))
            os.fsync(out.fileno())
    if not zipfile.is_zipfile(part):
        raise PackageRefused(
            f"{wanted.name} is no zip archive. Expected one, or a folder with a ro-crate-metadata.json."
        )
    return measured.sha256


def _pack(part: Path, folder: str, wanted: CrateImport, progress: Progress, limits: Limits) -> None:
    with _held(folder, wanted.roots) as held:
        open_package(held, limits).__exit__(None, None, None)  # what is no crate is not packed first
        store = FolderStore(held, limits)
        try:
            _pack_files(part, store, progress)
        finally:
            store.close()


def _pack_files(part: Path, store: FolderStore, progress: Progress) -> None:
    sizes = store.sizes()
    progress.begin(CrateImport.Phase.FETCHING, files=len(sizes), bytes=sum(sizes.values()))
    with part.open("xb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, size in sizes.items():
                _add(archive, name, size, store, progress)
        out.flush()
        os.fsync(out.fileno())


def _add(archive: zipfile.ZipFile, name: str, size: int, store: FolderStore, progress: Progress) -> None:
    info = zipfile.ZipInfo(name, DATE)
    info.external_attr, info.file_size = MODE, size
    with store.open(name) as stream, archive.open(info, "w", force_zip64=size > LARGE) as member:
        while chunk := stream.read(CHUNK):
            member.write(chunk)
            progress.add(bytes=len(chunk))
    progress.add(files=1)


@contextmanager
def _held(folder: str, roots: Sequence[str]) -> Iterator[Path]:
    """A path to exactly this directory, whatever its owner puts in its place; PathRefused if it leads out."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        held = Path(f"/proc/self/fd/{descriptor}")
        real = os.path.realpath(held)
        if not any(is_inside(real, os.path.realpath(root)) for root in roots):
            raise PathRefused(f"{folder} now leads out of the dropbox")
        yield held
    finally:
        os.close(descriptor)


def _sha256_of(part: Path) -> str:
    with part.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _move(part: Path, key: str) -> None:
    if isinstance(default_storage, AtomicFileSystemStorage):
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        part.chmod(0o640)
        shutil.move(part, target)
    else:
        with part.open("rb") as stream:
            default_storage.save(key, File(stream))


def refuse_too_large(size: int) -> None:
    """PackageRefused above CRATE_MAX_BYTES."""
    if size > settings.CRATE_MAX_BYTES:
        raise PackageRefused(f"The crate has {size} bytes; at most {settings.CRATE_MAX_BYTES} are taken.")
