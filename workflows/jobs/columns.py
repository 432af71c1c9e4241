"""Measures of jobs as columns that a list can be ordered by, in numbers that a cursor can hold."""

from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, FloatField, Func
from django.db.models.fields.json import KeyTransform


class Seconds(Func):
    """A duration as seconds."""

    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """A duration is a number of microseconds there."""
        return self.as_sql(compiler, connection, template="(%(expressions)s / 1000000.0)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """A duration is an interval there."""
        template = "EXTRACT(EPOCH FROM %(expressions)s)::double precision"
        return self.as_sql(compiler, connection, template=template, **context)


SORTED_BY = {
    "lasted": Seconds(ExpressionWrapper(F("completed_at") - F("started_at"), output_field=DurationField())),
    "memory": KeyTransform("max_rss_bytes", "resources"),
    "cpu": KeyTransform("cpu_seconds", "resources"),
}
