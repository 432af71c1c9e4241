"""The logs of a run and of its jobs over HTTP."""

import codecs
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.conditional import told
from common.api.paging import Cursor, Pager
from common.api.parsers import JSONParser
from common.api.viewsets import Rows
from common.errors import Conflict, TooLarge, UnknownReference, Violation
from common.trail import plain, tell
from workflows.log_answers import TextAnswer, asked_of, file_name, log_answer
from workflows.log_contents import Found, Hit, search, text_of_entry
from workflows.log_filters import LogFilterSet, LogSearchFilterSet
from workflows.log_listing import EntrySource, Together, as_told, entries, entry, job_and_stream
from workflows.log_parameters import CONTENT, SEARCH
from workflows.log_serializers import FoundSerializer, LogFileSerializer, LogSerializer, LogTextSerializer
from workflows.logs import append_log, fitting, keep_log
from workflows.models import RunLog, WorkflowRun, WorkflowRunJob
from workflows.run_views import RunPartViewSet

AROUND_A_FILE = 64 * 1024  # bytes of a form beside the file itself
NO_REGEX = (
    "regular expressions are not offered: they can hold a server up; leave this out and search for a text"
)


class RunLogViewSet(RunPartViewSet):
    """What a run and its jobs wrote: logs that are kept, and excerpts that stand in the jobs themselves."""

    queryset = RunLog.objects.defer("content")
    serializer_class = LogSerializer
    filterset_class = LogFilterSet
    http_method_names = ["get", "post", "delete", "head", "options"]
    parser_classes = [JSONParser, MultiPartParser]
    in_one_piece = False  # an upload must not hold the database
    orderings = {"created": "id", "name": "log_name", "size": "log_size", "job": "job_name"}
    default_ordering = "created"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A body that says itself that it is too large is not read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) - AROUND_A_FILE > settings.RUN_FILE_MAX_BYTES:
            raise TooLarge(f"The log is larger than the limit of {settings.RUN_FILE_MAX_BYTES} bytes.")
        super().initial(request, *args, **kwargs)

    # --- the list ---------------------------------------------------------------------------------------------

    def narrowed(self, rows: Any) -> Any:
        """The entries that pass the filters of the request."""
        self._must_be_json_or_csv()
        asked = LogFilterSet(self.request.query_params, RunLog.objects.none(), request=self.request).asked
        return entries(self._run_of_address(), asked)

    def source(self) -> Any:
        """Of two tables."""
        return EntrySource(self.narrowed(None))

    def read(self, rows: Any) -> Rows:
        """As they stand on the wire."""
        return [as_told(row) for row in rows]

    def present(self, rows: Rows) -> Rows:
        """They are what they shall be already."""
        return rows

    def sort_value(self) -> Any:
        """The value of the sort column in an entry."""
        names = {"log_name": "name", "log_size": "size"}
        column = self.ordering().column
        return lambda one: one[names[column]] if column in names else (one["job"] or {}).get("name", "")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The facts of one log or excerpt."""
        return told(self.chosen(self._entry()), request)

    # --- keeping and removing -----------------------------------------------------------------------------------

    @extend_schema(
        summary="Keep a log, or go on with one",
        request={"application/json": LogTextSerializer, "multipart/form-data": LogFileSerializer},
        responses={200: LogSerializer, 201: LogSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """201 for a new log; 200 where there was one of that name: what is the same stays as it is."""
        run = self.run()
        is_file = (request.content_type or "").startswith("multipart/")
        kind: Any = LogFileSerializer if is_file else LogTextSerializer
        serializer = kind(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        text = _decoded(given["file"].chunks()) if is_file else given["text"]
        name = given.get("name") or given["file"].name
        row, is_new = self._kept(run, name, text, given)
        return Response(as_told(_told(run, row)), status=201 if is_new else 200)

    def _kept(self, run: WorkflowRun, name: str, text: Any, given: dict[str, Any]) -> tuple[RunLog, bool]:
        keep = append_log if given["append"] else keep_log
        job = self._job(given)
        with transaction.atomic():
            same = RunLog.objects.filter(workflowrun=run, job=job, name=fitting(name))
            before = same.values_list("full_size", "modified").first()
            row = keep(run=run, name=name, text=text, job=job)
            if before is None or before[1] != row.modified:
                change = {str(row): [before and {"bytes": before[0]}, {"bytes": row.full_size}]}
                tell(run, "logs", by=self.caller, changes=change)
        return row, before is None

    def _job(self, given: dict[str, Any]) -> WorkflowRunJob | None:
        found: WorkflowRunJob | None = given.get("job")
        return found

    def get_object(self) -> Any:
        """A log that is kept; Conflict for an excerpt, which is part of its job."""
        self.run()
        if job_and_stream(self.kwargs["pk"]) and entry(self._run_of_address(), self.kwargs["pk"]):
            raise Conflict("This is an excerpt that stands in its job: change the job instead.")
        return super().get_object()

    def represent(self, record: Any) -> Any:
        """A log as it stands on the wire."""
        return as_told(_told(record.workflowrun, record))

    def plain(self, record: Any) -> dict[str, Any]:
        """Its facts for the history, without the text."""
        return {name: plain(getattr(record, name)) for name in ("name", "job_id", "size", "full_size")}

    # --- reading and searching ------------------------------------------------------------------------------------

    @extend_schema(
        summary="Read a log",
        parameters=CONTENT,
        responses={
            (200, "text/plain"): OpenApiTypes.STR,
            (200, "text/html"): OpenApiTypes.STR,
            (206, "text/plain"): OpenApiTypes.STR,
            416: OpenApiResponse(description="The wanted part is not in the text."),
        },
    )
    @action(detail=True, methods=["get"], renderer_classes=[TextAnswer])
    def content(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The text, whole or some lines of it; parts of it with a Range header."""
        asked = asked_of(request.query_params)
        one = self._entry()
        name = file_name(one["job"]["name"] if one["job"] else "run", one["name"])
        return log_answer(request, text_of_entry(one), name, asked)

    @extend_schema(
        summary="Search the logs of a run",
        filters=False,
        parameters=SEARCH,
        responses=FoundSerializer,
    )
    @action(detail=False, methods=["get"], pagination_class=None, url_path="search")
    def search(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The lines that hold a text, in the order of the logs. A search that takes long stops, and can go on."""
        self.run()
        asked = LogSearchFilterSet(request.query_params, RunLog.objects.none(), request=request)
        given = asked.given
        _must_be_a_search(given)
        rows = entries(self._run_of_address(), asked.asked)
        if one := given.get("log"):
            rows = rows.filter(Q(id__exact=one))
        size, context = Pager(request, self.ordering()).size, int(given.get("context") or 0)
        found = search(rows, given["q"], context=context, most=size, begin=_begin(request))
        return told(_found(found, request), request)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _entry(self) -> dict[str, Any]:
        """The entry of the address; 404 where it is not there."""
        self.run()
        found = entry(self._run_of_address(), self.kwargs["pk"])
        if found is None:
            raise Http404
        return as_told(found)

    def _run_of_address(self) -> WorkflowRun:
        return WorkflowRun(pk=self.kwargs["run_pk"])

    def _must_be_json_or_csv(self) -> None:
        if self.request.query_params.get("format") == "":
            raise ValidationError({"format": ["must be json or csv"]})


class JobLogViewSet(RunLogViewSet):
    """The logs of one job."""

    def run(self) -> WorkflowRun:
        """The run of the address; 404 where the job is none of it."""
        found = super().run()
        get_object_or_404(WorkflowRunJob.objects.filter(workflowrun=found), pk=self.kwargs["job_pk"])
        return found

    def narrowed(self, rows: Any) -> Any:
        """Those of the job."""
        found: Together = super().narrowed(rows)
        return found.of_job(self.kwargs["job_pk"])

    def _job(self, given: dict[str, Any]) -> WorkflowRunJob:
        if given.get("job") not in (None, job := WorkflowRunJob(pk=self.kwargs["job_pk"])):
            raise ValidationError({"job": ["must be the job of the address, or be left out"]})
        return job


def _told(run: WorkflowRun, row: RunLog) -> dict[str, Any]:
    return entry(run, row.pk) or {}


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    """The text of a file in UTF-8, piece by piece; what is none becomes ``�``."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _must_be_a_search(given: dict[str, Any]) -> None:
    if given.get("regex"):
        raise ValidationError({"regex": [NO_REGEX]})
    if not given.get("q"):
        raise ValidationError({"q": ["is required: the text to search for"]})


def _begin(request: Request) -> tuple[UUID, int] | None:
    """Where a cursor of ours goes on: behind which line of which log."""
    cursor = Cursor.decode(request.query_params.get("cursor", ""))
    if not cursor.row:
        return None
    try:
        return UUID(cursor.row), int(cursor.value)
    except (ValueError, TypeError, OverflowError) as problem:
        sentence = "is not one that this search gave; begin with an empty one"
        raise UnknownReference([Violation("cursor", sentence, missing=True)]) from problem


def _found(found: Found, request: Request) -> dict[str, Any]:
    address = None
    if found.next is not None:
        log, line = found.next
        asked = [(name, value) for name, value in request.query_params.items() if name != "cursor"]
        query = urlencode([*asked, ("cursor", Cursor(line, str(log)).encode())])
        address = request.build_absolute_uri(f"?{query}")
    results = [_hit(one) for one in found.hits]
    return {"results": results, "logs_read": found.logs_read, "is_late": found.is_late, "next": address}


def _hit(one: Hit) -> dict[str, Any]:
    match = one.match
    log = {name: one.entry[name] for name in ("id", "name", "kind", "job")}
    return {
        "log": log,
        "line": match.line,
        "text": match.text,
        "places": match.places,
        "before": list(match.before),
        "after": list(match.after),
    }
