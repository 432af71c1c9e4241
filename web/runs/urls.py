"""The addresses of the list of runs."""

from django.urls import path

from web.runs import batch, saved, views

urlpatterns = [
    path("", views.run_list, name="run-list"),
    path("runs/strip/", views.run_strip, name="run-strip"),
    path("runs/filters/", views.run_filters, name="run-filters"),
    path("runs/csv/", views.run_csv, name="run-csv"),
    path("runs/columns/", views.run_columns, name="run-columns"),
    path("runs/batch/", batch.batch, name="run-batch"),
    path("runs/crates/", batch.run_crates, name="run-crates"),
    path("runs/views/", saved.save_view, name="view-save"),
    path("runs/views/<uuid:view_id>/", saved.rename_view, name="view-rename"),
    path("runs/views/<uuid:view_id>/delete/", saved.delete_view, name="view-delete"),
]
