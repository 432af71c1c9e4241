"""The addresses of lineage and comparison."""

from django.urls import path

from web.lineage import views

urlpatterns = [
    path("runs/compare/", views.compare, name="compare"),
    path("whence/", views.whence, name="whence"),
    path("runs/<uuid:run_id>/lineage/", views.run_lineage, name="run-lineage"),
    path("datasets/<uuid:dataset_id>/lineage/", views.dataset_lineage, name="dataset-lineage"),
    path("files/<uuid:file_id>/lineage/", views.file_lineage, name="file-lineage"),
]
