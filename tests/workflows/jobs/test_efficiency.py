"""What steps ask for beside what they take."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Api
from tests.factories import a_job, a_run, a_step, a_version, a_workflow
from tests.workflows.conftest import VERSIONS
from workflows.jobs.efficiency import MeasuredJob, efficiency_of, in_bytes, spread
from workflows.jobs.measures import Measures, measures_of

GIB = 2**30
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def jobs(*measures: Measures, status: str = "SUCCESS") -> list[MeasuredJob]:
    return [MeasuredJob("align", "align", UUID(int=n % 2), status, one) for n, one in enumerate(measures)]


def hints(*measures: Measures) -> list[str]:
    (step,) = efficiency_of(jobs(*measures))
    found: list[str] = step["hints"]
    return found


def test_measures_are_known_by_the_names_of_several_engines() -> None:
    torc = measures_of(
        {"memory_bytes": 4 * GIB, "cpus": 2, "runtime_seconds": 3600}, {"max_rss_bytes": GIB, "avg_cpu_percent": 150},
        NOON, NOON + timedelta(seconds=100),
    )  # fmt: skip
    assert torc == Measures(GIB, 4 * GIB, 150.0, 2.0, 100.0, 3600.0)
    assert torc.cpus_used == 1.5
    galaxy = measures_of({}, {"galaxy_slots": 4, "galaxy_memory_mb": 1000})
    assert (galaxy.cpus_asked, galaxy.memory_asked) == (4, 10**9)


@pytest.mark.parametrize("odd", [None, [], "x", {"cpus": "many", "memory_bytes": True}, {"cpus": -1}])
def test_what_is_no_measure_is_none(odd: Any) -> None:
    assert measures_of(odd, odd) == Measures()


def test_the_spread_of_values() -> None:
    told = spread([float(n) for n in range(1, 11)])
    assert told == {"median": 5.5, "p90": 9.0, "max": 10.0, "count": 10}
    assert spread([]) is None


def test_a_step_is_told_with_what_it_asks_for_and_takes() -> None:
    good = Measures(GIB, 4 * GIB, 50.0, 2.0, 100.0, 200.0)
    (step,) = efficiency_of([*jobs(good, good), *jobs(Measures(9 * GIB), status="FAILED")])
    assert (step["jobs"], step["runs"], step["success_share"]) == (3, 2, 0.6667)
    assert step["memory_bytes"]["used"]["max"] == GIB  # what failed is not measured
    assert step["memory_bytes"]["efficiency"]["median"] == 0.25
    assert step["cpus"]["used"]["median"] == 0.5
    assert step["cpu_seconds"]["requested"]["median"] == 200.0
    assert step["wall_seconds"]["efficiency"]["p90"] == 0.5
    assert step["hints"] == []  # two jobs are too few


def test_what_nobody_measured_is_none() -> None:
    (step,) = efficiency_of(jobs(Measures()))
    assert [step[name] for name in ("wall_seconds", "cpu_seconds", "cpus", "memory_bytes")] == [None] * 4


def test_a_hint_says_what_would_do() -> None:
    assert hints(*[Measures(3 * GIB, 64 * GIB)] * 3) == [
        "Memory: 64 GiB are asked for, and never more than 3 GiB were in use; 4 GiB would do."
    ]
    assert hints(*[Measures(cpu_used=120, cpus_asked=8, wall_used=100)] * 3) == [
        "Processors: 8 are asked for, and 1.2 are busy on the average; 2 would do."
    ]
    assert hints(*[Measures(wall_used=3500, wall_asked=3600)] * 3) == [
        "Time: the longest job took 58 of 60 minutes; ask for more."
    ]
    assert hints(*[Measures(63 * GIB, 64 * GIB)] * 3) == [
        "Memory: 63 GiB of 64 GiB were in use; a little more input may not fit."
    ]
    assert hints(*[Measures(40 * GIB, 64 * GIB, 90, 1, 100, 900)] * 3) == []


def test_sizes_have_units() -> None:
    assert [in_bytes(one) for one in (0, 2048, 1.5 * GIB, 2**41)] == ["0 B", "2 KiB", "1.5 GiB", "2 TiB"]


def test_a_version_tells_of_the_runs_that_one_may_see(
    ada_api: Api, ada: Any, eve: Any, django_assert_max_num_queries: Any
) -> None:
    version = a_version(a_workflow(ada))
    for number in range(4):
        run = a_run(eve if number == 3 else ada, workflowversion=version, status="SUCCESS")
        for key in ("align", "count"):
            a_job(run, f"{key} (x)", step=a_step(run, key), status="SUCCESS", requested={"memory_bytes": 64 * GIB},
                  resources={"max_rss_bytes": GIB})  # fmt: skip
        a_job(run, f"loose {number}", status="FAILED")
    a_job(a_run(ada, workflowversion=version, status="RUNNING"), "going on")
    with django_assert_max_num_queries(6):
        told = ada_api.get(f"{VERSIONS}{version.pk}/efficiency/").json()
    assert (told["runs"], told["more_runs"], told["jobs"], told["more_jobs"]) == (3, False, 9, False)
    assert [(one["step"], one["jobs"], one["success_share"]) for one in told["steps"]] == [
        ("align", 3, 1.0),
        ("count", 3, 1.0),
        ("loose", 3, 0.0),
    ]
    assert len(told["steps"][0]["hints"]) == 1
    one = ada_api.get(f"{VERSIONS}{version.pk}/efficiency/?runs=1").json()
    assert (one["runs"], one["more_runs"], one["jobs"]) == (1, True, 3)
    assert ada_api.get(f"{VERSIONS}{version.pk}/efficiency/?runs=0").status_code == 400
