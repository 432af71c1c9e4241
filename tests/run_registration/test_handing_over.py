"""What the process that reads a directory can hand over, and what it cannot."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from run_directories.findings import FoundRun, FoundWorkflow, WorkflowFile
from run_directories.hashing import HashCache
from run_directories.plans import Plan
from run_registration.handing_over import COPIES, PLAN, NotAPlan, hand_over, handed_over


class Calls:
    """Pickled, it is a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.fixture
def a_plan(tmp_path: Path) -> Plan:
    """A plan with one file of a workflow, which lies among the copies."""
    shelf = tmp_path / COPIES
    shelf.mkdir()
    (shelf / "0").write_text("rule all:")
    file = WorkflowFile(shelf / "0", "Snakefile", "MAIN")
    run = FoundRun(name="Liver", workflow=FoundWorkflow(name="w", files=(file,)))
    return Plan(run=run, root=tmp_path)


def test_a_plan_comes_over_as_it_is(a_plan: Plan, tmp_path: Path) -> None:
    hand_over(a_plan, tmp_path)
    assert handed_over(tmp_path) == a_plan


def test_where_nothing_was_left_there_is_no_plan(tmp_path: Path) -> None:
    assert handed_over(tmp_path) is None


@pytest.mark.parametrize("what", ["print", "open", "cache", "dotted"])
def test_nothing_is_called(tmp_path: Path, what: str, capsys: Any) -> None:
    target = tmp_path / "made"
    calls = {
        "print": pickle.dumps(Calls(print, "called")),
        "open": pickle.dumps(Calls(open, str(target), "w")),
        "cache": pickle.dumps(Calls(HashCache, target)),
        "dotted": b"\x80\x04\x8c\x17run_directories.hashing\x8c\x09os.system\x93\x8c\x04true\x85R.",
    }
    (tmp_path / PLAN).write_bytes(calls[what])
    with pytest.raises(NotAPlan):
        handed_over(tmp_path)
    assert not target.exists()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"", b"nonsense", pickle.dumps({"run": 1})])
def test_anything_else_is_no_plan(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PLAN).write_bytes(content)
    with pytest.raises(NotAPlan):
        handed_over(tmp_path)


def test_files_beside_the_copies_are_not_taken(a_plan: Plan, tmp_path: Path) -> None:
    workflow = a_plan.run.workflow
    assert workflow
    elsewhere = replace(workflow, files=(replace(workflow.files[0], path=Path("/etc/passwd")),))
    hand_over(replace(a_plan, run=replace(a_plan.run, workflow=elsewhere)), tmp_path)
    with pytest.raises(NotAPlan):
        handed_over(tmp_path)


def test_a_copy_that_leads_elsewhere_is_not_taken(a_plan: Plan, tmp_path: Path) -> None:
    (tmp_path / COPIES / "0").unlink()
    (tmp_path / COPIES / "0").symlink_to("/etc/passwd")
    hand_over(a_plan, tmp_path)
    with pytest.raises(NotAPlan):
        handed_over(tmp_path)
