"""Where data comes from, what came of it, and what differs, over HTTP."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request

from common.api.conditional import told
from common.api.queries import QueryView
from common.errors import UnknownReference, Violation
from data_management.models import DataFile, Dataset
from provenance.comparing import compare
from provenance.lineage import lineage
from provenance.neighbours import FACTS
from provenance.queries import (
    LEAST_RUNS,
    MOST_RUNS,
    CompareQuery,
    LineageQuery,
    WhenceQuery,
)
from provenance.serializers import ComparisonSerializer, LineageSerializer, WhenceSerializer
from provenance.walking import Start
from provenance.whence import whence
from workflows.models import WorkflowRun

IDS = OpenApiParameter(
    "ids",
    {
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "minItems": LEAST_RUNS,
        "maxItems": MOST_RUNS,
        "uniqueItems": True,
    },
    required=True,
    style="form",
    explode=False,
    description="The runs, in the order in which they are told.",
)
_DESCRIPTION = (
    "Runs and datasets as nodes, links as edges. A dataset and another one with a file of the same SHA-256 are the "
    "same data, also across runs, engines and groups; empty files are not. What you may not see is only counted, and "
    "nothing is reached through it. A page holds the nearest nodes; `more_up` and `more_down` of a node say how much "
    "lies beyond it, and the lineage of that node tells it: a graph can be drawn step by step."
)


class WhenceView(QueryView):
    """Some data, by its checksum or its place."""

    query_type = WhenceQuery

    @extend_schema(
        operation_id="datafiles_whence_retrieve",
        tags=["data-management"],
        summary="Look up where data is known from",
        parameters=[WhenceQuery],
        responses=WhenceSerializer,
    )
    def get(self, request: Request) -> Any:
        """The files that are this data, each with its dataset and the runs that made and used it.

        Data that nobody knows is no error: `count` is 0, and `message` says so. `hidden` counts what you may not see.
        """
        query = self.asked(request)
        name, value = query.asked
        user: Any = request.user
        return told(whence(name, value, user, limit=query.validated_data["limit"]), request)


class LineageView(QueryView):
    """What something comes from, and what came of it."""

    query_type = LineageQuery

    def start(self, user: Any) -> tuple[Start, dict[str, Any]]:
        """What is asked about, and how it is told; Http404 where the user may not see it."""
        raise NotImplementedError

    def get(self, request: Request, pk: UUID) -> Any:
        """One page."""
        user: Any = request.user
        start, about = self.start(user)
        query = self.asked(request)
        found = lineage(
            start,
            about,
            user,
            directions=query.directions,
            depth=query.validated_data.get("depth"),
            limit=query.validated_data["limit"],
        )
        return told(found, request)


def _described(kind: str, tag: str) -> Any:
    get = extend_schema(
        operation_id=f"{kind}s_lineage_retrieve",
        tags=[tag],
        summary=f"Read the lineage of a {kind.removeprefix('workflow')}",
        description=_DESCRIPTION,
        parameters=[LineageQuery],
        responses=LineageSerializer,
    )
    return extend_schema_view(get=get)


@_described("dataset", "data-management")
class DatasetLineageView(LineageView):
    """Of a dataset."""

    def start(self, user: Any) -> tuple[Start, dict[str, Any]]:
        """The dataset of the address."""
        rows: Any = Dataset.objects.visible_to(user).values("id", *FACTS)
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        return Start("dataset", str(found["id"])), {"kind": "dataset", **found}


@_described("datafile", "data-management")
class DataFileLineageView(LineageView):
    """Of one file: other files of its dataset tie it to nothing."""

    columns = ("id", "name", "status", "size", "sha256", "dataset_id")

    def start(self, user: Any) -> tuple[Start, dict[str, Any]]:
        """The file of the address."""
        rows: Any = DataFile.objects.visible_to(user).values(*self.columns)
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        dataset = found.pop("dataset_id")
        about = {"kind": "datafile", **found, "dataset": dataset}
        return Start("datafile", str(found["id"]), str(dataset)), about


@_described("workflowrun", "workflows")
class RunLineageView(LineageView):
    """Of a run."""

    def start(self, user: Any) -> tuple[Start, dict[str, Any]]:
        """The run of the address."""
        rows: Any = WorkflowRun.objects.visible_to(user).values("id", "name", "status")
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        return Start("run", str(found["id"])), {"kind": "run", **found}


class CompareView(QueryView):
    """Runs beside each other."""

    query_type = CompareQuery

    @extend_schema(
        operation_id="workflowruns_compare_retrieve",
        tags=["workflows"],
        summary="Compare runs",
        parameters=[CompareQuery, IDS],
        responses=ComparisonSerializer,
    )
    def get(self, request: Request) -> Any:
        """Facts, workflow versions, parameters, environment, tools, containers, and the files by their content.

        Only what differs is told, unless `all=true`; each section counts both.
        """
        query = self.asked(request)
        ids = query.validated_data["ids"]
        user: Any = request.user
        if missing := set(ids) - set(
            WorkflowRun.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
        ):
            first = next(one for one in ids if one in missing)
            raise UnknownReference([Violation("ids", f"there is no run {first} that you may see", True)])
        wanted = query.validated_data
        return told(compare(ids, user, everything=wanted["all"], limit=wanted["limit"]), request)
