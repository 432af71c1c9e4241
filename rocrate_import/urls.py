"""The address at which crates come in, below ``/api/v2/workflows/``."""

from django.urls import path

from rocrate_import.views import ImportCrateView

urlpatterns = [
    path("workflowruns/import_rocrate/", ImportCrateView.as_view(), name="import-rocrate"),
]
