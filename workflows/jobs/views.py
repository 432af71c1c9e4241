"""The jobs of a run over HTTP: one by one, many at once, the attempts of one, and what comes before and after it."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.conditional import told
from common.api.paging import Ordering, PageDescription, Pager, QuerySetSource
from common.api.parsers import JSONParser
from common.api.queries import refuse_twice
from common.errors import InvalidInput, TooLarge, Violation
from workflows.jobs.bulk import MOST_ROWS, write_jobs
from workflows.jobs.columns import SORTED_BY
from workflows.jobs.edges import Neighbour, neighbours
from workflows.jobs.filters import JobFilterSet
from workflows.jobs.parsers import NDJSONParser
from workflows.jobs.reading import read_net, read_net_around, seen_links
from workflows.jobs.sent import once
from workflows.jobs.serializers import (
    BulkQuery,
    JobsSerializer,
    NeighbourSerializer,
    NeighboursQuery,
    PageQuery,
    WrittenJobsSerializer,
)
from workflows.models import WorkflowRunJob
from workflows.run_views import RunPartViewSet
from workflows.serializers import JobSerializer

ROWS = OpenApiExample(
    "Two jobs",
    {
        "jobs": [
            {
                "external_id": "41",
                "name": "align (A)",
                "step_key": "align",
                "status": "SUCCESS",
                "exit_code": 0,
            },
            {
                "external_id": "42",
                "name": "align (B)",
                "step_key": "align",
                "status": "RUNNING",
                "after": ["7"],
            },
        ]
    },
    request_only=True,
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    "header",
    description="The same key with the same body is answered alike and does nothing twice; with another body: 409.",
)
_FOLLOWED = (
    "By what jobs say themselves (`after`), and by the files that one made and another used. The nearest come first; "
    "attempts of one job count as one, for which the latest speaks. Files that you may not see lead nowhere."
)


class NumberedPages(PageDescription):
    """Pages by number in an order of their own."""

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """``page`` and ``page_size``, which the action's query tells."""
        return []


NUMBERED: dict[str, Any] = {"pagination_class": NumberedPages, "filter_backends": []}


