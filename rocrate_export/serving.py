"""Crates over HTTP, whatever they are of: had, prepared, given, judged."""

from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import conditional
from common.api.files import Download, answer, file_answer
from common.api.parsers import JSONParser
from common.api.renderers import to_json
from common.api.viewsets import REFUSALS, ListMixin
from common.errors import Conflict, NotAllowed, RegistryError
from common.trail import tell
from rocrate_export.archive import CrateArchive, file_name
from rocrate_export.filters import StoredCrateFilterSet
from rocrate_export.models import CrateExport, CrateValidation, CrateWork, StoredCrate
from rocrate_export.originals import must_be_crate, must_not_be_larger, take_original
from rocrate_export.preparing import crate_of
from rocrate_export.serializers import (
    CrateExportSerializer,
    CrateQuery,
    CrateUploadSerializer,
    CrateValidationSerializer,
    StoredCrateSerializer,
    ValidationQuery,
)
from rocrate_export.streams import on_this_disk
from rocrate_export.subjects import Subject, newest_original, originals_for
from rocrate_export.validation import must_have_contexts, report_of, wanted_validation
from rocrate_packages import PackageRefused, open_package
from workflows.recorded import RunState

ARCHIVE_TYPE = "application/zip"
METADATA_TYPE = "application/ld+json"
MISSING = "Missing-Files"
ASK_AGAIN_AFTER = 2  # seconds
ENVELOPE = 1024 * 1024  # bytes of a multipart body around its file
NO_ORIGINAL = (
    "No archive was given for this, or none that you may see whole. "
    "Ask for kind=generated, or give one: POST the file to the same address."
)

Crate = StoredCrate | CrateArchive | CrateExport


class WorkFailed(RegistryError):
    """Background work ended with an error, and waits until somebody wants it to be tried again."""

    status = 409
    code = "work_failed"


