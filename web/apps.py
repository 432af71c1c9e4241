"""The pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Server-rendered pages over the same querysets and permissions as the API."""

    name = "web"
