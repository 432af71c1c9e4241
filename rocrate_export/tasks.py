"""The Celery doors of this app: get, claim, settle, call."""

from celery import shared_task

from rocrate_export.cleaning import tidy
from rocrate_export.models import CrateExport, CrateValidation
from rocrate_export.preparing import carry_out_export
from rocrate_export.validation import carry_out_validation


@shared_task
def prepare_crate(export_id: str) -> None:
    """Prepare one crate."""
    wanted = CrateExport.objects.filter(pk=export_id).first()
    if wanted is not None and wanted.claim():
        with wanted.settled():
            carry_out_export(wanted)


@shared_task
def validate_crate(validation_id: str) -> None:
    """Have one crate judged."""
    wanted = CrateValidation.objects.filter(pk=validation_id).first()
    if wanted is not None and wanted.claim():
        with wanted.settled():
            carry_out_validation(wanted)


@shared_task
def tidy_crates() -> None:
    """Make room: remove what is kept only to be at hand."""
    tidy()
