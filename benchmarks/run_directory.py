"""``python -m benchmarks.run_directory``: planning a large run directory beside a bare walk that hashes.

A directory of small files is made. Each deed happens in a process of its own, by turns, and the least of the
repetitions counts: the floor (``os.walk`` and ``hashlib``, one thread), and ours, phase by phase, once with an empty
cache of hashes and once with a full one. Nothing is judged here.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES, SIZE, PER_DIRECTORY, JOBS = 100_000, 2_000, 500, 5_000
DEEDS = ("floor", "empty", "full")
SAID = {"floor": "`os.walk`, SHA-256 of each", "empty": "planned, nothing known", "full": "planned again"}
PHASES = ("scan", "plan", "hash", "body")
AIM, MEMORY_AIM = 30.0, 300
MEGABYTE = 2**20
VERSION = "01890a5d-ac96-774b-bcce-b302099a8057"


def main() -> None:
    """Make the directory, plan it by turns, and print what that cost."""
    asked = _arguments()
    if asked.child:
        print(json.dumps(_measured(asked)))
        return
    files = asked.files // 10 if asked.hurry else asked.files
    with tempfile.TemporaryDirectory(prefix="runstead-bench-", dir=asked.within) as made:
        directory = Path(made)
        _write_run(directory / "run", files, asked.size)
        costs: dict[str, list[dict[str, float]]] = {deed: [] for deed in DEEDS}
        for _ in range(asked.repetitions):
            (directory / "hashes.sqlite").unlink(missing_ok=True)
            for deed, found in costs.items():
                found.append(_child(deed, directory))
        print(_table(costs, files, asked))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run_directory", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of each file")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--hurry", action="store_true", help="a tenth of the files, for a first look")
    parser.add_argument("--within", default=None, help="where the directory is made, to measure another disk")
    parser.add_argument("--child", choices=DEEDS, help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _table(costs: dict[str, list[dict[str, float]]], files: int, asked: argparse.Namespace) -> str:
    least = {deed: min(found, key=lambda one: one["wall"]) for deed, found in costs.items()}
    rows = [
        f"| {SAID[deed]} | {' | '.join(_seconds(one.get(phase)) for phase in PHASES)} "
        f"| **{one['wall']:.2f} s** | {one['cpu']:.2f} s | {one['peak'] / MEGABYTE:.0f} MiB |"
        for deed, one in least.items()
    ]
    return "\n".join(
        [
            f"{files:,} files of {asked.size:,} bytes, {_jobs(files):,} jobs, {os.cpu_count()} cores, "
            f"least of {asked.repetitions}:",
            "",
            f"| deed | {' | '.join(PHASES)} | together | CPU | peak memory |",
            "|--" * (len(PHASES) + 4) + "|",
            *rows,
            "",
            f"Aims: below {AIM:g} s and {MEMORY_AIM} MiB for 100,000 files.",
        ]
    )


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s"


def _jobs(files: int) -> int:
    return max(1, files * JOBS // FILES)


def _write_run(run: Path, files: int, size: int) -> None:
    """As pipelines leave them: directories of results, an hour old."""
    long_ago = time.time() - 3600
    for number in range(files):
        path = run / _name(number)
        if number % PER_DIRECTORY == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes((b"%d\n" % number).ljust(size, b"x"))
        os.utime(path, (long_ago, long_ago))


def _name(number: int) -> str:
    return f"results/{number // PER_DIRECTORY:04}/sample-{number:06}.txt"


# --- the processes ------------------------------------------------------------------------------------------


def _child(deed: str, directory: Path) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.run_directory",
        "--child",
        deed,
        "--directory",
        str(directory),
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measured(asked: argparse.Namespace) -> dict[str, float]:
    act = _floor if asked.child == "floor" else _ready(asked.directory)
    start, phases = time.perf_counter(), {}
    for name, seconds in act(asked.directory / "run").items():
        phases[name] = seconds
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {**phases, "wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024}


def _floor(run: Path) -> dict[str, float]:
    found = {}
    for directory, _, names in os.walk(run):
        for name in names:
            path = os.path.join(directory, name)
            with open(path, "rb") as opened:
                found[path] = hashlib.sha256(opened.read()).hexdigest()
    return {}


def _ready(directory: Path) -> Callable[[Path], dict[str, float]]:
    """What the command does between recognising a directory and asking the registry."""
    from run_directories.findings import FoundFile, FoundJob, FoundRun, FoundStep, Role
    from run_directories.hashing import HashCache, hash_files
    from run_directories.overrides import Overrides
    from run_directories.planning import plan
    from run_directories.scanning import scan

    def act(run: Path) -> dict[str, float]:
        watch = _Watch()
        files = tuple(
            FoundFile(run / entry.relative, entry.relative, Role.OUTPUT, size=entry.size)
            for entry in scan(run)
        )
        made = [file.relative for file in files]
        count = _jobs(len(made))
        jobs = tuple(
            FoundJob(f"split {number}", step="split", status="SUCCESS", made=tuple(made[number::count]))
            for number in range(count)
        )
        found = FoundRun("run", files=files, jobs=jobs, steps=(FoundStep("split", "split"),))
        del files, made, jobs
        watch.lap("scan")
        told = plan(found, Overrides(), run)
        del found
        watch.lap("plan")
        with HashCache(directory / "hashes.sqlite") as cache:
            told = told.hashed(hash_files((file.path for file in told.files_to_hash()), cache=cache))
        watch.lap("hash")
        json.dumps(told.body(VERSION)).encode()
        watch.lap("body")
        return watch.laps

    return act


class _Watch:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = now - self._last, now


if __name__ == "__main__":
    main()
