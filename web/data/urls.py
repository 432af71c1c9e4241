"""The addresses of datasets, collections and files."""

from django.urls import path

from web.data import batch, changes, collecting, collections, downloads, file_views, views

urlpatterns = [
    path("datasets/", views.dataset_list, name="dataset-list"),
    path("datasets/selected/", batch.batch, name="dataset-batch"),
    path("datasets/<uuid:dataset_id>/", views.dataset_page, name="dataset"),
    path("datasets/<uuid:dataset_id>/edit/", changes.edit_dataset, name="dataset-edit"),
    path("datasets/<uuid:dataset_id>/files.zip", downloads.dataset_zip, name="dataset-zip"),
    path("collections/", collections.collection_list, name="collection-list"),
    path("collections/<uuid:collection_id>/", collections.collection_page, name="collection"),
    path("collections/<uuid:collection_id>/edit/", changes.edit_collection, name="collection-edit"),
    path("collections/<uuid:collection_id>/add/", collecting.collect, name="collect"),
    path(
        "collections/<uuid:collection_id>/datasets/<uuid:dataset_id>/remove/",
        collecting.take_out,
        name="take-out-of-collection",
    ),
    path("collections/<uuid:collection_id>/files.zip", downloads.collection_zip, name="collection-zip"),
    path("files/", file_views.file_list, name="file-list"),
    path("files/<uuid:file_id>/", file_views.file_page, name="file"),
    path("files/<uuid:file_id>/edit/", changes.edit_file, name="file-edit"),
    path("files/<uuid:file_id>/preview/", file_views.file_preview, name="file-preview"),
    path("files/<uuid:file_id>/raw/", file_views.file_raw, name="file-raw"),
]
