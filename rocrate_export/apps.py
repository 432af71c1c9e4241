"""Runs that leave as RO-Crates."""

from django.apps import AppConfig


class RocrateExportConfig(AppConfig):
    """From a run's record to a Workflow Run RO-Crate."""

    name = "rocrate_export"
    verbose_name = "RO-Crate export"
