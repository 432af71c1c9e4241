"""``manage.py addtoken``: a key for a user's programs, shown once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import ApiToken, User


class Command(BaseCommand):
    """Makes an API token and prints its key."""

    help = "Create an API token for a user; the key is printed this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, what it is called, and how long it lasts."""
        parser.add_argument("username")
        parser.add_argument("--name", default="made by an administrator")
        parser.add_argument("--days", type=int, help="How long it is valid; without limit if left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key alone, so that scripts can take it."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']!r}.")
        ends = timezone.now() + timedelta(days=options["days"]) if options["days"] else None
        _, key = ApiToken.issue(user=user, name=options["name"], expires_at=ends)
        self.stdout.write(key)
