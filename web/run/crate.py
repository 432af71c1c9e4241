"""A run's crate for a browser: at once, or on a page that says how far its preparation is.

With scripts the page asks again by itself and begins the download; without them its ``refresh`` does that.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from rocrate_export.choice import Choice
from rocrate_export.models import CrateExport
from rocrate_export.preparing import crate_of, is_instant
from rocrate_export.subjects import RunSubject, newest_original
from web.requests import SignedInRequest
from workflows.models import WorkflowRun
from workflows.recorded import state_of

LOOK_AGAIN_AFTER = 2  # seconds
WAITED = "waited"  # in the address: somebody has seen the page before, and is to see that the crate is ready


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def run_crate(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The crate where it can be had at once; else how far it is, until it is ready. POST tries again."""
    subject, state = RunSubject(run_id), state_of(run_id, request.user)
    if state is None:
        raise Http404
    if request.GET.get("kind") != "generated" and newest_original(subject, request.user):
        return redirect(f"{address_of(run_id)}?kind=original")
    if is_instant(state, Choice()):
        return redirect(f"{address_of(run_id)}?kind=generated")
    found = crate_of(subject, state, request.user, Choice())
    if not isinstance(found, CrateExport):
        return _ready(request, run_id)
    if request.method == "POST":
        found.begin_again()
        return redirect(request.get_full_path())
    return _told(request, run_id, found)


def address_of(run_id: UUID) -> str:
    """Where the API has the crate of a run."""
    return reverse("run-rocrate", kwargs={"pk": run_id})


def _ready(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Straight to the download; whoever has waited stays on a page that says so."""
    download = f"{address_of(run_id)}?kind=generated"
    if WAITED not in request.GET:
        return redirect(download)
    return _page(request, run_id, {"download": download, "refresh": f"0; url={download}"})


def _told(request: SignedInRequest, run_id: UUID, export: CrateExport) -> HttpResponse:
    again = f"{request.path}?kind=generated&{WAITED}=1"
    if export.state == export.State.FAILED:
        return _page(request, run_id, {"export": export})
    told = {"again": again, "refresh": f"{LOOK_AGAIN_AFTER}; url={again}"}
    return _page(request, run_id, {"export": export, **told})


def _page(request: SignedInRequest, run_id: UUID, context: dict[str, Any]) -> HttpResponse:
    run = get_object_or_404(WorkflowRun.objects.visible_to(request.user), pk=run_id)
    response = render(request, "web/run/run_crate.html", {"run": run, **context})
    response["Cache-Control"] = "no-store"
    return response
