"""The Celery doors of this app: get, claim, settle, call."""

from celery import shared_task

from rocrate_import.carrying_out import carry_out_import, tidy
from rocrate_import.models import CrateImport


@shared_task
def import_crate(import_id: str) -> None:
    """Import one crate."""
    wanted = CrateImport.objects.filter(pk=import_id).first()
    if wanted is not None and wanted.claim():
        with wanted.settled():
            carry_out_import(wanted)


@shared_task
def tidy_imports() -> None:
    """Remove what nobody will come back for."""
    tidy()
