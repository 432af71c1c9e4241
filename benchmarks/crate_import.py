"""``python -m benchmarks.crate_import``: the CPU of importing a crate beside that of reading it with zipfile.

Both happen in processes of their own, by turns, and the least of the repetitions counts. The import is the whole
of it: the archive opened, its metadata understood, every file stored and measured, the run written to a SQLite
database. Nothing is judged here.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FILES, SIZE, JOBS = 50_000, 2_000, 1_000
DEEDS = ("read", "understand", "import")
SAID = {
    "read": "`zipfile`: read every entry",
    "understand": "`zipfile` and `json`: read every entry, parse the metadata",
    "import": "import",
}
DATE = (2026, 1, 1, 0, 0, 0)
AIM, MEMORY_AIM = 3.0, 200
MEGABYTE = 1024 * 1024
METADATA = "ro-crate-metadata.json"


def main() -> None:
    """Make a crate, read it and import it by turns, and print what that cost."""
    asked = _arguments()
    if asked.child:
        print(json.dumps(_in_child(asked.child, Path(asked.archive), Path(asked.data))))
        return
    with tempfile.TemporaryDirectory(prefix="runstead-bench-") as directory:
        data = Path(directory)
        archive = data / "bench.crate.zip"
        _write_crate(archive, asked)
        _child("prepare", archive, data)
        costs: dict[str, list[dict[str, float]]] = {deed: [] for deed in DEEDS}
        for _ in range(asked.repetitions):
            for deed, found in costs.items():
                found.append(_child(deed, archive, data))
        print(_table(costs, asked))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crate_import", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of each file")
    parser.add_argument("--jobs", type=int, default=JOBS, help="jobs that made the files")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--ours", action="store_true", help="a crate as this registry writes it")
    parser.add_argument("--child", choices=["prepare", *DEEDS], help=argparse.SUPPRESS)
    parser.add_argument("--archive", help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    return parser.parse_args()


def _table(costs: dict[str, list[dict[str, float]]], asked: argparse.Namespace) -> str:
    least = {deed: min(found, key=lambda one: one["cpu"]) for deed, found in costs.items()}
    peak = max(one["peak"] for one in costs["import"]) / MEGABYTE
    whose = "of our own" if asked.ours else "of somebody else"
    rows = [f"| {SAID[deed]} | {one['cpu']:.2f} s | {_ratio(least, deed)} | {one['wall']:.2f} s | "
            f"{one['peak'] / MEGABYTE:.0f} MiB |" for deed, one in least.items()]  # fmt: skip
    return "\n".join(
        [
            f"A crate {whose}, {asked.files:,} files of {asked.size:,} bytes and {asked.jobs:,} jobs, "
            f"least of {asked.repetitions}:",
            "",
            "| deed | CPU | import / this | wall | peak memory |",
            "|--|--|--|--|--|",
            *rows,
            "",
            f"Aims: at most {AIM:g} times what reading costs, peak below {MEMORY_AIM} MiB (found: {peak:.0f}).",
        ]
    )


def _ratio(least: dict[str, dict[str, float]], deed: str) -> str:
    return "" if deed == "import" else f"**{least['import']['cpu'] / least[deed]['cpu']:.2f}**"


# --- the crate ----------------------------------------------------------------------------------------------


def _write_crate(archive: Path, asked: argparse.Namespace) -> None:
    names = [f"out/{number // 1000:03}/sample-{number:06}.txt" for number in range(asked.files)]
    graph = list(
        _graph(names, asked.size, min(asked.jobs, asked.files), "#run" if asked.ours else "#execution")
    )
    metadata = json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph})
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        out.writestr(zipfile.ZipInfo(METADATA, DATE), metadata)
        out.writestr(zipfile.ZipInfo("workflow/Snakefile", DATE), "rule all:\n")
        for number, name in enumerate(names):
            out.writestr(zipfile.ZipInfo(name, DATE), _content(number, asked.size))


def _content(number: int, size: int) -> bytes:
    line = b"%d\n" % number
    return (line * (size // len(line) + 1))[:size]


def _graph(names: list[str], size: int, jobs: int, run: str) -> Iterator[dict[str, Any]]:
    """``run`` is the ``@id`` of the run; by ``#run`` the registry knows the crates that it wrote itself."""
    yield {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": [
            {"@id": "https://w3id.org/ro/crate/1.1"},
            {"@id": "https://w3id.org/workflowhub/workflow-ro-crate/1.0"},
        ],
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": "Benchmark",
        "mainEntity": {"@id": "workflow/Snakefile"},
        "conformsTo": {"@id": "https://w3id.org/ro/wfrun/provenance/0.5"},
        "hasPart": [{"@id": "workflow/Snakefile"}, *({"@id": name} for name in names)],
        "mentions": {"@id": run},
    }
    yield from _workflow()
    yield {
        "@id": run,
        "@type": "CreateAction",
        "name": "Benchmark",
        "instrument": {"@id": "workflow/Snakefile"},
        "result": [{"@id": name} for name in names],
        "startTime": "2026-03-04T10:00:00.000+00:00",
        "endTime": "2026-03-04T11:00:00.000+00:00",
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    for number in range(jobs):
        yield from _job(number, names[number::jobs])
    for name in names:
        yield {
            "@id": name,
            "@type": "File",
            "name": name.rpartition("/")[2],
            "contentSize": str(size),
            "encodingFormat": "text/plain",
        }


def _workflow() -> Iterator[dict[str, Any]]:
    yield {
        "@id": "workflow/Snakefile",
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": "benchmark",
        "programmingLanguage": {"@id": "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"},
        "step": {"@id": "#step"},
        "hasPart": {"@id": "#tool"},
    }
    yield {
        "@id": "https://w3id.org/workflowhub/workflow-ro-crate#snakemake",
        "@type": "ComputerLanguage",
        "name": "Snakemake",
    }
    yield {"@id": "#step", "@type": "HowToStep", "position": "1", "workExample": {"@id": "#tool"}}
    yield {"@id": "#tool", "@type": "SoftwareApplication", "name": "split", "version": "9.1"}


def _job(number: int, made: list[str]) -> Iterator[dict[str, Any]]:
    yield {
        "@id": f"#job-{number}",
        "@type": "CreateAction",
        "name": f"split ({number})",
        "description": f"split --number {number}",
        "instrument": {"@id": "#tool"},
        "result": [{"@id": name} for name in made],
        "startTime": "2026-03-04T10:00:00.000+00:00",
        "endTime": "2026-03-04T10:01:00.000+00:00",
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    yield {
        "@id": f"#control-{number}",
        "@type": "ControlAction",
        "instrument": {"@id": "#step"},
        "object": {"@id": f"#job-{number}"},
    }


# --- the processes ------------------------------------------------------------------------------------------


def _child(deed: str, archive: Path, data: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.crate_import", "--child", deed]
    command += ["--archive", str(archive), "--data", str(data)]
    environment = {**os.environ, "RUNSTEAD_DATA": str(data), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    for name in ("DATABASE_URL", "S3_BUCKET", "STORAGE_DIR"):
        environment.pop(name, None)
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _in_child(deed: str, archive: Path, data: Path) -> dict[str, float]:
    import time

    ready = {"prepare": _prepare, "read": _read, "understand": _understand, "import": _ready_to_import}
    act = ready[deed](archive)
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    act()
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - start
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "wall": wall, "peak": after.ru_maxrss * 1024}


def _prepare(archive: Path) -> Any:
    import django
    from django.core.management import call_command

    django.setup()

    def make() -> None:
        from accounts.models import Group, Membership, User

        call_command("migrate", verbosity=0)
        group = Group.objects.create(name="Benchmark")
        user = User.objects.create_user("bench", primary_group=group)
        Membership.objects.create(user=user, group=group)

    return make


def _read(archive: Path) -> Any:
    def every_member() -> None:
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                opened.read(member)

    return every_member


def _understand(archive: Path) -> Any:
    """The least that anybody does with a crate: its entries are read, and its metadata parsed."""

    def every_member_and_the_metadata() -> None:
        with zipfile.ZipFile(archive) as opened:
            document = json.loads(opened.read(METADATA))
            for member in opened.infolist():
                if member.filename != METADATA:
                    opened.read(member)
            del document

    return every_member_and_the_metadata


def _ready_to_import(archive: Path) -> Any:
    """The archive lies in the storage, as it does after an upload; what is measured is the worker's part."""
    import shutil

    import django

    django.setup()
    from django.core.files.storage import default_storage

    from accounts.models import User
    from common.identifiers import uuid7
    from data_management.services import Ownership
    from rocrate_import.models import CrateImport
    from rocrate_import.storing import archive_key
    from rocrate_import.tasks import import_crate

    user = User.objects.get(username="bench")
    wanted = CrateImport(id=uuid7(), name=archive.name, **Ownership(user, user.primary_group).columns())
    wanted.storage_key = archive_key(wanted.id, wanted.name)
    wanted.sha256, wanted.size = uuid7().hex * 2, archive.stat().st_size  # another one each time
    path = Path(default_storage.path(wanted.storage_key))
    path.parent.mkdir(parents=True)
    shutil.copyfile(archive, path)
    wanted.save(force_insert=True)

    def bring_in() -> None:
        import_crate(str(wanted.pk))
        wanted.refresh_from_db()
        if wanted.state != CrateImport.State.DONE:
            raise RuntimeError(f"the import ended as {wanted.state}: {wanted.error}")

    return bring_in


if __name__ == "__main__":
    main()
