"""`runstead whence`: the story of a file, whatever it is called now."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from tests.cli.conftest import Runstead
from tests.factories import a_dataset, a_file, a_link, a_run, a_version, a_workflow, sha256_of
from workflows.models import WorkflowRun


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def used(run: WorkflowRun, user: User, name: str, data_type: str = "INPUT") -> None:
    dataset = a_dataset(user, name, file_count=1, size=len(name))
    a_file(dataset, name, name.encode())
    a_link(run, dataset, data_type)


@pytest.fixture
def story(ada: User, tmp_path: Path) -> Path:
    """Two runs, the second of which took in what the first made, as a file of its own; and a copy of the end."""
    version = a_version(a_workflow(ada, "Count"), name="v1")
    first = a_run(ada, "Sort", workflowversion=version, started_at="2026-03-04T10:00:00Z")
    used(first, ada, "reads.txt")
    used(first, ada, "sorted.txt", "OUTPUT")
    second = a_run(ada, "Plot")
    dataset = a_dataset(ada, "renamed.txt", size=10)
    a_file(dataset, "renamed.txt", b"sorted.txt")
    a_link(second, dataset, "INPUT")
    used(second, ada, "plot.svg", "OUTPUT")
    copy = tmp_path / "elsewhere" / "figure-1.svg"
    copy.parent.mkdir()
    copy.write_text("plot.svg")
    return copy


def test_a_copy_with_another_name_tells_its_story_across_runs(ada_cli: Runstead, story: Path) -> None:
    lines = ada_cli.well("whence", story).stdout.splitlines()
    assert lines[0] == f"{story} (8 B)"
    told = [line.lstrip("└├─│ ") for line in lines[1:]]
    plot, sort = WorkflowRun.objects.get(name="Plot"), WorkflowRun.objects.get(name="Sort")
    assert told == [
        f"made by Plot (SUCCESS, {plot.pk})",
        "input renamed.txt (10 B)",
        f"made by Sort (SUCCESS, 2026-03-04 10:00:00 UTC, Count v1, {sort.pk})",
        "input reads.txt (9 B)",
    ]
    indents = [len(line) - len(line.lstrip("└├─│ ")) for line in lines]
    assert indents == sorted(set(indents))


def test_no_further_back_than_is_asked_for(ada_cli: Runstead, story: Path) -> None:
    shown = ada_cli.well("whence", story, "--depth", "1").stdout
    assert "made by Plot" in shown
    assert "made by Sort" not in shown
    assert "1 run not shown" in shown


def test_what_came_of_a_file(ada_cli: Runstead, story: Path, tmp_path: Path) -> None:
    start = tmp_path / "reads.txt"
    start.write_text("reads.txt")
    told = [line.lstrip("└├─│ ") for line in ada_cli.well("whence", start, "--down").stdout.splitlines()]
    assert [line.split(" (")[0] for line in told[1:]] == [
        "used by Sort",
        "output sorted.txt",
        "used by Plot",
        "output plot.svg",
    ]


def test_a_checksum_will_do(ada_cli: Runstead, story: Path) -> None:
    (told,) = ada_cli.json("whence", sha256_of(b"plot.svg").upper())
    assert told["whence"]["count"] == 1
    assert {node["name"] for node in told["lineage"]["nodes"]} >= {"Plot", "Sort", "reads.txt"}


def test_a_file_that_nobody_knows_is_told_and_the_others_are_shown(
    ada_cli: Runstead, story: Path, tmp_path: Path
) -> None:
    unknown = tmp_path / "unknown.txt"
    unknown.write_text("never seen")
    result = ada_cli("whence", unknown, story)
    assert result.exit_code == 4
    assert f"{unknown}: The registry knows no file that is this data" in result.stderr
    assert "made by Plot" in result.stdout
    as_json = ada_cli("whence", unknown, "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)[0]["lineage"]) == (4, None)


def test_what_a_stranger_may_not_see_is_not_told(
    sign_in: Callable[[User], Runstead], eve: User, story: Path
) -> None:
    result = sign_in(eve)("whence", story)
    assert result.exit_code == 4
    assert "Plot" not in result.output


def test_a_file_that_no_run_made_is_told_with_its_dataset(
    ada_cli: Runstead, story: Path, tmp_path: Path
) -> None:
    start = tmp_path / "copy.txt"
    start.write_text("reads.txt")
    shown = ada_cli.well("whence", start).stdout
    assert "Known as reads.txt of the dataset reads.txt; no run made it, 1 used it." in shown


def test_a_diamond_is_told_once(ada_cli: Runstead, ada: User, tmp_path: Path) -> None:
    top = a_run(ada, "Top")
    used(top, ada, "top.txt", "OUTPUT")
    for side in ("left", "right"):
        run = a_run(ada, side)
        used(run, ada, "top.txt")
        used(run, ada, f"{side}.txt", "OUTPUT")
    bottom = a_run(ada, "Bottom")
    used(bottom, ada, "left.txt")
    used(bottom, ada, "right.txt")
    used(bottom, ada, "bottom.txt", "OUTPUT")
    place = tmp_path / "bottom.txt"
    place.write_text("bottom.txt")
    shown = ada_cli.well("whence", place).stdout
    assert shown.count("made by Top") == 2
    assert shown.count("(told above)") == 1


def test_what_is_no_file_is_told(ada_cli: Runstead, tmp_path: Path, story: Path) -> None:
    shutil.rmtree(story.parent)
    result = ada_cli("whence", story)
    assert result.exit_code == 1
    assert f"{story} is no file" in result.stderr
