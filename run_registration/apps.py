"""Runs that are registered out of a dropbox, by the server itself."""

from django.apps import AppConfig


class RunRegistrationConfig(AppConfig):
    """From a directory that an engine left in a dropbox to a run, looked at and corrected before."""

    name = "run_registration"
    verbose_name = "registration from dropboxes"
