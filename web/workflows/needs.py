"""What the steps of a version ask for and take, as its page shows it."""

from typing import Any

from common.models import UserLike
from workflows.jobs.measuring import efficiency_of_version
from workflows.models import WorkflowVersion

RUNS = 20  # the newest ones
JOBS = 5_000
STEPS_SHOWN = 50
MEASURES = ("memory_bytes", "cpus", "wall_seconds")


def needs_of(version: WorkflowVersion, user: UserLike) -> dict[str, Any] | None:
    """Of the newest runs that ``user`` may see; None where no job was measured."""
    found = efficiency_of_version(version=version, user=user, most_runs=RUNS, most_jobs=JOBS)
    steps = [one for one in found["steps"] if any(one[name] for name in MEASURES)]
    if not any(one["memory_bytes"] or one["cpus"] for one in steps):
        return None
    return {**found, "steps": steps[:STEPS_SHOWN], "more_steps": len(steps) - len(steps[:STEPS_SHOWN])}
