"""Rows for the pages of workflows: runs of a version, each as long as is told."""

from datetime import timedelta
from typing import Any

from tests.web.rows import START, a_run
from workflows.models import WorkflowRun, WorkflowVersion


def runs_of(user: Any, version: WorkflowVersion, *lengths: float, **facts: Any) -> list[WorkflowRun]:
    """Runs of a version of so many seconds, one after the other, the newest last."""
    made = []
    for number, seconds in enumerate(lengths):
        start = START + timedelta(days=number)
        times = {"started_at": start, "completed_at": start + timedelta(seconds=seconds)}
        made.append(a_run(user, f"run {number}", workflowversion=version, **{**times, **facts}))
    return made
