"""The benchmark of lineages measures what it says, on a small scale: by hand and by us the same is found."""

from typing import Any

import pytest

from benchmarks.fill import MANY, token_of, user_id
from benchmarks.lineage import BESIDE, table
from benchmarks.lineage_deeds import deeds_of

WOVEN = 30


@pytest.fixture
def found(filled: None) -> dict[str, int]:
    """What each deed finds among thirty woven runs in a small registry."""
    return {name: deed() for name, deed in deeds_of(WOVEN, user_id(MANY), token_of(MANY)).items()}


def test_every_walk_finds_every_woven_run(found: dict[str, int]) -> None:
    walks = {name: count for name, count in found.items() if "page" not in name and name != "HTTP"}
    assert walks == dict.fromkeys(walks, WOVEN)
    assert len(walks) == 5
    assert found["HTTP"] >= found["page"] > found["page by hand"] > 0


def test_the_table_sets_each_deed_beside_another(found: dict[str, int]) -> None:
    costs: dict[str, Any] = {
        name: {"cpu": 2.0 + place, "wall": 4.0, "found": count}
        for place, (name, count) in enumerate(found.items())
    }
    rows = table({"sqlite": costs}).splitlines()[2:]
    assert len(rows) == len(found)
    assert BESIDE["walk"] == "same by hand"
    assert next(row for row in rows if "| walk (30)" in row).endswith("| same by hand | 1.33 |")
