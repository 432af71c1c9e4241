"""What is known of a run as an invocation of Galaxy, below the run's address."""

from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, When
from django.db.models.functions import Cast, Coalesce
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.files import FileAnswer, file_answer
from common.api.viewsets import ListMixin
from common.errors import NotAllowed
from galaxy_import.filters import GalaxyDatasetFilterSet
from galaxy_import.models import GalaxyDataset
from galaxy_import.serializers import GalaxyDatasetSerializer, GalaxyInvocationSerializer
from galaxy_import.source import GalaxySource
from run_import.models import ImportedRun
from workflows.models import WorkflowRun

NOT_FROM_GALAXY = "This run was not imported from Galaxy: nothing is known of an invocation."


class RunGalaxyView(APIView):
    """A run as Galaxy's invocation."""

    http_method_names = ["get", "head", "options"]

    @extend_schema(
        operation_id="workflowruns_galaxy_retrieve",
        tags=["workflows"],
        summary="Read what is known of a run as an invocation of Galaxy",
        responses=GalaxyInvocationSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Its ids and its state there, its server, history and workflow, and what was kept of Galaxy's answers."""
        return Response(GalaxyInvocationSerializer(invocation_of(pk, request.user)).data)


# Where a row stands: its collection's position, or its own, and behind that its place among the elements. One number,
# because pages continue behind one value.
# It is compared as large as it is: an integer of 32 bits is never above what a cursor says.
PLACE = ExpressionWrapper(
    Cast(Coalesce(F("collection__position"), F("position")), BigIntegerField()) * 2**31
    + Case(When(collection=None, then=0), default=F("position") + 1, output_field=BigIntegerField()),
    output_field=BigIntegerField(),
)


@extend_schema(tags=["workflows"], summary="List the inputs and outputs of a run as Galaxy has them")
class RunGalaxyDatasetsView(ListMixin):
    """The datasets and collections of an invocation, each collection followed by its elements."""

    queryset = GalaxyDataset.objects.all()
    serializer_class = GalaxyDatasetSerializer
    filterset_class = GalaxyDatasetFilterSet
    orderings = {"position": "place", "label": "label", "name": "name", "size": "size", "created": "id"}
    nullable = frozenset({"size"})
    default_ordering = "position"

    def get_queryset(self) -> Any:
        """Those of the run of the address; Http404 where the caller may not see it."""
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        run = invocation_of(self.kwargs["pk"], self.caller).workflowrun_id
        return rows.filter(workflowrun=run).annotate(place=PLACE)


class RunGalaxyAnswersView(APIView):
    """Galaxy's own answers, as they were kept."""

    http_method_names = ["get", "head", "options"]
    renderer_classes = [FileAnswer]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Never 406: there is one form, and errors are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="workflowruns_galaxy_answers_retrieve",
        tags=["workflows"],
        summary="Download the answers that Galaxy gave when a run was imported",
        responses={(200, FileAnswer.media_type): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID) -> Any:
        """Gzip, one JSON object a line: path, status and body. For those who may edit the run.

        409 where none were kept.
        """
        user: Any = request.user
        found = invocation_of(pk, user)
        if not WorkflowRun.objects.editable_by(user).filter(pk=pk).exists():
            raise NotAllowed(
                "Galaxy's own answers say more than the run does: they are for those who may edit it."
            )
        name = f"galaxy-{found.external_id}.jsonl.gz"
        return file_answer(request, key=found.answers_key, name=name, size=found.answers_size, sha256="")


def invocation_of(pk: UUID, user: Any) -> ImportedRun:
    """What is known of the run; Http404 for a run that the user may not see, NotFound for one that is not Galaxy's."""
    run = get_object_or_404(WorkflowRun.objects.visible_to(user), pk=pk)
    rows = ImportedRun.objects.select_related("server", "workflowrun")
    found = rows.filter(workflowrun=run, server__source=GalaxySource.name).first()
    if found is None:
        raise NotFound(NOT_FROM_GALAXY)
    return found
