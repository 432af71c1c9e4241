"""The addresses at which runs of any source come in, below ``/api/v2/workflows/``."""

from django.urls import path

from run_import.run_views import ImportedAnswersView, ImportedFilesView, ImportedRunView, RefreshView
from run_import.server_views import CredentialsView
from run_import.views import ImportRunsView, SourcesView

RUN = "workflowruns/<uuid:pk>/imported/"

urlpatterns = [
    path("workflowruns/import/", ImportRunsView.as_view(), name="import-runs"),
    path("runservers/<uuid:pk>/credentials/", CredentialsView.as_view(), name="runserver-credentials"),
    path("workflowruns/import/sources/", SourcesView.as_view(), name="import-sources"),
    path(RUN, ImportedRunView.as_view(), name="run-imported"),
    path(f"{RUN}answers/", ImportedAnswersView.as_view(), name="run-imported-answers"),
    path(f"{RUN}refresh/", RefreshView.as_view(), name="run-imported-refresh"),
    path(f"{RUN}files/", ImportedFilesView.as_view(), name="run-imported-files"),
]
