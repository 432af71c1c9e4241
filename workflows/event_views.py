"""``…/workflowruns/{id}/events/``: the log of a run, read, added to, and followed."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiTypes,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import conditional
from common.api.filters import refuse_unknown
from common.api.parsers import JSONParser
from common.api.renderers import to_json
from common.api.viewsets import Rows
from common.streaming import Listener, Places
from workflows.event_filters import EPOCH, LARGEST_CURSOR, RunEventFilterSet
from workflows.event_looks import Looker
from workflows.event_rows import MOST_EVENTS, read_events
from workflows.event_serializers import (
    LatestEventSerializer,
    NewEventSerializer,
    RunEventSerializer,
    SentEventsSerializer,
    event_on_the_wire,
)
from workflows.event_stream import EventStream, Pace, cursor_of
from workflows.events import append_events
from workflows.jobs.parsers import NDJSONParser
from workflows.jobs.sent import once
from workflows.models import RunEvent, WorkflowRun, WorkflowRunJob
from workflows.run_views import RunPartViewSet

PACE = Pace()
PLACES = Places(settings.EVENT_STREAMS, settings.EVENT_STREAMS_EACH)
LATEST = "latest"
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 255},
    "header",
    description="Repeating a request with its key repeats its answer.",
)
AFTER = OpenApiParameter(
    "after",
    {
        "oneOf": [
            {"type": "integer", "minimum": 0, "maximum": LARGEST_CURSOR},
            {"type": "string", "enum": [LATEST]},
        ]
    },
    description="What comes behind this cursor; `latest` for what is new. A Last-Event-ID goes before it.",
)
LAST = OpenApiParameter("Last-Event-ID", str, "header", description="The last `id` that was received.")
EVENT = {
    "at": "2026-11-21T10:00:00Z",
    "category": "job",
    "type": "job.started",
    "message": "align (1) runs on node17",
    "data": {"attempt": 1},
    "job": "4711",
    "key": "4711-1-started",
}
ONE = OpenApiExample("One event", EVENT, request_only=True, media_type="application/json")
MANY = OpenApiExample("Several events", [EVENT], request_only=True, media_type="application/json")
SENT = PolymorphicProxySerializer(
    component_name="NewEvents",
    serializers=[NewEventSerializer, NewEventSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)


class EventStreamRenderer(BaseRenderer):
    """Says to content negotiation that the answer is a stream; errors are JSON all the same."""

    media_type = "text/event-stream"
    format = "sse"
    charset = None

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        """Used for errors only."""
        if context and "response" in context:
            context["response"]["Content-Type"] = "application/json"
        return b"" if data is None else to_json(data)


class RunEventViewSet(RunPartViewSet):
    """What happened in a run. Entries are added at the end, and never changed or removed."""

    queryset = RunEvent.objects.all()
    serializer_class = RunEventSerializer
    filterset_class = RunEventFilterSet
    http_method_names = ["get", "post", "head", "options"]
    parser_classes = [JSONParser, NDJSONParser]
    most_rows = MOST_EVENTS
    orderings: ClassVar[dict[str, str]] = {"sequence": "sequence", "at": "at"}
    default_ordering = "sequence"

    def read(self, rows: Any) -> Rows:
        """With the jobs that were recorded after the events that are about them."""
        events = list(rows)
        late = {one.job_external_id for one in events if one.job_id is None and one.job_external_id}
        if late:
            jobs = WorkflowRunJob.objects.filter(workflowrun=self.kwargs["run_pk"], external_id__in=late)
            known = dict(jobs.order_by("attempt", "id").values_list("external_id", "id"))
            for one in events:
                one.job_id = one.job_id or known.get(one.job_external_id)
        return events

    def present(self, rows: Rows) -> Any:
        """As the serializer says."""
        return [event_on_the_wire(one) for one in rows]

    def represent(self, record: Any) -> Any:
        """As a list has it."""
        return self.present(self.read([record]))[0]

    @extend_schema(
        request={"application/json": SENT, "application/x-ndjson": NewEventSerializer},
        responses={201: SentEventsSerializer},
        parameters=[KEY],
        examples=[ONE, MANY],
        summary="Add events to the log of a run",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One event, a list of up to 10,000, or as many lines of JSON. All or nothing: each wrong row is named.

        An event whose `key` the log has already is left out, so that a log may be sent again.
        """
        run = self.run()
        given: Any = request.data
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        answer, _ = once(run=run, kind="events", key=key, content=given, deed=lambda: _added(run, given))
        return Response(answer, status=201)

    @extend_schema(responses=LatestEventSerializer, filters=False, summary="Read where the log of a run ends")
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=[])
    def latest(self, request: Request, run_pk: UUID) -> Any:
        """The newest cursor and the latest time, with an ETag: cheap enough to be asked often."""
        refuse_unknown(request.query_params, {})
        self.run()
        return conditional.told(latest_of(run_pk), request)

    @extend_schema(
        parameters=[AFTER, LAST],
        responses={
            (200, "text/event-stream"): OpenApiTypes.STR,
            204: None,
            503: None,
        },
        summary="Follow the events of a run as they happen",
    )
    @action(
        detail=False,
        methods=["get"],
        pagination_class=None,
        filter_backends=[],
        renderer_classes=[EventStreamRenderer],
    )
    def stream(self, request: Request, run_pk: UUID) -> Any:
        """Server-sent events, for a minute; then come again with the last `id` in Last-Event-ID, as browsers do.

        `run` tells how the run stands, `event` is an entry of the log, `end` says that nothing will follow. 204: the
        run is over and there is nothing new. 503 with Retry-After: too many streams are open.
        """
        refuse_unknown(request.query_params, {"after": None})
        self.run()
        looker = Looker(run_pk, self.caller, request.auth)
        cursor = self._cursor()
        seen = looker.look(cursor)
        if seen is None or (seen.is_over and not seen.events):
            return HttpResponse(status=204)
        stream = EventStream(looker.look, cursor, Listener(request.META).wait, PACE)
        answer = StreamingHttpResponse(
            Seated(stream, PLACES.take(self.caller.pk)), content_type="text/event-stream; charset=utf-8"
        )
        answer["Cache-Control"] = "no-store"
        answer["X-Accel-Buffering"] = "no"  # nginx hands each event on at once
        return answer

    def _cursor(self) -> int:
        if last := self.request.META.get("HTTP_LAST_EVENT_ID", ""):
            return cursor_of(last)
        asked = self.request.query_params.get("after", "0")
        if asked == LATEST:
            return int(latest_of(self.kwargs["run_pk"])["cursor"])
        if not (asked.isascii() and asked.isdigit() and int(asked) <= LARGEST_CURSOR):
            raise ValidationError({"after": [f"must be a cursor, a whole number, or {LATEST}"]})
        return int(asked)


