"""The addresses of workflows, versions and their files."""

from django.urls import path

from web.workflows import catalogue, file_deeds, files, making, version_deeds, versions, views

urlpatterns = [
    path("workflows/", catalogue.workflow_list, name="workflow-list"),
    path("workflows/new/", making.new_workflow, name="new-workflow"),
    path("workflows/<uuid:workflow_id>/", views.workflow_page, name="workflow"),
    path("workflows/<uuid:workflow_id>/edit/", making.edit_workflow, name="edit-workflow"),
    path("workflows/<uuid:workflow_id>/versions/new/", version_deeds.new_version, name="new-version"),
    path("workflows/versions/<uuid:version_id>/", versions.version_page, name="version"),
    path("workflows/versions/<uuid:version_id>/edit/", version_deeds.edit_version, name="edit-version"),
    path(
        "workflows/versions/<uuid:version_id>/release/", version_deeds.release_version, name="release-version"
    ),
    path("workflows/versions/<uuid:version_id>/state/", version_deeds.change_state, name="version-state"),
    path("workflows/versions/<uuid:version_id>/files/", file_deeds.upload_files, name="upload-files"),
    path("workflows/versions/<uuid:version_id>/types/", file_deeds.save_types, name="save-types"),
    path("workflows/files/<uuid:workflowfile_id>/", files.file_page, name="workflow-file"),
    path("workflows/files/<uuid:workflowfile_id>/replace/", file_deeds.replace_file, name="replace-file"),
    path("workflows/files/<uuid:workflowfile_id>/remove/", file_deeds.remove_file, name="remove-file"),
]
