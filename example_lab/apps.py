"""The example lab that the first local start makes."""

from django.apps import AppConfig


class ExampleLabConfig(AppConfig):
    """Groups, people and about twenty runs to look at; nothing of it is needed in production."""

    name = "example_lab"
