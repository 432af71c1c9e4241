"""A selection of the files of a run as one zip archive, over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from common.api.fields import IdField, TextField
from common.api.files import FileAnswer
from common.errors import InvalidInput, UnknownReference, Violation
from data_management.models import DataFile
from rocrate_export.zips_of_files import MOST_FILES, Wanted, file_name, must_not_be_too_many, zip_answer
from workflows.models import WorkflowRun
from workflows.run_files import files_of, matching

CHUNK = 500  # values of one statement
SOME = OpenApiExample("All alignments", {"glob": "results/**/*.bam"}, request_only=True)


class ZipFileAnswer(FileAnswer):
    """Says to content negotiation that the answer is an archive."""

    media_type = "application/zip"
    format = "zip"


class SelectionSerializer(serializers.Serializer):
    """Files of a run: by their paths, by their ids, by a pattern (``**`` for all of them), or several of these."""

    paths = serializers.ListField(child=TextField(max_length=1024), required=False, max_length=MOST_FILES)
    ids = serializers.ListField(child=IdField(), required=False, max_length=MOST_FILES)
    glob = TextField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Nothing is not everything."""
        if not any(attrs.values()):
            sentence = 'name the files by paths, ids or glob; {"glob": "**"} is all of them'
            raise InvalidInput([Violation("request", sentence)])
        return attrs


class RunFilesZipView(APIView):
    """The door for selections. Reading is all that it does; it takes a body because selections are long."""

    renderer_classes = [ZipFileAnswer]
    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="workflowruns_files_zip",
        tags=["workflows"],
        summary="Download a selection of the files of a run as a zip archive",
        request=SelectionSerializer,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        examples=[SOME],
    )
    def post(self, request: Request, run_pk: UUID) -> Any:
        """The archive has the paths of the run below a folder of its name, and says what the registry does not hold."""
        user: Any = request.user
        run = get_object_or_404(WorkflowRun.objects.visible_to(user), pk=run_pk)
        selection = SelectionSerializer(data=request.data)
        selection.is_valid(raise_exception=True)
        files = selected(files_of(run.pk, user), selection.validated_data)
        return zip_of_run(request, run, files)


def zip_of_run(request: Any, run: WorkflowRun, files: list[DataFile]) -> Any:
    """The files below a folder that is called like the run; TooMuch for too many."""
    must_not_be_too_many(files)
    name = run.name or "run"
    folder = file_name(name).removesuffix(".zip")
    return zip_answer(request, [Wanted(folder, file) for file in files], name)


def selected(files: QuerySet, given: dict[str, Any]) -> list[DataFile]:
    """The files that are named, each once, in the order of their paths; UnknownReference for names of none."""
    found: dict[UUID, DataFile] = {}
    if given.get("glob"):
        found |= _by_id(matching(files, given["glob"]))
    missing = []
    for field, column in (("paths", "place"), ("ids", "pk")):
        wanted = list(dict.fromkeys(given.get(field, ())))
        some = _named(files, column, wanted)
        found |= some
        there = {getattr(file, column) for file in some.values()}
        missing += [
            Violation(f"{field}[{number}]", "there is no such file that you may see", missing=True)
            for number, one in enumerate(wanted)
            if one not in there
        ]
    if missing or not found:
        raise UnknownReference(
            missing or [Violation("glob", "no file of the run is called like that", missing=True)]
        )
    return sorted(found.values(), key=lambda file: (file.place, file.pk))  # type: ignore[attr-defined]


def _named(files: QuerySet, column: str, wanted: list[Any]) -> dict[UUID, DataFile]:
    found: dict[UUID, DataFile] = {}
    for start in range(0, len(wanted), CHUNK):
        found |= _by_id(files.filter(Q(**{f"{column}__in": wanted[start : start + CHUNK]})))
    return found


def _by_id(files: QuerySet) -> dict[UUID, DataFile]:
    return {file.pk: file for file in files.order_by("id")[: MOST_FILES + 1]}
