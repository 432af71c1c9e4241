"""What is known of a run as one that was imported, and having it asked for again, below the run's address."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiTypes, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.files import FileAnswer, file_answer
from common.errors import NotAllowed
from run_import.again import bring_up_to_date, fetch_files
from run_import.models import ImportedRun, RunImport
from run_import.run_serializers import ImportedRunSerializer, WantedFilesSerializer
from run_import.serializers import RunImportSerializer
from workflows.models import WorkflowRun

NOT_IMPORTED = "This run was not imported from another system: nothing is known of it as such."
SOME = OpenApiExample("Results", {"paths": ["results/*.txt"]}, request_only=True)


class ImportedRunView(APIView):
    """A run as its source has it."""

    http_method_names = ["get", "head", "options"]

    @extend_schema(
        operation_id="workflowruns_imported_retrieve",
        tags=["workflows"],
        summary="Read what is known of a run as one that was imported",
        responses=ImportedRunSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Its source and server, its ids and its state there, what was kept of the answers, and its imports."""
        context = {"request": request, "view": self}
        return Response(ImportedRunSerializer(imported_run(pk, request.user), context=context).data)


class ImportedAnswersView(APIView):
    """The source's own answers, as they were kept."""

    http_method_names = ["get", "head", "options"]
    renderer_classes = [FileAnswer]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Never 406: there is one form, and errors are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="workflowruns_imported_answers_retrieve",
        tags=["workflows"],
        summary="Download the answers that a source gave when a run was imported",
        responses={(200, FileAnswer.media_type): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID) -> Any:
        """Gzip, one JSON object a line: path, status and body. For those who may edit the run.

        409 where none were kept.
        """
        user: Any = request.user
        found = imported_run(pk, user)
        if not WorkflowRun.objects.editable_by(user).filter(pk=pk).exists():
            raise NotAllowed(
                "The source's own answers say more than the run does: they are for those who may edit it."
            )
        name = f"{found.server.source}-{pk}.jsonl.gz"
        return file_answer(request, key=found.answers_key, name=name, size=found.answers_size, sha256="")


class RefreshView(APIView):
    """Bringing a run up to date."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="workflowruns_imported_refresh_create",
        tags=["workflows"],
        summary="Bring a run up to date with its source",
        request=None,
        responses={202: RunImportSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Import it again, with the options that its last import had. What people changed here stays.

        202 with the work, which is one that is under way already where there is one. 409 where its server is not
        asked any more.
        """
        wanted = bring_up_to_date(imported=imported_run(pk, request.user), user=request.user)
        return accepted(wanted, request, self)


class ImportedFilesView(APIView):
    """Fetching files from where a run came."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="workflowruns_imported_files_create",
        tags=["workflows"],
        summary="Fetch the contents of files of a run from its source",
        request=WantedFilesSerializer,
        responses={202: RunImportSerializer},
        examples=[SOME],
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Those whose paths fit one of the patterns, and are not here yet. Each is compared with what the source says.

        202 with the work: it tells how many files it is about, and in ``file_problems`` which could not be had, and
        why. 409 where the server is not asked any more.
        """
        imported = imported_run(pk, request.user)
        serializer = WantedFilesSerializer(data=request.data, context={"request": request, "view": self})
        serializer.is_valid(raise_exception=True)
        paths = serializer.validated_data["paths"]
        return accepted(fetch_files(imported=imported, paths=paths, user=request.user), request, self)


def accepted(wanted: RunImport, request: Request, view: APIView) -> Response:
    """202 with the work, and where it is looked at."""
    body = RunImportSerializer(wanted, context={"request": request, "view": view}).data
    where = reverse("runimport-detail", args=[wanted.pk])
    return Response(body, status=202, headers={"Location": where})


def imported_run(pk: UUID, user: Any) -> ImportedRun:
    """What is known of the run; Http404 for a run that the user may not see, NotFound for one from nowhere else."""
    run = get_object_or_404(WorkflowRun.objects.visible_to(user), pk=pk)
    rows = ImportedRun.objects.select_related("server", "workflowrun__owned_by")
    found = rows.filter(workflowrun=run).first()
    if found is None:
        raise NotFound(NOT_IMPORTED)
    return found
