"""Where data comes from, and what differs."""

from django.apps import AppConfig


class ProvenanceConfig(AppConfig):
    """Questions about the runs and files that are recorded; it has no tables of its own."""

    name = "provenance"
    verbose_name = "Provenance"
