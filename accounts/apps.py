"""People, their groups and their tokens."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, groups, memberships and API tokens."""

    name = "accounts"

    def ready(self) -> None:
        """Make the schema generator know the two ways of signing in."""
        from accounts import schema  # noqa: F401
