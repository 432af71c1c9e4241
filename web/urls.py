"""The addresses of the pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from web.views import account, catalogue, crates, crates_in, galaxy_in, galaxy_keys, imports, runs, session

app_name = "web"

urlpatterns = [
    path("", runs.run_list, name="run-list"),
    path("runs/import/", crates_in.import_page, name="import"),
    path("runs/import/galaxy/", galaxy_in.import_from_galaxy, name="import-galaxy"),
    path("runs/imports/", imports.import_list, name="import-list"),
    path("runs/galaxy-imports/<uuid:import_id>/", galaxy_in.galaxy_import_page, name="galaxy-import"),
    path("runs/imports/<uuid:import_id>/", crates_in.crate_import_page, name="crate-import"),
    path("runs/<uuid:run_id>/", runs.run_page, name="run"),
    path("runs/<uuid:run_id>/rocrate/", crates.run_crate, name="run-crate"),
    path("runs/<uuid:run_id>/import-again/", galaxy_in.import_again, name="import-again"),
    path("datasets/", catalogue.dataset_list, name="dataset-list"),
    path("datasets/<uuid:dataset_id>/", catalogue.dataset_page, name="dataset"),
    path("workflows/", catalogue.workflow_list, name="workflow-list"),
    path("workflows/<uuid:workflow_id>/", catalogue.workflow_page, name="workflow"),
    path("sign-in/", session.SignInView.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("theme/", session.choose_theme, name="theme"),
    path("account/", account.account_page, name="account"),
    path("account/galaxy/", galaxy_keys.galaxy_keys, name="galaxy-keys"),
    path("account/galaxy/<uuid:server_id>/", galaxy_keys.galaxy_key, name="galaxy-key"),
    path("account/password/", account.change_password, name="change-password"),
    path("account/tokens/", account.make_token, name="make-token"),
    path("account/tokens/<uuid:token_id>/revoke/", account.revoke_token, name="revoke-token"),
]
