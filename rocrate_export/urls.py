"""The addresses of crates, below ``/api/v2/workflows/``."""

from typing import Any

from django.urls import path

from rocrate_export import views
from rocrate_export.definition import VersionDefinitionView


def _below(part: str, name: str, kind: Any) -> list[Any]:
    base = f"{part}/<uuid:pk>/rocrate"
    crate, metadata, validation, originals, original = kind
    return [
        path(f"{base}/", crate.as_view(), name=f"{name}-rocrate"),
        path(f"{base}/metadata/", metadata.as_view(), name=f"{name}-rocrate-metadata"),
        path(f"{base}/validation/", validation.as_view(), name=f"{name}-rocrate-validation"),
        path(f"{base}/originals/", originals.as_view({"get": "list"}), name=f"{name}-rocrate-originals"),
        path(
            f"{base}/originals/<uuid:original_id>/download/",
            original.as_view(),
            name=f"{name}-rocrate-original",
        ),
    ]


urlpatterns = [
    path(
        "workflowversions/<uuid:pk>/definition/",
        VersionDefinitionView.as_view(),
        name="workflowversion-definition",
    ),
    *_below(
        "workflowruns",
        "run",
        (
            views.RunCrateView,
            views.RunMetadataView,
            views.RunValidationView,
            views.RunOriginalsView,
            views.RunOriginalView,
        ),
    ),
    *_below(
        "workflowversions",
        "version",
        (
            views.VersionCrateView,
            views.VersionMetadataView,
            views.VersionValidationView,
            views.VersionOriginalsView,
            views.VersionOriginalView,
        ),
    ),
]
