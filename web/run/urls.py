"""The addresses of the pages of one run."""

from django.urls import path

from web.run import (
    again,
    crate,
    crate_state,
    dataset_views,
    editing,
    file_views,
    imported,
    live,
    overview,
    remarks,
    status,
    work_views,
)

urlpatterns = [
    path("runs/<uuid:run_id>/", overview.run_page, name="run"),
    path("runs/<uuid:run_id>/steps/", work_views.run_steps, name="run-steps"),
    path("runs/<uuid:run_id>/graph.json", work_views.run_graph, name="run-graph"),
    path("runs/<uuid:run_id>/jobs/<uuid:job_id>/log.txt", work_views.job_log, name="job-log"),
    path("runs/<uuid:run_id>/datasets/", dataset_views.run_datasets, name="run-datasets"),
    path("runs/<uuid:run_id>/datasets/files.zip", dataset_views.run_files, name="run-files"),
    path("runs/<uuid:run_id>/datasets/add/", dataset_views.add_datasets, name="run-datasets-add"),
    path(
        "runs/<uuid:run_id>/datasets/<uuid:link_id>/remove/",
        dataset_views.remove_dataset,
        name="run-dataset-remove",
    ),
    path("runs/<uuid:run_id>/logs/", work_views.run_logs, name="run-logs"),
    path("runs/<uuid:run_id>/log.txt", work_views.run_log, name="run-log"),
    path("runs/<uuid:run_id>/files/", file_views.run_directory, name="run-directory"),
    path("runs/<uuid:run_id>/files/selected.zip", file_views.selected_files, name="run-files-selected"),
    path("runs/<uuid:run_id>/files/add/", file_views.add_to_run, name="run-file-add"),
    path("runs/<uuid:run_id>/environment/", work_views.run_environment, name="run-environment"),
    path("runs/<uuid:run_id>/notes/", remarks.run_notes, name="run-notes"),
    path("runs/<uuid:run_id>/history/", remarks.run_history, name="run-history"),
    path("runs/<uuid:run_id>/live/", live.run_live, name="run-live"),
    path("runs/<uuid:run_id>/edit/", editing.edit_run, name="edit-run"),
    path("runs/<uuid:run_id>/status/", status.change_status, name="run-status"),
    path("runs/<uuid:run_id>/answers.jsonl.gz", imported.source_answers, name="run-answers"),
    path("runs/<uuid:run_id>/again/", again.run_again, name="run-again"),
    path("runs/<uuid:run_id>/rocrate/", crate.run_crate, name="run-crate"),
    path("runs/<uuid:run_id>/rocrate/about/", crate_state.about_crate, name="about-crate"),
]
