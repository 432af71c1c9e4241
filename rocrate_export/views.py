"""A run's crate over HTTP: as an archive with its files, and as metadata alone."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from common.api.conditional import etag_of
from rocrate_export.archive import CrateArchive, archive_of
from workflows.models import WorkflowRun, WorkflowRunDataset, WorkflowVersion
from workflows.records import RunRecord

ARCHIVE_TYPE = "application/zip"
METADATA_TYPE = "application/ld+json"
LONGEST_NAME = 80

_ARCHIVE_DESCRIPTION = (
    "A zip archive with `ro-crate-metadata.json`, a README, a preview, the workflow's files, and those files "
    "of the run's datasets that the registry holds and you may see; the others are named by their address, "
    "with size and checksum. It is a Provenance Run Crate 0.5 where jobs are known, a Workflow Run Crate 0.5 "
    "where the workflow's main file is, else a Process Run Crate 0.5. The same run gives the same bytes; "
    "secrets in environments and command lines are left out."
)
_METADATA_EXAMPLE = {
    "@context": ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"],
    "@graph": [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {"@id": "./", "@type": "Dataset", "name": "RNA-seq of sample A"},
    ],
}


class CrateView(APIView):
    """What both forms of a crate share: the rights, and an answer that is what it is whatever is accepted."""

    http_method_names = ["get", "head", "options"]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Never 406: there is one form, and errors are JSON."""
        return super().perform_content_negotiation(request, force=True)

    def archive(self, pk: UUID) -> CrateArchive:
        """The crate of a run, as far as the caller may see it; 404 for a run that the caller may not see."""
        return archive_of(_visible_record(pk, self.request.user), settings.PUBLIC_URL)

    def conditional(self, response: Any, etag: str) -> HttpResponseBase | None:
        """The answer with its tag, or 304 for a caller who has it already."""
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return get_conditional_response(self.request, etag=etag, response=response)


class RunCrateView(CrateView):
    """The archive."""

    @extend_schema(
        operation_id="workflowruns_rocrate_retrieve",
        tags=["workflows"],
        summary="Take a run away as an RO-Crate",
        description=_ARCHIVE_DESCRIPTION,
        responses={
            (200, ARCHIVE_TYPE): OpenApiResponse(
                OpenApiTypes.BINARY,
                "The archive; Content-Disposition names it after the run.",
                examples=[OpenApiExample("A zip archive", value="PK\u0003\u0004…", media_type=ARCHIVE_TYPE)],
            )
        },
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase | None:
        """The archive, written while it is sent."""
        archive = self.archive(pk)
        head = request.method == "HEAD"
        response = HttpResponse() if head else StreamingHttpResponse(archive)
        response["Content-Type"] = ARCHIVE_TYPE
        response["Content-Length"] = len(archive)
        name = file_name(archive.contents.document["@graph"][1]["name"], pk)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return self.conditional(response, archive.etag)


class RunCrateMetadataView(CrateView):
    """The metadata."""

    @extend_schema(
        operation_id="workflowruns_rocrate_metadata_retrieve",
        tags=["workflows"],
        summary="Read the metadata of a run's RO-Crate",
        description="The `ro-crate-metadata.json` of the run's RO-Crate, as JSON-LD, without the files.",
        responses={
            (200, METADATA_TYPE): OpenApiResponse(
                OpenApiTypes.OBJECT,
                "The metadata document.",
                examples=[
                    OpenApiExample("The first entities", value=_METADATA_EXAMPLE, media_type=METADATA_TYPE)
                ],
            )
        },
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase | None:
        """The metadata document, byte for byte as it stands in the archive."""
        metadata = self.archive(pk).contents.metadata
        return self.conditional(HttpResponse(metadata, content_type=METADATA_TYPE), etag_of(metadata))


def file_name(name: str, pk: UUID) -> str:
    """What an archive is called: ``rna-seq-of-sample-a-<id>.crate.zip``."""
    return f"{slugify(name)[:LONGEST_NAME].strip('-') or 'run'}-{pk}.crate.zip"


def _visible_record(pk: UUID, user: Any) -> RunRecord:
    """A run's record with what ``user`` may see of it; Http404 where that is nothing."""
    links = WorkflowRunDataset.objects.visible_to(user)
    runs = WorkflowRun.objects.visible_to(user).prefetch_related(Prefetch("dataset_links", queryset=links))
    run = get_object_or_404(runs.with_everything(), pk=pk)
    record = run.to_record()
    versions = WorkflowVersion.objects.visible_to(user).filter(runs=run)
    if record.workflow and not versions.exists():
        return replace(record, workflow=replace(record.workflow, files=()))
    return record
