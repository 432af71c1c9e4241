"""Datasets: what runs consume and produce."""

from django.apps import AppConfig


class DataManagementConfig(AppConfig):
    """Collections, datasets, files, dropboxes and their registration."""

    name = "data_management"
    verbose_name = "Data management"
