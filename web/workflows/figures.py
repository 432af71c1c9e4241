"""How the runs of workflows and versions went: counted to a limit, judged by a sample of the newest ones.

Success rate and typical duration follow from the newest SAMPLE runs that a person may see, so that they cost the
same however many runs there are, and tell how a workflow does nowadays.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any, Self

import orjson
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce

from workflows.models import WorkflowRun, WorkflowVersion
from workflows.records import RunStatus

SAMPLE = 100
COUNTED = 1000  # above it, counting costs more than the number is worth
MOST_VERSIONS = 1000  # of all workflows of a page
FEW = 5  # a percentage of fewer runs would say more than is known
NOT_IN_A_LIST = ("description", "run_command", "run_environment", "people")
JUDGED = (RunStatus.SUCCESS, RunStatus.FAILED)


@dataclass(frozen=True, slots=True)
class PastRun:
    """What the figures know of a run; ``duration`` in seconds, ``at`` is its start or else its registration."""

    id: str
    status: str
    duration: float | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """``count`` runs (at least, where ``is_counted`` is false), and the ``newest`` of them, newest first."""

    count: int = 0
    is_counted: bool = True
    newest: tuple[PastRun, ...] = ()
    durations: tuple[float, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        known = (one.duration for one in self.newest if one.status == RunStatus.SUCCESS)
        object.__setattr__(self, "durations", tuple(sorted(one for one in known if one is not None)))

    @classmethod
    def of(cls, count: int, told: str | None) -> Self:
        """From what the database told."""
        newest = tuple(
            PastRun(run, status, length, _moment(at))
            for run, status, length, at in orjson.loads(told or "[]")
        )
        return cls(min(count, COUNTED), count <= COUNTED, newest)

    @property
    def judged(self) -> int:
        """How many of the sample either succeeded or failed; others say nothing about the workflow."""
        return sum(one.status in JUDGED for one in self.newest)

    @property
    def succeeded(self) -> int:
        """How many of the sample succeeded."""
        return sum(one.status == RunStatus.SUCCESS for one in self.newest)

    @property
    def rate(self) -> int | None:
        """The success rate in percent, None where too few runs ended to speak of one; 100 only if all did."""
        if self.judged < FEW:
            return None
        return int(100 * self.succeeded / self.judged)

    @property
    def typical(self) -> float | None:
        """The median duration in seconds of those that succeeded."""
        return median(self.durations) if self.durations else None

    @property
    def last_run(self) -> datetime | None:
        """When the newest one started."""
        return self.newest[0].at if self.newest else None

    @property
    def is_of_all(self) -> bool:
        """Whether the sample holds all runs."""
        return self.is_counted and self.count <= len(self.newest)


def add_figures(versions: Iterable[Any], runs: QuerySet) -> None:
    """Give each version its ``figures``, of those of ``runs`` that are its own, in one query."""
    versions = list(versions)
    known = _told_of(versions, runs) if versions else {}
    for version in versions:
        version.figures = known.get(version.pk, Figures())


def add_figures_of_workflows(workflows: Iterable[Any], runs: QuerySet) -> None:
    """Give each workflow its ``figures``, put together from those of its versions, in two queries."""
    workflows = list(workflows)
    ids = [one.pk for one in workflows]
    found = WorkflowVersion.objects.filter(workflow__in=ids).only("workflow").order_by("-index")
    versions: list[Any] = list(found[: MOST_VERSIONS + 1])
    add_figures(versions[:MOST_VERSIONS], runs)
    has_all = len(versions) <= MOST_VERSIONS
    for one in workflows:
        own = [version.figures for version in versions[:MOST_VERSIONS] if version.workflow_id == one.pk]
        one.figures = _together(own, has_all=has_all)


def _together(parts: list[Figures], *, has_all: bool) -> Figures:
    count = sum(part.count for part in parts)
    is_counted = has_all and count <= COUNTED and all(part.is_counted for part in parts)
    newest = sorted((run for part in parts for run in part.newest), key=lambda run: run.id, reverse=True)
    return Figures(min(count, COUNTED), is_counted, tuple(newest[:SAMPLE]))


def _told_of(versions: list[Any], runs: QuerySet) -> dict[Any, Figures]:
    """First the ids are found, which an index holds in order, and then only so many runs are read."""
    counted = runs.filter(workflowversion=OuterRef("pk")).order_by()
    ids = runs.filter(workflowversion=OuterRef(OuterRef("pk"))).order_by("-id").values("id")
    sample = WorkflowRun.objects.filter(id__in=ids[:SAMPLE]).order_by("-id")
    newest = sample.annotate(at=Coalesce("started_at", "created")).values("id", "status", "duration", "at")
    told = WorkflowVersion.objects.filter(pk__in=[one.pk for one in versions]).annotate(
        run_count=CountOf(counted.values("id")[: COUNTED + 1]), newest_runs=JsonOf(newest)
    )
    return {
        pk: Figures.of(count, newest_runs)
        for pk, count, newest_runs in told.values_list("pk", "run_count", "newest_runs")
    }


class CountOf(Subquery):
    """How many rows a subquery has; it may be cut off."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


class JsonOf(Subquery):
    """Id, status, duration and time of the rows of a subquery, as a JSON list of lists."""

    template = "(SELECT json_group_array(json_array(id, status, duration, at)) FROM (%(subquery)s) sampled)"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """In the words of PostgreSQL."""
        words = (
            "(SELECT json_agg(json_build_array(id, status, duration, at))::text FROM (%(subquery)s) sampled)"
        )
        return self.as_sql(compiler, connection, template=words, **extra)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
