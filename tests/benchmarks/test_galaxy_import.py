"""The benchmark of imports from Galaxy measures what it says, on a small scale."""

from pathlib import Path

import pytest

from benchmarks.galaxy_import import series_of, table


@pytest.mark.once
def test_the_whole_invocation_is_imported_and_the_table_tells_what_it_cost(tmp_path: Path) -> None:
    series = series_of(8, 1, tmp_path)
    assert series.jobs == 9
    asked = series.requests["import"]
    assert (asked["job"], asked["metrics of a job"]) == (9, 9)
    assert not [kind for kind in asked if "unknown" in kind]
    assert series.requests["ask"] == series.requests["fetch"]
    assert all(cost["cpu"] > 0 for cost in series.costs.values())
    rows = [line for line in table([series], 1).splitlines() if line.startswith("| 9 |")]
    assert len(rows) == 3 + len(asked)
