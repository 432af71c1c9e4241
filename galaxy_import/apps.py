"""The app that takes runs from Galaxy servers."""

from django.apps import AppConfig


class GalaxyImportConfig(AppConfig):
    """Runs from Galaxy."""

    name = "galaxy_import"
    verbose_name = "Import from Galaxy"
