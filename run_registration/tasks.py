"""The Celery door of this app: get, claim, settle, call."""

from celery import shared_task

from run_registration.carrying_out import carry_out
from run_registration.models import DirectoryRegistration


@shared_task
def register_directory(registration_id: str) -> None:
    """Look into a directory, or register it."""
    work = DirectoryRegistration.objects.filter(pk=registration_id).first()
    if work is not None and work.claim():
        with work.settled():
            carry_out(work)
