"""The overview of a run: what it is, its parameters, and where it comes from."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rocrate_export.models import StoredCrate
from rocrate_import.models import CrateImport
from web.lists.paging import Excerpt, first_of
from web.requests import SignedInRequest
from web.run.brief import brief_of
from web.run.frame import framed, rights_on, seen_run
from web.run.galaxy import galaxy_part
from web.run.imported import imported_part
from web.run.parameters import parameters_of
from web.run.picture import picture_of
from web.run.reruns import reruns_of
from web.run.why import failure_of
from web.run.work import Work, brief_work_of
from workflows.completeness.reading import verdict_of
from workflows.models import WorkflowRun

ORIGINS_SHOWN = 5  # crates that the run came from
MISSING_SHOWN = 20  # declared files that are not there


@require_safe
@login_required
def run_page(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What the run is; of one in the trash, when it came there, and the way back."""
    try:
        context = framed(request, run_id, "overview")
    except Http404:
        return _in_trash(request, run_id)
    run = context["run"]
    return render(
        request,
        "web/run/overview.html",
        {**context, **overview_of(run, request), **failure_of(run), "show_command": f"runs show {run.pk}"},
    )


def overview_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """What the tab shows."""
    work = brief_work_of(run)
    parts = {
        "galaxy": galaxy_part(run, request.user),
        "imported": imported_part(run, request.user),
        "reruns": reruns_of(run, request.user),
        "origins": first_of(_origins(run), ORIGINS_SHOWN),
        "picture": picture_of(run, request.user),
        "annotations": first_of(run.annotations),
        "draws_steps": _draws_steps(work),
        "brief": brief_of(run, work),
        "completeness": _completeness(run, request),
        **parameters_of(run, request),
    }
    return {**parts, "has_main": _has_main(run, parts)}


def _has_main(run: WorkflowRun, parts: dict[str, Any]) -> bool:
    """Whether there is anything that the details can stand beside."""
    told = (run.description, run.run_command, run.tags, run.metadata)
    lists = (parts["annotations"].rows, parts["origins"].rows)
    return any((*told, *lists, parts["has_parameters"], parts["galaxy"], parts["imported"]))


def _in_trash(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    run = seen_run(request, run_id, deleted=True)
    context = {"run": run, "rights": rights_on(run, request.user), **parameters_of(run, request)}
    return render(request, "web/run/in_trash.html", {**context, "annotations": first_of(run.annotations)})


def _completeness(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any] | None:
    """What is missing of what was declared; None where nothing is declared, or nothing is missing."""
    verdict, missing = verdict_of(run, request.user)
    if not missing:
        return None
    return {
        "reasons": verdict.reasons,
        "missing": Excerpt(missing[:MISSING_SHOWN], max(0, len(missing) - MISSING_SHOWN)),
    }


def _draws_steps(work: Work) -> bool:
    """Whether a drawing says more than a name: there are several steps, or else several jobs of no step."""
    steps = sum(len(node.steps) for node in work.nodes)
    return steps > 1 or sum(job.step_id is None for job in work.jobs) > 1


def _origins(run: WorkflowRun) -> QuerySet:
    """The crates that the run was imported from, the newest first."""
    kept = StoredCrate.objects.filter(run=run, sha256=OuterRef("sha256"))
    done = run.crate_imports.select_related("owner").filter(state=CrateImport.State.DONE)
    return done.annotate(original_id=Subquery(kept.values("pk")[:1])).order_by("-id")
