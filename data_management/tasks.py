"""The Celery doors of this app: get, claim, settle, call."""

from celery import shared_task

from data_management.models import FileTransfer
from data_management.transfer import carry_out_transfer


@shared_task
def transfer_files(transfer_id: str) -> None:
    """Take in the files of one registration."""
    wanted = FileTransfer.objects.filter(pk=transfer_id).first()
    if wanted is not None and wanted.claim():
        with wanted.settled():
            carry_out_transfer(wanted)
