"""``manage.py givedropbox``: a directory in which a user leaves what is to be registered for a group."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Group, User
from data_management.models import Dropbox


class Command(BaseCommand):
    """Makes the directory, if need be, and lets the user register from it."""

    help = "Give a user a dropbox for a group."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, for which group, and where."""
        parser.add_argument("username")
        parser.add_argument("group", help="Name of the group.")
        parser.add_argument("--path", help="Directory; below DROPBOX_ROOT if left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the directory and the row; another path replaces the old one."""
        user = User.objects.filter(username=options["username"]).first()
        group = Group.objects.filter(name=options["group"]).first()
        if user is None or group is None:
            raise CommandError(f"There is no {'user' if user is None else 'group'} of that name.")
        if not user.memberships.filter(group=group).exists():
            raise CommandError(f"{user.username} is not a member of {group.name}.")
        path = Path(
            options["path"] or settings.DROPBOX_ROOT / group.name.replace("/", "_") / user.username
        ).resolve()
        path.mkdir(parents=True, exist_ok=True)
        Dropbox.objects.update_or_create(user=user, group=group, defaults={"path": str(path)})
        self.stdout.write(f"{user.username} can register for {group.name} from {path}")
