"""The addresses at which runs of any source come in, below ``/api/v2/workflows/``."""

from django.urls import path

from run_import.views import ImportRunsView, SourcesView

urlpatterns = [
    path("workflowruns/import/", ImportRunsView.as_view(), name="import-runs"),
    path("workflowruns/import/sources/", SourcesView.as_view(), name="import-sources"),
]
