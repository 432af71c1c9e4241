"""Putting a record into the trash, and taking it out again, for every kind of record.

``{% url "web:into-trash-run" run.id %}`` and ``{% url "web:out-of-trash-run" run.id %}`` take a POST; likewise for
``dataset``, ``collection``, ``workflow`` and ``version``.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from web.deeds import do
from web.records.kinds import Kind
from web.requests import SignedInRequest


@require_POST
@login_required
def delete(request: SignedInRequest, kind: Kind, record_id: UUID) -> HttpResponse:
    """Into the trash; then to its page, where it has one there, else to the list."""
    answer = do(request, "DELETE", kind.api("detail", record_id))
    if not answer.told(request, f"The {kind.word} is in the trash now, from where it can be restored."):
        return redirect(kind.address(record_id))
    return _to_trash(kind, record_id)


@require_POST
@login_required
def restore(request: SignedInRequest, kind: Kind, record_id: UUID) -> HttpResponse:
    """Out of the trash; then to its page."""
    answer = do(request, "POST", kind.api("restore", record_id))
    if answer.told(request, f"The {kind.word} is restored, as it was."):
        return redirect(kind.address(record_id))
    return _to_trash(kind, record_id)


def _to_trash(kind: Kind, record_id: UUID) -> HttpResponse:
    """To its page in the trash, where it has one, else to the list."""
    return redirect(kind.trash_page, record_id) if kind.trash_page else redirect(kind.list_page)
