"""Records that a page names in passing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from common.models import UserLike
from workflows.models import WorkflowRun


def seen_by(user: UserLike, record: Any) -> Any:
    """The record if ``user`` may still see it, else None."""
    if record is None or not type(record).objects.visible_to(user).filter(pk=record.pk).exists():
        return None
    return record


def mark_runs(user: UserLike, rows: Iterable[Any]) -> None:
    """Give each row that has a ``workflowrun_id`` its ``run``: the run's id and name, None where it may not be seen."""
    rows = list(rows)
    ids = {row.workflowrun_id for row in rows if row.workflowrun_id}
    seen = WorkflowRun.objects.visible_to(user).filter(pk__in=ids).only("id", "name") if ids else ()
    runs: dict[UUID, WorkflowRun] = {run.pk: run for run in seen}
    for row in rows:
        row.run = runs.get(row.workflowrun_id)
