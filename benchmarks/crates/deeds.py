"""What is measured, each in a process of its own: ``python -m benchmarks.crates.deeds DEED DIRECTORY``."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
import orjson

MEGABYTE = 1024 * 1024
PLAN = "plan"
Figures = dict[str, float]


def ours(directory: Path) -> Figures:
    """From the record to the last byte of the archive."""
    from benchmarks.crates.material import kept_record
    from rocrate_export.archive import archive_of

    record = kept_record(directory)
    watch = Watch()
    archive = archive_of(record)
    figures = _written(archive.part(0, len(archive)), directory, watch)
    with (directory / "storage" / PLAN).open("wb") as plan:
        plan.writelines(archive.kept())
    return figures


def prepared(directory: Path) -> Figures:
    """From a plan that was kept to the last byte: what a download costs when it was prepared."""
    from rocrate_export.archive import CrateArchive

    watch = Watch()
    archive = CrateArchive.kept_in(PLAN)
    if not archive.is_whole():
        raise FileNotFoundError("a stored file is not what it was")
    return _written(archive.part(0, len(archive)), directory, watch)


def floor(directory: Path) -> Figures:
    """The same files, opened, read and written into one by the megabyte: nothing packs them for much less."""
    return _copied(directory, MEGABYTE)


def floor_256(directory: Path) -> Figures:
    """The same by 256 KiB, the pieces in which ours reads: they stay in the processor's cache."""
    return _copied(directory, MEGABYTE // 4)


def _copied(directory: Path, size: int) -> Figures:
    paths = [f"{directory}/storage/{file.storage_key}" for file in _files(directory)]
    watch = Watch()
    with (directory / "archive").open("wb", buffering=0) as out:
        for path in paths:
            descriptor = os.open(path, os.O_RDONLY)
            while piece := os.read(descriptor, size):
                out.write(piece)
            os.close(descriptor)
    return watch.figures()


def warm(directory: Path) -> Figures:
    """Not measured: read every file once, so that none that is measured waits for the disk."""
    watch = Watch()
    for file in _files(directory):
        with (directory / "storage" / file.storage_key).open("rb", buffering=0) as content:
            while content.read(MEGABYTE):
                pass
    return watch.figures()


def rocrate(directory: Path) -> Figures:
    """The same files by ro-crate-py, with the same three facts of each."""
    from rocrate.rocrate import ROCrate

    files = list(_files(directory))
    watch = Watch()
    crate = ROCrate(version="1.1")
    for file in files:
        facts = {"name": file.name, "contentSize": str(file.size), "sha256": file.sha256}
        crate.add_file(directory / "storage" / file.storage_key, f"files/{file.path}", properties=facts)
    crate.write_zip(directory / "archive")
    return watch.figures()


def metadata(directory: Path) -> Figures:
    """The JSON-LD of a run whose record is there."""
    from benchmarks.crates.material import kept_record
    from rocrate_export.crate import contents_of

    record = kept_record(directory)
    watch = Watch()
    size = len(contents_of(record).metadata)
    return watch.figures() | {"bytes": size}


def read(directory: Path) -> Figures:
    """The record of a run, read from the database."""
    from accounts.models import User
    from workflows.models import WorkflowRun
    from workflows.recorded import read_record

    user, pk = User.objects.get(), WorkflowRun.objects.values_list("pk", flat=True).get()
    watch = Watch()
    read_record(pk, user)
    return watch.figures()


def state(directory: Path) -> Figures:
    """Whether that run is still what it was."""
    from accounts.models import User
    from workflows.models import WorkflowRun
    from workflows.recorded import state_of

    user, pk = User.objects.get(), WorkflowRun.objects.values_list("pk", flat=True).get()
    watch = Watch()
    state_of(pk, user)
    return watch.figures()


def both(directory: Path) -> Figures:
    """From the database to the JSON-LD."""
    from accounts.models import User
    from rocrate_export.crate import contents_of
    from workflows.models import WorkflowRun
    from workflows.recorded import read_record

    user, pk = User.objects.get(), WorkflowRun.objects.values_list("pk", flat=True).get()
    watch = Watch()
    size = len(contents_of(read_record(pk, user)).metadata)
    return watch.figures() | {"bytes": size}


def worker(directory: Path) -> Figures:
    """From the database to the plan that is kept: what preparing a crate costs the worker."""
    from accounts.models import User
    from rocrate_export.archive import archive_of
    from workflows.models import WorkflowRun
    from workflows.recorded import read_record, state_of

    user, pk = User.objects.get(), WorkflowRun.objects.values_list("pk", flat=True).get()
    watch = Watch()
    state_of(pk, user)
    archive = archive_of(read_record(pk, user))
    with (directory / "storage" / PLAN).open("wb") as plan:
        plan.writelines(archive.kept())
        size = plan.tell()
    return watch.figures() | {"bytes": size}


def fill(directory: Path) -> Figures:
    """Not measured: record the run in the database."""
    from django.core.management import call_command

    from accounts.models import Group, User
    from benchmarks.crates.material import kept_record
    from workflows.services import record_run

    call_command("migrate", verbosity=0)
    group = Group.objects.create(name="Lab")
    user = User.objects.create_superuser("ada", password=None)
    watch = Watch()
    record_run(record=kept_record(directory), owner=user, owned_by=group)
    return watch.figures()


class Watch:
    """CPU and time since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def wall(self) -> float:
        """Seconds that went by."""
        return time.monotonic() - self._wall

    def figures(self) -> Figures:
        """CPU seconds, and the greatest resident memory of the whole process in bytes."""
        return {"cpu": time.process_time() - self._cpu, "wall": self.wall(), "peak": _peak()}


def _peak() -> int:
    """Not as ``getrusage`` has it, where a process begins with the memory of the one that started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("this system does not tell how much memory a process had")


def _written(chunks: object, directory: Path, watch: Watch) -> Figures:
    first = 0.0
    with (directory / "archive").open("wb", buffering=0) as out:
        for chunk in chunks:  # type: ignore[attr-defined]
            first = first or watch.wall()
            out.write(chunk)
    return watch.figures() | {"first": first, "bytes": (directory / "archive").stat().st_size}


def _files(directory: Path) -> list:
    from benchmarks.crates.material import kept_record

    return [file for link in kept_record(directory).datasets for file in link.dataset.files]


DEEDS: dict[str, Callable[[Path], Figures]] = {
    one.__name__: one
    for one in (ours, prepared, floor, floor_256, rocrate, metadata, read, state, both, worker, fill, warm)
}


def main() -> None:
    """Do one deed and print its figures."""
    deed, directory = sys.argv[1], Path(sys.argv[2])
    (directory / "archive").unlink(missing_ok=True)  # to empty a large file takes its time, too
    if deed not in ("floor", "floor_256", "rocrate", "metadata", "warm"):
        django.setup()
    print(orjson.dumps(DEEDS[deed](directory)).decode())


if __name__ == "__main__":
    main()
