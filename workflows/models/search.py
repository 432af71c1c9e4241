"""The text by which a run is found: one row per run, searched through an index of trigrams.

PostgreSQL has the index on the column itself (``pg_trgm``); SQLite has it in an FTS5 table that triggers keep
in step with this one. Migration ``0002_search_index`` makes either.
"""

from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from workflows.models.runs import WorkflowRun

SHORTEST_INDEXED = 3


class RunText(models.Model):
    """Name, description, command, message, notes, annotations and parameter values of a run, one per line."""

    workflowrun = models.OneToOneField(WorkflowRun, on_delete=models.CASCADE, related_name="searchable")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:60]


def ids_of_runs_with(text: str, *, using: str = "default") -> QuerySet:
    """A subquery: the ids of the runs whose text contains ``text``, whatever its case."""
    rows = RunText.objects.using(using)
    if connections[using].vendor == "sqlite" and len(text) >= SHORTEST_INDEXED:
        phrase = '"' + text.replace('"', '""') + '"'
        found = RawSQL("SELECT rowid FROM workflows_runtext_fts WHERE text MATCH %s", [phrase])
        return rows.filter(id__in=found).values("workflowrun_id")
    return rows.filter(text__icontains=text).values("workflowrun_id")
