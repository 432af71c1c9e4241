"""The addresses of crates, below ``/api/v2/workflows/``."""

from django.urls import path

from rocrate_export.views import RunCrateMetadataView, RunCrateView

urlpatterns = [
    path("workflowruns/<uuid:pk>/rocrate/", RunCrateView.as_view(), name="run-rocrate"),
    path(
        "workflowruns/<uuid:pk>/rocrate/metadata/",
        RunCrateMetadataView.as_view(),
        name="run-rocrate-metadata",
    ),
]