class JobViewSet(RunPartViewSet):
    """The jobs of a run."""

    queryset = WorkflowRunJob.objects.all()
    serializer_class = JobSerializer
    filterset_class = JobFilterSet
    most_rows: ClassVar[int] = MOST_ROWS
    orderings = {
        "created": "id",
        "name": "name",
        "status": "status",
        "attempt": "attempt",
        "started_at": "started_at",
        "completed_at": "completed_at",
        "duration": "lasted",
        "memory": "memory",
        "cpu": "cpu",
    }
    nullable = frozenset({"started_at", "completed_at", "duration", "memory", "cpu"})

    @property
    def max_body_bytes(self) -> int | None:
        """Many jobs at once may be as large as a registration."""
        return int(settings.REGISTER_MAX_BYTES) if self.action == "bulk" else None

    def get_queryset(self) -> Any:
        """With the files of each job, but for those of datasets that the caller may not see."""
        files = seen_links(self.kwargs["run_pk"], self.caller).select_related("datafile").order_by("id")
        return super().get_queryset().prefetch_related(Prefetch("files", files))

    def narrowed(self, rows: Any) -> Any:
        """With the measure that they are ordered by."""
        column = self.ordering().column
        rows = super().narrowed(rows)
        return rows.annotate(**{column: SORTED_BY[column]}) if column in SORTED_BY else rows

    @extend_schema(
        operation_id="workflowruns_jobs_bulk",
        summary="Write up to 10,000 jobs of a run at once",
        request={"application/json": JobsSerializer, "application/x-ndjson": {"type": "string"}},
        responses={200: WrittenJobsSerializer},
        parameters=[BulkQuery, KEY],
        examples=[ROWS],
        filters=False,
    )
    @action(
        detail=False,
        methods=["post"],
        parser_classes=[JSONParser, NDJSONParser],
        pagination_class=None,
        filter_backends=[],
    )
    def bulk(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """New jobs are added, known ones brought up to date: what a row does not give stays as it is.

        A row is the job of its `id`, or of its `external_id` and `attempt`, else a new one. `step_key` may name the
        step instead of `step`. As NDJSON each line is a job. All rows are written or none, unless `on_error=skip`.
        """
        run = self.run()
        refuse_twice(request.query_params)
        query = BulkQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        rows, on_error = _rows_of(request.data), query.validated_data["on_error"]
        answer, again = once(
            run=run,
            kind="jobs",
            key=request.META.get("HTTP_IDEMPOTENCY_KEY", ""),
            content=[on_error, rows],
            deed=lambda: write_jobs(
                run=run, rows=rows, user=self.caller, skip_errors=on_error == "skip"
            ).as_answer(),
        )
        return Response(answer, headers={"Idempotency-Replayed": "true"} if again else None)

    @extend_schema(
        summary="List the attempts of a job", parameters=[PageQuery], responses=JobSerializer(many=True)
    )
    @action(detail=True, methods=["get"], **NUMBERED)
    def attempts(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """All jobs of the same external id, or else of the same step and name, in the order of the attempts."""
        job = self.get_object()
        self._query(PageQuery)
        same = (
            {"external_id": job.external_id} if job.external_id else {"step": job.step_id, "name": job.name}
        )
        rows = self.get_queryset().filter(**same)
        page = Pager(request, Ordering("attempt", descending=False)).page(QuerySetSource(rows, self.read))
        return told(page.envelope(self.present(page.rows)), request)

    @extend_schema(
        summary="List the jobs whose results a job used",
        description=_FOLLOWED,
        parameters=[NeighboursQuery],
        responses=NeighbourSerializer(many=True),
    )
    @action(detail=True, methods=["get"], **NUMBERED)
    def upstream(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """What came before it."""
        return self._neighbours(upstream=True)

    @extend_schema(
        summary="List the jobs that used a job's results",
        description=_FOLLOWED,
        parameters=[NeighboursQuery],
        responses=NeighbourSerializer(many=True),
    )
    @action(detail=True, methods=["get"], **NUMBERED)
    def downstream(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """What came after it."""
        return self._neighbours(upstream=False)

    def _neighbours(self, *, upstream: bool) -> Any:
        job = self.get_object()
        depth = self._query(NeighboursQuery)["depth"]
        net = (
            read_net_around(job, self.caller, upstream=upstream)
            if depth == 1
            else read_net(self.kwargs["run_pk"], self.caller)
        )
        found = neighbours(net, net.place_of[job.pk], upstream=upstream, depth=depth)
        page = Pager(self.request, Ordering("id", descending=False)).page(Listed(found))
        rows = {
            row.pk: row
            for row in self.get_queryset().filter(pk__in=[net.latest[one.place] for one in page.rows])
        }
        told_of = [_reached(rows[key], one) for one in page.rows if (key := net.latest[one.place]) in rows]
        shown = NeighbourSerializer(told_of, many=True, context=self.get_serializer_context()).data
        return told(page.envelope(list(shown)), self.request)

    def _query(self, query_type: Any) -> Any:
        refuse_twice(self.request.query_params)
        query = query_type(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return query.validated_data


class Listed:
    """What is known whole already, in its own order, cut as rows of the database are."""

    def __init__(self, items: Sequence[Any]) -> None:
        self._items = items

    def order_by(self, *columns: str) -> Sequence[Any]:
        """As they stand."""
        return self._items

    def window(self, name: str | None, cut: Any, after: UUID | None) -> list[Any]:
        """The part that is asked for."""
        return list(cut(self))

    def count(self) -> tuple[int, bool]:
        """All of them."""
        return len(self._items), False


def _reached(job: WorkflowRunJob, how: Neighbour) -> Any:
    """The job with how it was reached, as the serializer reads it."""
    reached: Any = job
    reached.distance, reached.through = how.distance, [str(way) for way in how.through]
    return reached


def _rows_of(data: Any) -> list[Any]:
    """The rows of a body; InvalidInput or TooLarge where there are none or too many."""
    if isinstance(data, dict) and set(data) == {"jobs"}:
        data = data["jobs"]
    if not isinstance(data, list):
        raise InvalidInput([Violation("jobs", 'must be a list of jobs, or {"jobs": […]}')])
    if not data:
        raise InvalidInput([Violation("jobs", "must not be empty")])
    if len(data) > MOST_ROWS:
        raise TooLarge(f"There are {len(data):,} jobs in one request; send at most {MOST_ROWS:,} at once.")
    return data
