"""The names under which imports from Galaxy were sent before there were other sources: what still waits has them."""

from celery import shared_task

from run_import.tasks import import_run
from run_import.tasks import tidy_imports as tidy_all


@shared_task
def import_invocation(import_id: str) -> None:
    """Import one invocation, or list those of a history or a workflow."""
    import_run(import_id)


@shared_task
def tidy_imports() -> None:
    """Remove what nobody will come back for."""
    tidy_all()
