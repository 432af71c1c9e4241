"""Workflows, their versions and their runs."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """The core of the registry."""

    name = "workflows"
