"""What is registered: bodies of requests, and the files on disk that they name."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.databases import ROOT, BenchDatabase
from benchmarks.fill.population import KIND_GROUP, KIND_VERSION, MANY, group_of, made_id, user_id

CONTENT = b"benchmark"
PARAMETERS = {"genome": "hg38", "k": 31, "min_quality": 20, "seed": 42, "threads": 8}
TYPES = ["INPUT", "INPUT", "PARAMETER", "OUTPUT", "OUTPUT", "REPORT"]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is registered at once."""

    datasets: int
    files_each: int
    folders: int

    @property
    def name(self) -> str:
        """The directory that holds the files."""
        return f"run-{self.datasets}-{self.files_each}"

    def files_of(self, dataset: int) -> list[str]:
        """The paths of a dataset's files below the run's directory."""
        folder = f"part-{dataset % self.folders:03d}"
        return [f"{folder}/d{dataset:05d}-{number}.tsv" for number in range(self.files_each)]


ONE_RUN = Size(datasets=6, files_each=1, folders=1)
BIG = Size(datasets=10_000, files_each=10, folders=100)


def body_of(size: Size, dropbox: Path) -> dict[str, Any]:
    """A registration as a lab's program would send it."""
    return {
        "input_dir": str(dropbox / size.name),
        "owned_by": str(made_id(KIND_GROUP, group_of(MANY))),
        "workflowrun": {
            "new": True,
            "name": "Registered by a benchmark",
            "workflowversion": str(made_id(KIND_VERSION, 0)),
            "run_command": "snakemake --cores 8 --use-conda",
            "run_environment": "GNU/Linux 6.1.0-x86_64",
            "status": "SUCCESS",
            "started_at": "2026-01-15T10:00:00Z",
            "completed_at": "2026-01-15T12:30:00Z",
            "parameters": [{"name": name, "value": value} for name, value in PARAMETERS.items()],
        },
        "collections": [{"id": "outputs", "name": "Results"}],
        "datasets": [_dataset(size, number) for number in range(size.datasets)],
    }


def _dataset(size: Size, number: int) -> dict[str, Any]:
    data_type = TYPES[number % len(TYPES)]
    files = [
        {"name": path.rpartition("/")[2], "uri": path, "type": "tsv", "size": len(CONTENT)}
        for path in size.files_of(number)
    ]
    told = {"new": True, "name": f"Dataset {number}", "data_type": data_type, "datafiles": files}
    return {**told, "collection": "outputs"} if data_type == "OUTPUT" else told


def make_files(size: Size, dropbox: Path) -> None:
    """Write the files of a registration, unless they are there; they appear all at once."""
    wanted, unfinished = dropbox / size.name, dropbox / f"{size.name}.unfinished"
    if wanted.exists():
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    for folder in range(size.folders):
        (unfinished / f"part-{folder:03d}").mkdir(parents=True)
    for dataset in range(size.datasets):
        for path in size.files_of(dataset):
            (unfinished / path).write_bytes(CONTENT)
    unfinished.rename(wanted)


def give_dropbox(database: BenchDatabase, dropbox: Path) -> None:
    """Let the person who registers do so from this directory."""
    user, group = (database.literal(key) for key in (user_id(MANY), made_id(KIND_GROUP, group_of(MANY))))
    dropbox.mkdir(parents=True, exist_ok=True)
    database.execute(f"DELETE FROM data_management_dropbox WHERE user_id = {user}")
    database.execute(
        f"INSERT INTO data_management_dropbox (user_id, group_id, path) VALUES ({user}, {group}, '{dropbox}')"
    )


# What the fill made is older than this, and what a benchmark registered is younger. Transfers stay: nothing
# measured reads them, and taking one out makes PostgreSQL look through all files for a reference to it.
FIRST_REGISTERED = UUID("019b7000-0000-7000-8000-000000000000")  # in December 2025
REGISTERED = [
    ("workflows_workflowrundataset", "workflowrun_id"),
    ("workflows_workflowrunparameter", "workflowrun_id"),
    ("workflows_runtext", "workflowrun_id"),
    ("workflows_statuschange", "workflowrun_id"),
    ("workflows_workflowrun", "id"),
    ("data_management_collectionitem", "dataset_id"),
    ("data_management_datafile", "dataset_id"),
    ("data_management_dataset", "id"),
    ("data_management_datasetcollection", "id"),
]


def forget_registered(database: BenchDatabase) -> None:
    """Take out again what was registered, so that the next benchmark finds the database as it was filled."""
    first = database.literal(FIRST_REGISTERED)
    for table, column in REGISTERED:
        database.execute(f"DELETE FROM {table} WHERE {column} > {first}")
    database.tidy()


def dropbox_of(database: BenchDatabase) -> Path:
    """The directory that is registered from."""
    return (ROOT / database.directory / "dropbox").resolve()
