"""The benchmark of jobs measures what it says, on a small scale: every way writes the same jobs."""

from typing import Any

import pytest

from accounts.models import ApiToken
from benchmarks.jobs import cost_of, deeds_of, rows_of, table

pytestmark = pytest.mark.once


def test_every_way_writes_every_job_and_is_undone(ada: Any) -> None:
    deeds, rows = deeds_of(ada.pk, ApiToken.issue(user=ada, name="bench")[1]), rows_of(5)
    costs = {name: cost_of(deed, rows) for name, deed in deeds.items()}
    assert list(costs) == ["by hand", "one request", "one by one"]
    assert table({"sqlite": {"by hand": 0.5, "one request": 1.0}}).endswith(
        "| sqlite | one request | 1.000 | 2.0 |"
    )
