"""The addresses of what is worked out of runs and versions."""

from django.urls import path

from workflows.completeness.views import CompletenessView
from workflows.graphs.views import RunGraphView
from workflows.jobs.efficiency_views import EfficiencyView

urlpatterns = [
    path("workflowruns/<uuid:pk>/graph/", RunGraphView.as_view(), name="run-graph"),
    path("workflowruns/<uuid:pk>/completeness/", CompletenessView.as_view(), name="run-completeness"),
    path("workflowversions/<uuid:pk>/efficiency/", EfficiencyView.as_view(), name="version-efficiency"),
]
