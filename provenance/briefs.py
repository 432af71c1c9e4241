"""Runs in short, as they stand in lineages, in look-ups and in comparisons."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models.expressions import RawSQL

from provenance.conditions import many_stored
from workflows.models import WorkflowRun

COLUMNS = (
    "id", "name", "status", "started_at", "completed_at", "duration", "source", "workflowversion_id",
    "workflowversion__name", "workflowversion__workflow_id", "workflowversion__workflow__name",
    "workflowversion__workflow__workflow_manager",
)  # fmt: skip


def runs_in_short(keys: Iterable[UUID | str]) -> dict[str, dict[str, Any]]:
    """These runs by their ids. Whoever asks has seen to it that they may be seen."""
    given = many_stored(keys)
    wanted = RawSQL(f"SELECT id FROM {given.sql}", given.parameters)
    rows = WorkflowRun.objects.filter(pk__in=wanted).values_list(*COLUMNS)
    return {str(row[0]): _brief(*row) for row in rows}


def _brief(*values: Any) -> dict[str, Any]:
    run = dict(zip(COLUMNS, values, strict=True))
    version = {
        "workflow_id": run.pop("workflowversion__workflow_id"),
        "workflow": run.pop("workflowversion__workflow__name"),
        "engine": run.pop("workflowversion__workflow__workflow_manager"),
        "version_id": run.pop("workflowversion_id"),
        "version": run.pop("workflowversion__name"),
    }
    return {**run, "workflow": version if version["version_id"] else None}
