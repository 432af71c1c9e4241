"""Requests that may be sent again: the same key with the same content is answered alike, and does nothing twice."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.utils import timezone

from common.errors import Conflict, InvalidInput, Violation
from workflows.models import SentBatch, WorkflowRun

LONGEST_KEY = 255
ANSWERS_KEPT = timedelta(days=7)  # whoever repeats a request does so within hours


def fingerprint_of(content: Any) -> str:
    """SHA-256 of what was sent, however it was written down."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def once(
    *, run: WorkflowRun, kind: str, key: str, content: Any, deed: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """The answer of ``deed``, and whether it was given before; Conflict for a key that came with another content.

    Without a key it is done each time. The run is locked meanwhile: there must be a transaction.
    """
    if not key:
        return deed(), False
    if len(key) > LONGEST_KEY:
        raise InvalidInput([Violation("Idempotency-Key", f"must have at most {LONGEST_KEY} characters")])
    list(WorkflowRun.objects.select_for_update(of=("self",)).filter(pk=run.pk).values_list("pk"))
    fingerprint = fingerprint_of(content)
    before = SentBatch.objects.filter(workflowrun=run, kind=kind, key=key).first()
    if before is None:
        answer = deed()
        SentBatch.objects.create(workflowrun=run, kind=kind, key=key, fingerprint=fingerprint, answer=answer)
        return answer, False
    if before.fingerprint != fingerprint:
        raise Conflict("This Idempotency-Key came with other content before; send this with a new key.")
    return before.answer, True


def forget_old_answers() -> int:
    """Remove the answers that nobody will ask for again; returns how many there were."""
    return SentBatch.objects.filter(created__lt=timezone.now() - ANSWERS_KEPT).delete()[0]
