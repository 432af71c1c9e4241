"""The Celery doors of this app: get, claim, settle, call."""

from celery import shared_task

from galaxy_import.carrying_out.imports import carry_out_import
from galaxy_import.carrying_out.tidying import tidy
from galaxy_import.carrying_out.turns import let_next
from galaxy_import.models import GalaxyImport
from run_sources.errors import SourceUnavailable


@shared_task
def import_invocation(import_id: str) -> None:
    """Import one invocation, or list those of a history or a workflow."""
    wanted = GalaxyImport.objects.filter(pk=import_id).first()
    if wanted is not None and wanted.claim():
        with wanted.settled(retry_on=(SourceUnavailable,)):
            carry_out_import(wanted)
        let_next(wanted.server_id)


@shared_task
def tidy_imports() -> None:
    """Remove what nobody will come back for."""
    tidy()
