"""The app that takes runs from other systems, whichever they are."""

from django.apps import AppConfig


class RunImportConfig(AppConfig):
    """Runs from other systems."""

    name = "run_import"
    verbose_name = "Import of runs"