class Seated:
    """The frames of a stream that sits on a place, and leaves it when it ends or nobody listens any longer."""

    def __init__(self, stream: EventStream, place: Any) -> None:
        self._frames, self._place = stream.frames(), place

    def __iter__(self) -> "Seated":
        return self

    def __next__(self) -> bytes:
        """The next frame."""
        try:
            return next(self._frames)
        except BaseException:
            self._place.leave()
            raise

    def close(self) -> None:
        """Nobody listens any longer, perhaps nobody ever did."""
        self._frames.close()  # type: ignore[attr-defined]
        self._place.leave()


def latest_of(run_id: UUID) -> dict[str, Any]:
    """Where the log of a run ends: the newest cursor, 0 for none, and the latest time."""
    events = RunEvent.objects.filter(workflowrun=run_id)
    found = events.aggregate(cursor=Max("sequence"), at=Max("at"))
    at = found["at"]
    milliseconds = None if at is None else (at - EPOCH) // timedelta(milliseconds=1)
    return {"cursor": found["cursor"] or 0, "at": at, "timestamp_ms": milliseconds}


def _added(run: WorkflowRun, given: Any) -> dict[str, Any]:
    events = read_events(given)
    added = append_events(run=run, events=events)
    cursor = latest_of(run.pk)["cursor"]
    return {"received": len(events), "added": added, "known": len(events) - added, "cursor": cursor}
