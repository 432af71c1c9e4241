"""The part of a run's page that keeps itself up to date while the run goes on."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from web.requests import SignedInRequest
from web.run.frame import TABS, live_of, seen_run
from workflows.models import WorkflowRunDataset
from workflows.records import RunStatus

SLOWER = 1.25  # each time by so much
SLOWEST = 60  # seconds
STATUSES = frozenset(RunStatus)
KEPT_UP = ("overview", "steps")  # tabs that show what has changed by themselves


@require_safe
@login_required
def run_live(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The tiles and the status anew; where they differ from what the address tells, ``run:changed`` is sent, too."""
    run = seen_run(request, run_id)
    live = live_of(run, WorkflowRunDataset.objects.visible_to(request.user).filter(workflowrun=run))
    before, tab = request.GET.get("status", ""), request.GET.get("tab", "")
    after = live["look_again_after"] and _later(request.GET.get("after", ""), live["look_again_after"])
    context = {
        **live,
        "run": run,
        "tab": tab,
        "look_again_after": after,
        "kept_up": KEPT_UP,
        "is_news": before in STATUSES and before != run.status,
        "reload": reverse(TABS.get(tab, TABS["overview"])[1], args=[run.pk]),
    }
    response = render(request, "web/run/_live.html", context)
    response["Cache-Control"] = "no-store"
    if request.GET.get("seen", live["seen"]) != live["seen"]:
        response["HX-Trigger"] = "run:changed"
    return response


def _later(said: str, usual: int) -> int:
    """A little longer than the last time, up to a minute."""
    waited = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else usual
    return min(max(round(waited * SLOWER), usual), SLOWEST)