class SubjectView(APIView):
    """What is common to the addresses below a run or a version: who may see it, and what is asked for."""

    subject_type: ClassVar[type[Subject]]
    query_type: ClassVar[type[CrateQuery]] = CrateQuery

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Never 406: there is one form, and errors are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @cached_property
    def subject(self) -> Subject:
        """The run or the version of the address."""
        return type(self).subject_type(self.kwargs["pk"])

    @cached_property
    def state(self) -> RunState:
        """What its crate would hold; Http404 where the caller may not see it."""
        found = self.subject.state(self.request.user)
        if found is None:
            raise Http404
        return found

    @cached_property
    def asked(self) -> CrateQuery:
        """The query, checked."""
        query = self.query_type(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return query

    def original(self) -> StoredCrate | None:
        """The archive as it came, where that is what is asked for; Http404 where there is none of it."""
        if self.asked.wanted_kind == "generated":
            return None
        found = newest_original(self.subject, self.request.user)
        if found is None and self.asked.wanted_kind == "original":
            raise NoOriginal(NO_ORIGINAL)
        return found

    def crate(self) -> Crate:
        """The crate that is asked for, or the work that prepares it."""
        state, asked = self.state, self.asked
        return self.original() or crate_of(self.subject, state, self.request.user, asked.wanted_choice)

    def may_change(self) -> None:
        """NotAllowed unless the caller may change the subject; Http404 where it is not even seen."""
        if self.state and not self.subject.rows().editable_by(self.request.user).exists():
            raise NotAllowed(REFUSALS["edit"])

    def waiting(self, work: CrateWork, serializer_type: Any, address: str) -> Response:
        """202 with how far the work is, or why it is not done (409)."""
        if work.state == work.State.FAILED:
            raise WorkFailed(f"{work.error} To try again: POST to {address}.")
        told = serializer_type(work, context={"request": self.request}).data
        headers = {"Retry-After": str(ASK_AGAIN_AFTER), "Cache-Control": "no-store"}
        return Response(told, status=202, headers=headers)

    def preparing(self, export: CrateExport) -> Response:
        """202 with how far the preparation is; ``Location`` tells it, too."""
        told = CrateExportSerializer(export, context={"request": self.request})
        response = self.waiting(export, CrateExportSerializer, f"{told.data['url']}retry/")
        response["Location"] = told.data["url"]
        return response


class NoOriginal(RegistryError):
    """There is no archive that was given."""

    status = 404
    code = "not_found"


class CrateView(SubjectView):
    """The archive: taken away, or given."""

    http_method_names = ["get", "post", "head", "options"]

    def get_parsers(self) -> Any:
        """An archive comes as multipart."""
        posted = self.request and self.request.method == "POST"
        return [MultiPartParser() if posted else JSONParser()]

    def get(self, request: Request, pk: UUID) -> Any:
        """The archive, or 202 while it is prepared."""
        match self.crate():
            case StoredCrate() as original:
                return self.stored(original)
            case CrateExport() as export:
                return self.preparing(export)
            case archive:
                return answer(request, download_of(archive))

    def post(self, request: Request, pk: UUID) -> Response:
        """Keep an archive as it came; 201, or 200 where it was given before."""
        self.may_change()
        must_not_be_larger(int(request.META.get("CONTENT_LENGTH") or 0) - ENVELOPE)
        upload = CrateUploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        file = upload.validated_data["file"]
        must_not_be_larger(file.size or 0)
        must_be_crate(file)
        named = self.subject.rows().get()
        with transaction.atomic():
            kept, is_new = take_original(
                stream=file, name=file.name, user=request.user, **{self.subject.kind: named}
            )
            if is_new:
                tell(named, "updated", by=request.user, changes={"crate": [None, kept.name]})
        told = StoredCrateSerializer(kept, context={"request": request}).data
        return Response(told, status=201 if is_new else 200)

    def stored(self, original: StoredCrate) -> Any:
        """An archive as it came."""
        return file_answer(
            self.request,
            key=original.storage_key,
            name=file_name(self.state.name, self.subject.id),
            size=original.size,
            sha256=original.sha256,
            content_type=ARCHIVE_TYPE,
        )


class MetadataView(SubjectView):
    """The metadata alone."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, pk: UUID) -> Any:
        """The metadata document, byte for byte as it stands in the archive."""
        found = self.crate()
        if isinstance(found, CrateExport):
            return self.preparing(found)
        return _told(request, metadata_of(found), METADATA_TYPE)


class ValidationView(SubjectView):
    """What rocrate-validator says."""

    http_method_names = ["get", "post", "head", "options"]
    query_type = ValidationQuery

    def get(self, request: Request, pk: UUID) -> Any:
        """The report on the present crate, or 202 while it is judged."""
        work = self.work()
        if work.state != work.State.DONE:
            return self.waiting(work, CrateValidationSerializer, request.build_absolute_uri())
        return _told(request, to_json(report_of(work)), "application/json")

    def post(self, request: Request, pk: UUID) -> Response:
        """Judge the present crate once more, for example after the validator was mended."""
        work = self.work()
        work.begin_again()
        return self.waiting(work, CrateValidationSerializer, "")

    def work(self) -> CrateValidation:
        """The judging of the crate that is asked for, begun if nobody has asked for it yet."""
        state, asked = self.state, self.asked
        original = self.original()
        must_have_contexts()
        given = asked.validated_data
        return wanted_validation(
            self.subject, state, self.request.user, asked.wanted_choice, original,
            profile=given.get("profile", ""), severity=given.get("severity", "REQUIRED"),
        )  # fmt: skip


class OriginalsView(ListMixin):
    """All archives that were given, also those that newer ones have taken the place of."""

    queryset = StoredCrate.objects.select_related("created_by")
    serializer_class = StoredCrateSerializer
    filterset_class = StoredCrateFilterSet
    orderings = {"created": "id", "size": "size"}
    subject_type: ClassVar[type[Subject]]

    def get_queryset(self) -> Any:
        """Those of the run or the version of the address; Http404 where the caller may not see it."""
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        subject = type(self).subject_type(self.kwargs["pk"])
        if not subject.rows().visible_to(self.caller).exists():
            raise Http404
        return rows.filter(pk__in=originals_for(subject, self.caller).order_by().values("pk"))


class OriginalView(SubjectView):
    """One archive as it came."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, pk: UUID, original_id: UUID) -> Any:
        """The bytes that were given."""
        state = self.state
        found = get_object_or_404(originals_for(self.subject, request.user), pk=original_id)
        return file_answer(
            request, key=found.storage_key, name=found.name or file_name(state.name, pk), size=found.size,
            sha256=found.sha256, content_type=ARCHIVE_TYPE,
        )  # fmt: skip


def download_of(archive: CrateArchive) -> Download:
    """A generated archive, with how many files are missing in it."""
    return Download(
        name=archive.file_name, size=len(archive), tag=archive.etag, part=archive.part, content_type=ARCHIVE_TYPE,
        headers={MISSING: str(len(archive.missing))},
    )  # fmt: skip


def metadata_of(crate: StoredCrate | CrateArchive) -> bytes:
    """The metadata document out of an archive; Conflict where an original holds none any more."""
    if isinstance(crate, CrateArchive):
        return crate.metadata
    try:
        with on_this_disk(crate.storage_key) as path, open_package(path) as package:
            return package.metadata
    except (PackageRefused, FileNotFoundError) as problem:
        raise Conflict(f"The archive that is kept cannot be read: {problem}") from problem


def _told(request: Request, body: bytes, content_type: str) -> HttpResponse:
    """A document with its tag, or 304."""
    tag = conditional.etag_of(body)
    same = conditional.is_named(request.META.get("HTTP_IF_NONE_MATCH", ""), tag)
    response = HttpResponse(status=304) if same else HttpResponse(body, content_type=content_type)
    response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
    return response
