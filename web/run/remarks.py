"""The tabs of a run's page that say what people did and said."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.records.history import history_of
from web.records.remarks import remarks_of
from web.requests import SignedInRequest
from web.run.events import events_of
from web.run.frame import framed


@require_safe
@login_required
def run_notes(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What people say about it."""
    context = framed(request, run_id, "notes")
    remarks = remarks_of(request, context["run"], may_edit=context["rights"].edit)
    return render(request, "web/run/notes.html", {**context, "remarks": remarks})


@require_safe
@login_required
def run_history(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What happened in it; and who changed what, and when."""
    context = framed(request, run_id, "history")
    run = context["run"]
    told = {"events": events_of(request, run), "history": history_of(request, run)}
    return render(request, "web/run/history.html", {**context, **told})
