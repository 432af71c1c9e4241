"""``manage.py addgroup``: a lab or a facility that owns what its members register."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Group


class Command(BaseCommand):
    """Makes a group; making it again changes nothing."""

    help = "Create a group."

    def add_arguments(self, parser: CommandParser) -> None:
        """Its name, and what crates say about it."""
        parser.add_argument("name")
        parser.add_argument("--description", default="")
        parser.add_argument("--url", default="", help="Home page or ROR address.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, and say its id, which registrations name."""
        group, made = Group.objects.get_or_create(
            name=options["name"], defaults={"description": options["description"], "url": options["url"]}
        )
        self.stdout.write(f"Group {group.name} {'made' if made else 'was there already'}: {group.id}")
