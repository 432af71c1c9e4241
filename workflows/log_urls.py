"""Addresses of logs that no router makes."""

from django.urls import path

from workflows.log_views import JobLogViewSet

urlpatterns = [
    path(
        "workflowruns/<uuid:run_pk>/jobs/<uuid:job_pk>/logs/",
        JobLogViewSet.as_view({"get": "list", "post": "create"}),
        name="run-job-logs",
    ),
]
