"""Runs and workflows that come in as RO-Crates."""

from django.apps import AppConfig


class RocrateImportConfig(AppConfig):
    """From a crate that somebody sends, or left in a dropbox, to a run with its files."""

    name = "rocrate_import"
    verbose_name = "RO-Crate import"
