"""``manage.py reseal``: after SECRET_KEY was changed, seal what is stored with the new one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from run_import.credentials import reseal_credentials


class Command(BaseCommand):
    """Opens all that is stored with the present or an earlier SECRET_KEY; doing it again changes nothing."""

    help = "Encrypt the stored keys and credentials for other servers anew with the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many; CommandError names those that no SECRET_KEY opens."""
        done, lost = reseal_credentials()
        self.stdout.write(
            f"{done} stored key{'' if done == 1 else 's'} sealed anew with the present SECRET_KEY."
        )
        if lost:
            raise CommandError(
                f"No SECRET_KEY that is set opens {', '.join(lost)}. Put the earlier SECRET_KEY into "
                "SECRET_KEY_FALLBACKS and call this again, or have them stored anew."
            )
