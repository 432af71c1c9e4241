"""The app that knows no run, dataset, lab or crate: what the other apps share."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Ownership, notes, annotations, history, background rows and the manners of the API."""

    name = "common"
    verbose_name = "Shared"

    def ready(self) -> None:
        """JSON columns are read alike on every database."""
        from common.json_columns import read_as_told

        read_as_told()
