"""The addresses at which runs of any source come in, below ``/api/v2/workflows/``."""

from django.urls import path

from run_import.server_views import CredentialsView
from run_import.views import ImportRunsView, SourcesView

urlpatterns = [
    path("workflowruns/import/", ImportRunsView.as_view(), name="import-runs"),
    path("runservers/<uuid:pk>/credentials/", CredentialsView.as_view(), name="runserver-credentials"),
    path("workflowruns/import/sources/", SourcesView.as_view(), name="import-sources"),
]
