"""The crates at hand: those of the example lab's runs, and what lies in folders."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rocrate_packages import METADATA_NAMES

PUBLIC_URL = "https://runs.example.org"  # a registry that others reach can name its tools


class Crate(NamedTuple):
    """A crate that lies somewhere; ``is_ours`` says that it was made here."""

    name: str
    path: Path
    is_ours: bool = False


def make_lab(scratch: Path, contexts: str) -> None:
    """A registry of its own, with the example lab in it."""
    os.environ |= {
        "RUNSTEAD_DATA": str(scratch),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
    }
    for name in ("DATABASE_URL", "STORAGE_DIR", "S3_BUCKET", "DEBUG"):
        os.environ.pop(name, None)
    if contexts:
        os.environ["ROCRATE_CONTEXTS"] = str(Path(contexts).resolve())
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from data_management.models import FileTransfer
    from data_management.transfer import carry_out_transfer
    from example_lab.build import ensure_example_lab

    ensure_example_lab("http://127.0.0.1:8000", lambda line: print(line, file=sys.stderr))
    for transfer in FileTransfer.objects.all():
        carry_out_transfer(transfer)


def lab_crates(scratch: Path) -> Iterator[Crate]:
    """The crates of the example lab's runs, written into ``scratch``."""
    from rocrate_export.archive import archive_of
    from workflows.models import WorkflowRun

    for number, run in enumerate(WorkflowRun.objects.with_everything().order_by("id")):
        archive = archive_of(run.to_record(), PUBLIC_URL)
        path = scratch / f"{number}.crate.zip"
        with path.open("wb") as file:
            file.writelines(archive.part(0, len(archive)))
        yield Crate(f"lab: {run.name}", path, is_ours=True)


def found_crates(folders: list[Path]) -> Iterator[Crate]:
    """The crates below these folders: folders with metadata, and zips."""
    for top in folders:
        found = [path.parent for name in METADATA_NAMES for path in top.rglob(name)]
        for path in sorted({*found, *top.rglob("*.zip")}):
            yield Crate(str(path.relative_to(top)), path)
