"""The graph of a run over HTTP: as JSON, for Graphviz, and for Mermaid."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from common.api.conditional import etag_of, is_named, told
from common.api.negotiation import Negotiation
from common.api.queries import QuerySerializer, QueryView
from common.api.renderers import JSONRenderer, to_json
from common.errors import TooLarge
from workflows.graphs.dot import to_dot
from workflows.graphs.mermaid import MOST_CHARACTERS, MOST_EDGES, to_mermaid
from workflows.graphs.reading import read_graph
from workflows.graphs.values import Graph, GraphKind
from workflows.models import WorkflowRun

FORMATS = ("json", "dot", "mermaid")
# How many nodes and edges are told in each form.
LIMITS = {"json": (20_000, 100_000), "dot": (5_000, 20_000), "mermaid": (MOST_EDGES * 2, MOST_EDGES)}


class TextRenderer(BaseRenderer):
    """A form in which a graph is written; what is rendered by this are errors, which are JSON everywhere."""

    charset = "utf-8"

    def render(self, data: Any, media_type: Any = None, renderer_context: Any = None) -> bytes:
        """An error, in the one shape."""
        if renderer_context and "response" in renderer_context:
            renderer_context["response"]["Content-Type"] = "application/json"
        return b"" if data is None else to_json(data)


class DotRenderer(TextRenderer):
    """For Graphviz."""

    media_type, format = "text/vnd.graphviz", "dot"


class MermaidRenderer(TextRenderer):
    """For Mermaid."""

    media_type, format = "application/vnd.mermaid", "mermaid"


class NamedForms(Negotiation):
    """A form that is not known is an error of the question."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:
        """The renderer of a form."""
        if found := [one for one in renderers if one.format == format]:
            return found
        raise ValidationError({"format": [f"must be one of {', '.join(FORMATS)}"]})


class GraphQuery(QuerySerializer):
    """Which graph."""

    kind = serializers.ChoiceField(
        [(one.value, one.value) for one in GraphKind], required=False, default="jobs"
    )
    format = serializers.ChoiceField(FORMATS, required=False, default="json")


class GraphNodeSerializer(serializers.Serializer):
    """A node; what else is known depends on its kind."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(["step", "job", "file", "parameter"])
    name = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True)


class GraphEdgeSerializer(serializers.Serializer):
    """An arrow in the direction in which data goes."""

    to = serializers.CharField()
    through = serializers.ListField(
        child=serializers.ChoiceField(["after", "files", "made", "used", "parameter"])
    )

    def get_fields(self) -> dict[str, Any]:
        """With ``from``, which is no name in Python."""
        return {"from": serializers.CharField(), **super().get_fields()}


class GraphSerializer(serializers.Serializer):
    """A graph of a run."""

    name = serializers.CharField()
    kind = serializers.ChoiceField([one.value for one in GraphKind])
    nodes = GraphNodeSerializer(many=True)
    edges = GraphEdgeSerializer(many=True)


class RunGraphView(QueryView):
    """The graph of a run."""

    query_type = GraphQuery
    renderer_classes: Any = [JSONRenderer, DotRenderer, MermaidRenderer]
    content_negotiation_class = NamedForms

    @extend_schema(
        operation_id="workflowruns_graph_retrieve",
        tags=["workflows"],
        summary="Read the graph of a run",
        parameters=[GraphQuery],
        responses={
            (200, "application/json"): GraphSerializer,
            (200, "text/vnd.graphviz"): OpenApiTypes.STR,
            (200, "application/vnd.mermaid"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, pk: UUID) -> Any:
        """Its `jobs` and what each waited for; or jobs and `files`, jobs and `parameters`, or its `steps`.

        Arrows are what is recorded: a job says what it came after, or used what another made. What is too large to be
        drawn is answered with 413: then `kind=steps` is smaller.
        """
        user: Any = request.user
        run = get_object_or_404(WorkflowRun.objects.visible_to(user), pk=pk)
        kind = GraphKind(self.asked(request).validated_data["kind"])
        form = request.accepted_renderer.format
        nodes, edges = LIMITS[form]
        graph = read_graph(run=run, user=user, kind=kind, most_nodes=nodes, most_edges=edges)
        return told(graph.as_json(), request) if form == "json" else _written(graph, request)


def _written(graph: Graph, request: Request) -> HttpResponse:
    renderer = request.accepted_renderer
    text = to_dot(graph) if renderer.format == "dot" else _short_enough(to_mermaid(graph))
    body = text.encode("utf-8", "replace")
    tag = etag_of(body)
    if is_named(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type=f"{renderer.media_type}; charset=utf-8")
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    return answer


def _short_enough(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise TooLarge(
            f"The graph takes {len(text):,} characters, and Mermaid draws {MOST_CHARACTERS:,}: "
            "ask for kind=steps, or for format=dot."
        )
    return text
