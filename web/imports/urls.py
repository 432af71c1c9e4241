"""The addresses of what brings runs in."""

from django.urls import path

from web.imports import crate_views, galaxy_views, recognised, register_views, views

urlpatterns = [
    path("runs/import/", galaxy_views.import_page, name="import"),
    path("runs/import/galaxy/", galaxy_views.import_from_galaxy, name="import-galaxy"),
    path("runs/import/galaxy/check/", recognised.check_addresses, name="import-galaxy-check"),
    path("runs/import/crate/", crate_views.import_page, name="import-crate"),
    path("runs/register/", register_views.register_page, name="register"),
    path("runs/registrations/<uuid:import_id>/", register_views.registration_page, name="registration"),
    path("runs/imports/", views.import_list, name="import-list"),
    path("runs/imports/<uuid:import_id>/row/", views.import_row, name="import-row"),
    path("runs/galaxy-imports/<uuid:import_id>/", galaxy_views.galaxy_import_page, name="galaxy-import"),
    path("runs/imports/<uuid:import_id>/", crate_views.crate_import_page, name="crate-import"),
    path("runs/<uuid:run_id>/import-again/", galaxy_views.import_again, name="import-again"),
]
