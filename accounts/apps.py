"""People, their groups and their tokens."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, groups, memberships and API tokens."""

    name = "accounts"
