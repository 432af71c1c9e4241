"""The Celery doors of this app: get, claim, settle, call."""

from celery import shared_task

from run_import.carrying_out.imports import carry_out_import
from run_import.carrying_out.tidying import tidy
from run_import.carrying_out.turns import let_next
from run_import.models import RunImport
from run_sources.errors import SourceUnavailable
from workflows.jobs.sent import forget_old_answers


@shared_task
def import_run(import_id: str) -> None:
    """Import one run, or list those of what holds several."""
    wanted = RunImport.objects.select_related("server").filter(pk=import_id).first()
    if wanted is not None and wanted.claim():
        with wanted.settled(retry_on=(SourceUnavailable,)):
            carry_out_import(wanted)
        let_next(wanted.server_id)


@shared_task
def tidy_imports() -> None:
    """Remove what nobody will come back for."""
    tidy()
    forget_old_answers()
