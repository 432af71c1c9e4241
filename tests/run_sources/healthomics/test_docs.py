"""The page on HealthOmics says what the code does."""

import re
from pathlib import Path

import pytest

from run_sources.healthomics.answers import SENSITIVE
from run_sources.healthomics.source import HealthOmicsSource
from run_sources.healthomics.translate import jobs, run, workflow
from run_sources.healthomics.translate.statuses import STATUSES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sources" / "healthomics.md").read_text()


def rows_under(heading: str) -> dict[str, str]:
    """The table below a heading, by its first cells."""
    section = re.split(r"\n#+ ", PAGE.split(f"# {heading}\n")[1])[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)
    return {first.strip("`"): second for first, second in rows if first != "HealthOmics says"}


def test_every_status_is_in_the_table() -> None:
    told = rows_under("Status")
    assert {word: told[word] for word in STATUSES} == {word: one.value for word, one in STATUSES.items()}
    assert set(told) - set(STATUSES) == {"`DELETED` (runs only)".strip("`")}


@pytest.mark.parametrize(
    ("heading", "kept"),
    [("Of a run", run.KEPT), ("Of a task", jobs.KEPT), ("Of a workflow and of a version", workflow.KEPT)],
)
def test_what_is_kept_is_in_the_tables(heading: str, kept: dict[str, str]) -> None:
    assert rows_under(heading) == kept


def test_what_is_left_is_said() -> None:
    assert all(f"`{one}`" in PAGE for one in SENSITIVE)


@pytest.mark.parametrize("example", HealthOmicsSource.examples)
def test_every_example_is_on_the_page(example: str) -> None:
    assert f"`{example}`" in PAGE
