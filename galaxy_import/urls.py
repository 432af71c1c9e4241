"""The addresses at which runs of Galaxy come in and are looked at, below ``/api/v2/workflows/``."""

from django.urls import path

from galaxy_import.run_views import RunGalaxyAnswersView, RunGalaxyDatasetsView, RunGalaxyView
from galaxy_import.server_views import GalaxyKeyView
from galaxy_import.views import ImportFromGalaxyView

RUN = "workflowruns/<uuid:pk>/galaxy/"

urlpatterns = [
    path("workflowruns/import_from_galaxy/", ImportFromGalaxyView.as_view(), name="import-from-galaxy"),
    path("galaxyservers/<uuid:pk>/key/", GalaxyKeyView.as_view(), name="galaxyserver-key"),
    path(RUN, RunGalaxyView.as_view(), name="run-galaxy"),
    path(f"{RUN}datasets/", RunGalaxyDatasetsView.as_view({"get": "list"}), name="run-galaxy-datasets"),
    path(f"{RUN}answers/", RunGalaxyAnswersView.as_view(), name="run-galaxy-answers"),
]
