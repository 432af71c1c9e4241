"""What the OpenAPI description says of the addresses of crates; the same for runs and for versions."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from rocrate_export.serializers import (
    CrateExportSerializer,
    CrateQuery,
    CrateUploadSerializer,
    CrateValidationSerializer,
    ReportSerializer,
    StoredCrateSerializer,
    ValidationQuery,
)
from rocrate_export.serving import ARCHIVE_TYPE, METADATA_TYPE
from rocrate_export.vocabulary import CONTEXT, METADATA, RO_CRATE

View = TypeVar("View", bound=type)

_NOUNS = {"run": "a run", "version": "a workflow version"}
_ARCHIVES = {
    "run": (
        "A Provenance Run Crate 0.5 where jobs are known, a Workflow Run Crate 0.5 where the workflow's main file "
        "is, else a Process Run Crate 0.5, with the files of the run's datasets that the registry holds and you "
        "may see. "
    ),
    "version": "A Workflow RO-Crate 1.0 with the files of the version. ",
}
_ARCHIVE = (
    "A zip archive with `ro-crate-metadata.json`, a README and a preview. {0}The other files are named by their "
    "address, with size and checksum. The same state gives the same bytes; secrets in environments and command "
    "lines are left out. An archive that was given is handed out byte for byte instead, unless `kind=generated` "
    "or a choice of files asks for ours.\n\n"
    "What takes longer than a request should is prepared first: 202 with the state of that work, `Retry-After`, "
    "and its address in `Location`; ask again until it is 200. 409 tells why a preparation failed.\n\n"
    "`Missing-Files` says how many files the registry should hold and has lost; the crate names them as missing. "
    "Parts can be had with `Range`, so that a download that broke off goes on where it ended (`curl -C -`)."
)
_METADATA_EXAMPLE = {
    "@context": CONTEXT,
    "@graph": [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": RO_CRATE},
        },
        {"@id": "./", "@type": "Dataset", "name": "RNA-seq of sample A"},
    ],
}
_RANGE = OpenApiParameter("Range", str, "header", description="One part, for example `bytes=1000-`.")
_NO_CONTEXTS = OpenApiResponse(description="This installation cannot validate; the message says what to run.")


def _binary(description: str) -> OpenApiResponse:
    example = OpenApiExample("A zip archive", value="PK\u0003\u0004…", media_type=ARCHIVE_TYPE)
    return OpenApiResponse(OpenApiTypes.BINARY, description, examples=[example])


def _waiting(serializer: Any) -> OpenApiResponse:
    return OpenApiResponse(serializer, "Not ready yet; `Retry-After` says in how many seconds to ask again.")


def of_crate(kind: str) -> Callable[[View], View]:
    """The archive."""
    get = extend_schema(
        operation_id=f"workflow{kind}s_rocrate_retrieve",
        tags=["workflows"],
        summary=f"Take {_NOUNS[kind]} away as an RO-Crate",
        description=_ARCHIVE.format(_ARCHIVES[kind]),
        parameters=[CrateQuery, _RANGE],
        responses={
            (200, ARCHIVE_TYPE): _binary("The archive; Content-Disposition names it after what it is of."),
            202: _waiting(CrateExportSerializer),
        },
    )
    post = extend_schema(
        operation_id=f"workflow{kind}s_rocrate_create",
        tags=["workflows"],
        summary=f"Give the RO-Crate of {_NOUNS[kind]}",
        description="The archive is kept byte for byte and served from now on. 200: it was given before.",
        request={"multipart/form-data": CrateUploadSerializer},
        responses={201: StoredCrateSerializer, 200: StoredCrateSerializer},
    )
    return extend_schema_view(get=get, post=post)


def of_metadata(kind: str) -> Callable[[View], View]:
    """The metadata."""
    example = OpenApiExample("The first entities", value=_METADATA_EXAMPLE, media_type=METADATA_TYPE)
    get = extend_schema(
        operation_id=f"workflow{kind}s_rocrate_metadata_retrieve",
        tags=["workflows"],
        summary=f"Read the metadata of {_NOUNS[kind]}'s RO-Crate",
        description="The `ro-crate-metadata.json` of the archive with the same parameters, without the files.",
        parameters=[CrateQuery],
        responses={
            (200, METADATA_TYPE): OpenApiResponse(
                OpenApiTypes.OBJECT, "The metadata document.", examples=[example]
            ),
            202: _waiting(CrateExportSerializer),
        },
    )
    return extend_schema_view(get=get)


def of_validation(kind: str) -> Callable[[View], View]:
    """The report."""
    about: dict[str, Any] = {
        "tags": ["workflows"],
        "parameters": [ValidationQuery],
        "responses": {202: _waiting(CrateValidationSerializer), 503: _NO_CONTEXTS},
    }
    get = extend_schema(
        **{**about, "responses": {200: ReportSerializer, **about["responses"]}},
        operation_id=f"workflow{kind}s_rocrate_validation_retrieve",
        summary=f"Read what rocrate-validator says about the RO-Crate of {_NOUNS[kind]}",
        description="The report on the present crate; 202 while it is judged, 409 where that failed.",
    )
    post = extend_schema(
        **about,
        operation_id=f"workflow{kind}s_rocrate_validation_create",
        summary=f"Validate the RO-Crate of {_NOUNS[kind]} once more",
        description="For example after a failure; what is waiting or at work already goes on.",
        request=None,
    )
    return extend_schema_view(get=get, post=post)


def of_originals(kind: str) -> Callable[[View], View]:
    """The list of what was given."""
    listed = extend_schema(
        operation_id=f"workflow{kind}s_rocrate_originals_list",
        tags=["workflows"],
        summary=f"List the archives that were given for {_NOUNS[kind]}",
        description="The newest one is served as the crate; none is lost.",
    )
    return extend_schema_view(list=listed)


def of_original(kind: str) -> Callable[[View], View]:
    """One of what was given."""
    get = extend_schema(
        operation_id=f"workflow{kind}s_rocrate_originals_download_retrieve",
        tags=["workflows"],
        summary=f"Download an archive that was given for {_NOUNS[kind]}",
        description="Byte for byte as it came; parts of it with `Range`.",
        parameters=[_RANGE],
        responses={(200, ARCHIVE_TYPE): _binary("The archive.")},
    )
    return extend_schema_view(get=get)
