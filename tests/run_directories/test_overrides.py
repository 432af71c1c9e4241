"""``runstead.yaml``: what it says is laid over what was found, and all that is wrong with it is told at once."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_directories.findings import FoundFile, FoundRun, FoundWorkflow, Role
from run_directories.override_file import WrongOverrides, parse_overrides, read_overrides, read_pattern
from run_directories.overrides import Overrides, WorkflowOverrides, lay_over

WHOLE = """
name: Alignment of the spring samples
description: Second attempt
status: success
started_at: 2026-11-20T10:00:00+01:00
completed_at: "2026-11-20T10:30:00Z"
run_command: make all
engine: generic
external_id: lab-7
source_url: https://lab.example.org/7
workflow:
  name: align
  version: "1.10"
  engine: other
  repository_url: https://example.org/align.git
  commit_hash: "0123abc"
  version_id: 01890a5d-ac96-774b-bcce-b302099a8057
parameters:
  threads: 4
  when: 2026-11-20
patterns:
  INPUT: data/*.fastq.gz
  output:
    - results/**
    - pattern: results/qc/**
      dataset: quality
      collection: QC
      format: html
ignore:
  - "*.tmp"
"""


def problems(text: str) -> list[str]:
    with pytest.raises(WrongOverrides) as caught:
        parse_overrides(text)
    return caught.value.problems


def test_everything_that_can_be_said_is_read():
    read = parse_overrides(WHOLE)
    assert (read.name, read.status, read.engine) == ("Alignment of the spring samples", "SUCCESS", "generic")
    assert read.started_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert read.completed_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert read.workflow == WorkflowOverrides(
        name="align",
        version="1.10",
        engine="OTHER",
        repository_url="https://example.org/align.git",
        commit_hash="0123abc",
        version_id="01890a5d-ac96-774b-bcce-b302099a8057",
    )
    assert read.parameters == {"threads": 4, "when": "2026-11-20"}
    told = [(one.glob.text, one.role, one.dataset, one.collection, one.format) for one in read.patterns]
    assert told == [
        ("data/*.fastq.gz", Role.INPUT, "", "", ""),
        ("results/**", Role.OUTPUT, "", "", ""),
        ("results/qc/**", Role.OUTPUT, "quality", "QC", "html"),
    ]
    assert [glob.text for glob in read.ignore] == ["*.tmp"]


@pytest.mark.parametrize("text", ["", "---\n", "# nothing yet\n"])
def test_a_file_that_says_nothing_changes_nothing(text):
    assert parse_overrides(text) == Overrides()


def test_where_there_is_no_file_nothing_is_said(tmp_path):
    assert read_overrides(tmp_path) == Overrides()


def test_all_that_is_wrong_is_told_at_once_with_its_line():
    wrong = (
        "name: 7\n"
        "nmae: x\n"
        "status: DONE\n"
        "started_at: yesterday\n"
        "workflow:\n"
        "  version: 1.10\n"
        "  commit_hash: main\n"
        "  version_id: seven\n"
        "  author: Ada\n"
        "parameters: [1]\n"
        "patterns:\n"
        "  RESULT: x\n"
        "  OUTPUT:\n"
        "    - pattern: results/**\n"
        "      datset: x\n"
        "    - 7\n"
        "    - '!x'\n"
        "ignore: [/]\n"
    )
    told = problems(wrong)
    assert [one.partition(":")[0] for one in told] == [
        f"Line {number}" for number in (1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 15, 16, 17, 18)
    ]
    text = " ".join(told)
    for part in (
        "nmae is not known",
        "name must be a text, not a number",
        "1.10 becomes 1.1",
        "RESULT is no role",
    ):
        assert part in text
    assert "patterns.OUTPUT.0.datset is not known" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: [", "Line 1 is not YAML"),
        ("- a\n", "Line 1: the file must be names with values"),
        ("name: a\nname: b\n", "Line 2: name stands twice"),
        ("ignore: [*.tmp]\n", "Line 1 is not YAML"),
        ("name: !!python/object:os.system x\n", "Line 1 is not YAML"),
        ("started_at: 2026-11-20\n", "Line 1: started_at must be a time"),
        (
            "started_at: 2026-11-20T10:00:00Z\ncompleted_at: 2026-11-20T09:00:00Z\n",
            "Line 2: completed_at must not be before started_at",
        ),
        ("a: &a [x, x]\nb: [*a, *a]\n", "It holds an alias"),
        ("\x00", "is not YAML"),
    ],
)
def test_what_is_no_good_is_told_in_a_sentence(text, expected):
    assert expected in problems(text)[0]


def test_aliases_that_would_fill_the_memory_are_refused():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    assert "alias" in problems(bomb)[0]


@pytest.mark.parametrize("deep", ["[", "{a: [", "- ", "? "])
def test_values_that_lie_too_deep_are_refused_at_once(deep):
    began = time.monotonic()
    assert (
        "levels deep"
        in problems("parameters:\n  a: " + ("\n    " if deep[0] in "-?" else "") + deep * 10_000)[0]
    )
    assert time.monotonic() - began < 10


def test_a_file_of_any_bytes_is_read_or_refused_but_breaks_nothing(tmp_path):
    (tmp_path / "runstead.yaml").write_bytes(b"name: \xff")
    with pytest.raises(WrongOverrides, match=r"runstead\.yaml: .* is not YAML"):
        read_overrides(tmp_path)
    (tmp_path / "runstead.yaml").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(WrongOverrides, match="keep it short"):
        read_overrides(tmp_path)


@given(st.text(alphabet="abname:- \n[]{}&*!'\"#|>%@?0", max_size=60))
def test_no_text_breaks_the_reading(text):
    try:
        assert isinstance(parse_overrides(text), Overrides)
    except WrongOverrides as problem:
        assert problem.problems  # noqa: PT017 - either is fine, a third is not


# --- laid over what was found ---------------------------------------------------------------------------------


def found(root: Path, *names: str) -> FoundRun:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    files = tuple(FoundFile(root / name, name, Role.OUTPUT) for name in names)
    return FoundRun(
        "sniffed", status="FAILED", status_basis="INFERRED", parameters={"a": 1, "b": 2}, files=files
    )


def roles(run: FoundRun) -> dict[str, Role]:
    return {file.relative: file.role for file in run.files}


def test_what_is_not_said_stays_as_it_was_sniffed(tmp_path):
    run = found(tmp_path, "a.txt")
    assert lay_over(run, Overrides(), tmp_path) == run


def test_what_is_said_counts(tmp_path):
    said = parse_overrides("name: mine\nstatus: SUCCESS\nparameters: {b: 3}\n")
    run = lay_over(found(tmp_path), said, tmp_path)
    assert (run.name, run.status, run.status_basis) == ("mine", "SUCCESS", "REPORTED")
    assert run.parameters == {"a": 1, "b": 3}


def test_a_workflow_that_nobody_found_can_be_told(tmp_path):
    said = parse_overrides("workflow: {name: align, engine: CWL}")
    assert lay_over(found(tmp_path), said, tmp_path).workflow == FoundWorkflow("align", engine="CWL")


def test_the_last_pattern_that_matches_decides_and_ignore_over_all(tmp_path):
    run = found(tmp_path, "out/a.bam", "out/a.tmp", "out/qc.html")
    said = parse_overrides(
        'patterns: {OUTPUT: out/**, REPORT: {pattern: "*.html", dataset: qc}}\nignore: "*.tmp"'
    )
    told = lay_over(run, said, tmp_path)
    assert roles(told) == {"out/a.bam": Role.OUTPUT, "out/a.tmp": Role.IGNORED, "out/qc.html": Role.REPORT}
    assert {file.relative: file.dataset for file in told.files}["out/qc.html"] == "qc"


def test_files_that_no_sniffer_named_are_found_by_a_pattern(tmp_path):
    found(tmp_path, "extra/x.txt", "extra/y.log", "else.txt", ".git/HEAD", "runstead.yaml")
    said = parse_overrides('patterns: {OUTPUT: ["extra/", "*.yaml", "HEAD"], IGNORED: "*.log"}')
    run = found(tmp_path, "known.txt")
    assert roles(lay_over(run, said, tmp_path)) == {"known.txt": Role.OUTPUT, "extra/x.txt": Role.OUTPUT}


def test_options_count_more_than_the_file(tmp_path):
    file = parse_overrides(WHOLE)
    options = Overrides(
        name="from the option",
        workflow=WorkflowOverrides(version="2"),
        parameters={"threads": 8},
        patterns=(read_pattern("report", "*.html=reports"),),
    )
    both = file.under(options)
    assert (both.name, both.description) == ("from the option", "Second attempt")
    assert (both.workflow.name, both.workflow.version) == ("align", "2")
    assert both.parameters["threads"] == 8
    assert both.patterns[-1].dataset == "reports"
    assert len(both.patterns) == 4


def test_a_pattern_of_an_option_that_says_nothing_is_refused():
    with pytest.raises(WrongOverrides, match="--output: '/' matches nothing"):
        read_pattern("output", "/")
