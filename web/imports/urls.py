"""The addresses of what brings runs in."""

from django.urls import path

from web.imports import crate_views, recognised, register_views, run_views, views
from web.moved import moved

urlpatterns = [
    path("runs/import/", run_views.import_page, name="import"),
    path("runs/import/runs/", run_views.import_runs, name="import-runs"),
    path("runs/import/runs/check/", recognised.check_addresses, name="import-check"),
    path("runs/import/galaxy/", moved("web:import"), name="import-galaxy"),
    path("runs/import/crate/", crate_views.import_page, name="import-crate"),
    path("runs/register/", register_views.register_page, name="register"),
    path("runs/registrations/<uuid:import_id>/", register_views.registration_page, name="registration"),
    path("runs/imports/", views.import_list, name="import-list"),
    path("runs/imports/<uuid:import_id>/row/", views.import_row, name="import-row"),
    path("runs/run-imports/<uuid:import_id>/", run_views.run_import_page, name="run-import"),
    path("runs/galaxy-imports/<uuid:import_id>/", moved("web:run-import"), name="galaxy-import"),
    path("runs/imports/<uuid:import_id>/", crate_views.crate_import_page, name="crate-import"),
    path("runs/<uuid:run_id>/import-again/", run_views.import_again, name="import-again"),
]
