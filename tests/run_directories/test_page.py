"""What ``docs/run-directories.md`` shows works as it stands there."""

import json
import re
from pathlib import Path

import pytest

from data_management.register.body import Reading
from run_directories import sniffers
from run_directories.findings import Role
from run_directories.override_file import parse_overrides, read_overrides
from run_directories.overrides import Overrides, WorkflowOverrides
from run_directories.planning import plan
from run_directories.scanning import SKIPPED

PAGE = (Path(__file__).resolve().parents[2] / "docs/run-directories.md").read_text()
TOLD = {
    "id": "c-7", "name": "Seventh", "exit_code": 0, "version": "2", "settings": {"speed": 3},
    "started": "2026-11-20T10:00:00+00:00", "ended": "2026-11-20T10:01:00+00:00", "takes": ["in.txt"],
    "jobs": [{"belt": "sort", "command": "sort in.txt", "made": ["out.txt"]}],
}  # fmt: skip


def shown(marker: str, language: str) -> str:
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found, marker
    return found[1]


def test_the_file_of_the_page_says_everything_that_can_be_said():
    said = parse_overrides(shown("runstead.yaml", "yaml"))
    empty = Overrides()
    left = [name for name in Overrides.__slots__ if getattr(said, name) == getattr(empty, name)]
    assert left == ["message"]
    assert all(getattr(said.workflow, name) for name in WorkflowOverrides.__slots__)
    assert {one.role for one in said.patterns} == {Role.INPUT, Role.OUTPUT, Role.LOG, Role.WORKFLOW}


def test_the_sniffer_of_the_page_is_asked_and_its_run_can_be_registered(tmp_path, monkeypatch):
    parts: dict = {"__name__": "lab_sniffers"}
    exec(compile(shown("example sniffer", "python"), "docs/run-directories.md", "exec"), parts)
    monkeypatch.setitem(sniffers.BUILT_IN, "conveyor", "lab_sniffers:ConveyorSniffer")
    imported = sniffers._imported
    monkeypatch.setattr(
        sniffers, "_imported", lambda place: parts["ConveyorSniffer"] if "lab_" in place else imported(place)
    )
    for name in ("in.txt", "out.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "conveyor.json").write_text(json.dumps(TOLD))
    (run,) = sniffers.sniff(tmp_path)
    told = plan(run, read_overrides(tmp_path), tmp_path)
    reading = Reading.of(told.body("01890a5d-ac96-774b-bcce-b302099a8057"))
    assert (reading.violations, reading.body.warnings, told.remarks) == ([], [], ())
    assert [(one.name, one.data_type) for one in reading.body.datasets] == [
        ("out.txt", "OUTPUT"),
        ("in.txt", "INPUT"),
    ]
    assert reading.body.run.fields["source"] == "conveyor"
    (tmp_path / "conveyor.json").write_text("{")
    with pytest.raises(sniffers.Unreadable, match="was the run cut off"):
        sniffers.sniff(tmp_path)


def test_the_page_names_what_is_asked_and_what_is_passed_over():
    assert ", ".join(f"`{name}`" for name in list(sniffers.BUILT_IN)[:-1]) in " ".join(PAGE.split())
    assert f'"{sniffers.GROUP}"' in PAGE
    assert {".git", ".snakemake", ".nextflow", "__pycache__"} <= SKIPPED
