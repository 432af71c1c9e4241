"""`runstead register wfrun`: from a directory to a run of the registry."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data_management.models import DataFile
from tests.cli.conftest import Runstead
from workflows.models import WorkflowRun

YAML = """\
name: Counted samples
status: SUCCESS
started_at: 2026-03-04T10:00:00Z
completed_at: 2026-03-04T10:05:00Z
run_command: sh count.sh
workflow:
  name: Count
  engine: OTHER
parameters:
  k: 31
patterns:
  input: data/*.txt
  output: results/*
  log: logs/
  workflow: count.sh
ignore: ["*.tmp"]
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def directory(dropbox: Path) -> Path:
    return a_directory(dropbox / "run-1")


def a_directory(place: Path) -> Path:
    """What a pipeline of no known engine left, with a runstead.yaml beside it."""
    files = {
        "runstead.yaml": YAML,
        "count.sh": "sort data/*.txt | uniq -c\n",
        "data/a.txt": "a\nb\n",
        "data/b.txt": "c\n",
        "results/counts.tsv": "a\t2\nb\t1\n",
        "results/half.tmp": "no",
        "logs/count.log": "counted\n",
    }
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content)
    return place


@pytest.fixture
def cli(ada_cli: Runstead, run_tasks: Callable[[], int]) -> Runstead:
    """Ada's, with a worker that takes files in while she waits."""
    ada_cli.meanwhile = run_tasks
    return ada_cli


def test_a_directory_becomes_a_run_whose_files_are_there(cli: Runstead, directory: Path) -> None:
    answer = cli.json("register", "wfrun", directory, "--yes")
    run = WorkflowRun.objects.get(pk=answer["workflowrun"]["id"])
    assert (run.name, run.status, run.run_command) == ("Counted samples", "SUCCESS", "sh count.sh")
    assert answer["page"] == f"http://testserver/runs/{run.pk}/"
    assert answer["transfer"]["state"] == "DONE"
    assert {(one.path, one.status) for one in DataFile.objects.all()} == {
        ("data/a.txt", "ONLINE"),
        ("data/b.txt", "ONLINE"),
        ("results/counts.tsv", "ONLINE"),
        ("logs/count.log", "ONLINE"),
    }
    kinds = run.dataset_links.values_list("data_type", "dataset__datafiles__path")
    assert set(kinds) == {
        ("INPUT", "data/a.txt"),
        ("INPUT", "data/b.txt"),
        ("OUTPUT", "results/counts.tsv"),
        ("LOG", "logs/count.log"),
    }
    assert [(one.name, one.value) for one in run.parameters.all()] == [("k", 31)]
