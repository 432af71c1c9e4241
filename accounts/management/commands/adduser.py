"""``manage.py adduser``: a person who can sign in, in one or more groups."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Group, Membership, User


class Command(BaseCommand):
    """Makes a user and the memberships; the password is asked for, or read from standard input."""

    help = "Create a user. Groups must exist: see addgroup."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name, groups, and what is known of the person."""
        parser.add_argument("username")
        parser.add_argument("--group", action="append", default=[], help="Name of a group; may be repeated.")
        parser.add_argument(
            "--manager", action="store_true", help="Manager of these groups, not just a member."
        )
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--orcid", default="", help="For example 0000-0002-1825-0097.")
        parser.add_argument("--admin", action="store_true", help="May do everything.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make all or nothing."""
        groups = [self._group(name) for name in options["group"]]
        user = User(
            username=options["username"],
            first_name=options["first_name"],
            last_name=options["last_name"],
            email=options["email"],
            orcid=options["orcid"],
            is_staff=options["admin"],
            is_superuser=options["admin"],
            primary_group=groups[0] if groups else None,
        )
        user.set_password(self._password(user))
        self._save(user, groups, Membership.Role.MANAGER if options["manager"] else Membership.Role.MEMBER)
        self.stdout.write(f"User {user.username} can sign in now.")

    def _group(self, name: str) -> Group:
        found = Group.objects.filter(name=name).first()
        if found is None:
            raise CommandError(f"There is no group {name!r}: create it with 'manage.py addgroup {name!r}'.")
        return found

    def _password(self, user: User) -> str:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password, user)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        return password

    @staticmethod
    @transaction.atomic
    def _save(user: User, groups: list[Group], role: str) -> None:
        try:
            user.full_clean()
        except ValidationError as problem:
            raise CommandError(
                "; ".join(f"{k}: {' '.join(v)}" for k, v in problem.message_dict.items())
            ) from problem
        user.save()
        Membership.objects.bulk_create(Membership(user=user, group=group, role=role) for group in groups)
