"""The whole API and site on one page: a path says what a thing is about, this file says who serves it."""

from csp.decorators import csp_replace
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from accounts.group_views import GroupViewSet
from accounts.views import MeView, PersonViewSet, SignInView, TokenViewSet
from common.api.remark_views import AnnotationTypeViewSet
from common.api.system import HealthView, PingView, VersionView
from data_management.known import KnownFilesView
from data_management.register.views import RegisterView
from data_management.views import (
    DataFileViewSet,
    DatasetCollectionViewSet,
    DatasetViewSet,
    DropboxBrowseView,
    DropboxView,
    FileTransferViewSet,
)
from galaxy_import.server_views import GalaxyServerViewSet
from galaxy_import.views import GalaxyImportViewSet
from provenance.urls import of_data as provenance_of_data
from rocrate_export.run_file_zips import RunFilesZipView
from rocrate_export.work_views import CrateExportViewSet
from rocrate_import.views import CrateImportViewSet
from run_import.server_views import RunServerViewSet
from run_import.views import RunImportViewSet
from workflows.event_views import RunEventViewSet
from workflows.jobs.node_views import ComputeNodeViewSet
from workflows.jobs.views import JobViewSet
from workflows.log_views import RunLogViewSet
from workflows.run_file_views import RunFileViewSet
from workflows.run_views import (
    ParameterViewSet,
    StepViewSet,
    WorkflowRunDatasetViewSet,
    WorkflowRunViewSet,
)
from workflows.status_views import RunStatusViewSet, StatusHistoryViewSet
from workflows.template_views import CheckedParametersView
from workflows.views import WorkflowFileViewSet, WorkflowVersionViewSet, WorkflowViewSet

workflows = SimpleRouter(use_regex_path=False)
workflows.register("workflows", WorkflowViewSet, basename="workflow")
workflows.register("workflowversions", WorkflowVersionViewSet, basename="workflowversion")
workflows.register("workflowfiles", WorkflowFileViewSet, basename="workflowfile")
workflows.register("workflowruns", WorkflowRunViewSet, basename="workflowrun")
workflows.register("workflowrundatasets", WorkflowRunDatasetViewSet, basename="workflowrundataset")
workflows.register("rocrateimports", CrateImportViewSet, basename="crateimport")
workflows.register("rocrateexports", CrateExportViewSet, basename="crateexport")
workflows.register("runimports", RunImportViewSet, basename="runimport")
workflows.register("runservers", RunServerViewSet, basename="runserver")
workflows.register("galaxyimports", GalaxyImportViewSet, basename="galaxyimport")
workflows.register("galaxyservers", GalaxyServerViewSet, basename="galaxyserver")
workflows.register("workflowruns/<uuid:run_pk>/parameters", ParameterViewSet, basename="run-parameter")
workflows.register("workflowruns/<uuid:run_pk>/steps", StepViewSet, basename="run-step")
workflows.register("workflowruns/<uuid:run_pk>/jobs", JobViewSet, basename="run-job")
workflows.register("workflowruns/<uuid:run_pk>/logs", RunLogViewSet, basename="run-log")
workflows.register("workflowruns/<uuid:run_pk>/files", RunFileViewSet, basename="run-file")
workflows.register("workflowruns/<uuid:run_pk>/nodes", ComputeNodeViewSet, basename="run-node")
workflows.register("workflowruns/<uuid:run_pk>/events", RunEventViewSet, basename="run-event")
status = [
    path(
        "workflowruns/<uuid:pk>/status/",
        RunStatusViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="run-status",
    ),
    path(
        "workflowruns/<uuid:pk>/status/history/",
        StatusHistoryViewSet.as_view({"get": "list"}),
        name="run-status-history",
    ),
]

data_management = SimpleRouter(use_regex_path=False)
data_management.register("datasets", DatasetViewSet, basename="dataset")
data_management.register("datasetcollections", DatasetCollectionViewSet, basename="datasetcollection")
data_management.register("datafiles", DataFileViewSet, basename="datafile")
data_management.register("transfers", FileTransferViewSet, basename="filetransfer")
data_management_urls = [
    path("datasetcollections/register/", RegisterView.as_view(), name="register"),
    path("datafiles/known/", KnownFilesView.as_view(), name="known-files"),
    path("dropbox/", DropboxView.as_view(), name="dropbox"),
    path("dropbox/browse/", DropboxBrowseView.as_view(), name="dropbox-browse"),
    *provenance_of_data,
    *data_management.urls,
]

people = SimpleRouter(use_regex_path=False)
people.register("auth/tokens", TokenViewSet, basename="token")
people.register("users", PersonViewSet, basename="user")
people.register("groups", GroupViewSet, basename="group")
people.register("annotationtypes", AnnotationTypeViewSet, basename="annotationtype")

# Swagger and Redoc bring inline scripts and styles of their own, but nothing from elsewhere.
with_inline = csp_replace(
    {
        "script-src": ["'self'", "'unsafe-inline'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "worker-src": ["'self'", "blob:"],
    }
)
redoc = SpectacularRedocView.as_view(url_name="schema", template_name="web/redoc.html")

of_runs = [
    path(
        "workflowruns/<uuid:pk>/parameters/checked/",
        CheckedParametersView.as_view(),
        name="run-parameters-checked",
    ),
]

api = [
    path("ping/", PingView.as_view(), name="ping"),
    path("health/", HealthView.as_view(), name="health"),
    path("version/", VersionView.as_view(), name="version"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("schema/swagger/", with_inline(SpectacularSwaggerView.as_view(url_name="schema")), name="swagger"),
    path("schema/redoc/", with_inline(redoc), name="redoc"),
    path("auth/token/", SignInView.as_view(), name="sign-in-api"),
    path("users/me/", MeView.as_view(), name="me"),
    path("workflows/", include("rocrate_export.urls")),
    path("workflows/", include("provenance.urls")),
    path("workflows/", include("workflows.urls")),
    path("workflows/", include("rocrate_import.urls")),
    path("workflows/", include("run_import.urls")),
    path("workflows/", include("galaxy_import.urls")),
    path("workflows/", include("workflows.log_urls")),
    path("workflows/workflowruns/<uuid:run_pk>/files/zip/", RunFilesZipView.as_view(), name="run-files-zip"),
    path("workflows/", include(of_runs)),
    path("workflows/", include(status)),
    path("workflows/", include(workflows.urls)),
    path("data-management/", include(data_management_urls)),
    path("data_management/", include((data_management_urls, "underscored"))),  # as older clients spell it
    *people.urls,
]

handler400 = "config.faults.not_understood"
handler404 = "config.faults.not_found"
handler500 = "config.faults.broken"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v2/", include(api)),
    path("", include("web.urls")),
]
