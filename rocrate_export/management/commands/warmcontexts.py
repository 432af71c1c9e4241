"""``manage.py warmcontexts``: fetch what the validation of crates needs, once."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rocrate_export.contexts import ContextsNotFetched, fetch_contexts


class Command(BaseCommand):
    """Fetches the JSON-LD contexts into ROCRATE_CONTEXTS."""

    help = "Fetches the JSON-LD contexts that the validation of crates needs; the only step that asks the network."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """One choice."""
        parser.add_argument(
            "--if-possible", action="store_true", help="no error where the network is not reached"
        )
        parser.add_argument(
            "--unless-there", action="store_true", help="nothing to do where they are already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch, and say what came of it."""
        target = Path(settings.ROCRATE_CONTEXTS)
        if options["unless_there"] and target.is_file():
            return
        try:
            fetch_contexts(target)
        except ContextsNotFetched as problem:
            if not options["if_possible"]:
                raise CommandError(str(problem)) from problem
            self.stderr.write(
                f"{problem} Crates cannot be validated until 'manage.py warmcontexts' succeeds."
            )
        else:
            self.stdout.write(f"The contexts are in {target}.")
