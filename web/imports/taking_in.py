"""How the files of a registered run are taken in: the work, and the files that failed."""

from typing import Any

from django.contrib import messages
from django.urls import reverse

from data_management.models import DataFile, FileTransfer
from data_management.records import FileStatus
from web.deeds import do
from web.requests import SignedInRequest

MOST_SHOWN = 20


def transfer_of(user: Any, run: Any) -> FileTransfer | None:
    """The newest work that brings files of the run."""
    if run is None:
        return None
    files = FileTransfer.objects.visible_to(user).filter(datafiles__dataset__run_links__workflowrun=run)
    return files.order_by("-pk").first()


def failed_files(user: Any, run: Any, transfer: FileTransfer | None) -> list[DataFile]:
    """The first of the files of the run that the work could not take in, each with its ``error``."""
    if transfer is None or not transfer.files_failed:
        return []
    files = DataFile.objects.visible_to(user).filter(dataset__run_links__workflowrun=run, transfer=transfer)
    return list(files.filter(status=FileStatus.ERROR).distinct().order_by("pk")[:MOST_SHOWN])


def try_files_again(request: SignedInRequest, run: Any) -> None:
    """Take up again the files that failed; the page says what stands against it."""
    transfer = transfer_of(request.user, run)
    if transfer is None:
        messages.error(request, "There are no files to try again.")
        return
    answer = do(request, "POST", reverse("filetransfer-retry", args=[transfer.pk]))
    answer.told(request, "The files that failed are tried again.")
