"""The addresses of provenance: those below ``workflows/`` and those below ``data-management/``."""

from django.urls import path

from provenance.views import CompareView, DataFileLineageView, DatasetLineageView, RunLineageView, WhenceView

urlpatterns = [
    path("workflowruns/compare/", CompareView.as_view(), name="run-compare"),
    path("workflowruns/<uuid:pk>/lineage/", RunLineageView.as_view(), name="run-lineage"),
]
of_data = [
    path("datafiles/whence/", WhenceView.as_view(), name="datafile-whence"),
    path("datafiles/<uuid:pk>/lineage/", DataFileLineageView.as_view(), name="datafile-lineage"),
    path("datasets/<uuid:pk>/lineage/", DatasetLineageView.as_view(), name="dataset-lineage"),
]
