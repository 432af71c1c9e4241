"""The tabs that tell of a run's work: steps, logs and environment."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_safe

from web.requests import SignedInRequest
from web.run.environment import environment_of
from web.run.frame import framed
from web.run.graph import as_json, graph_of
from web.run.logs import logs_of
from web.run.steps import choice_of, panel_of, steps_of, work_asked_for
from web.run.streams import chosen, streams_of
from workflows.models import WorkflowRun, WorkflowRunJob

PANEL = "jobs"  # the element that the filters have filled anew
CHOSEN = "chosen"  # the element that the graph has filled with the timeline and the jobs of a node


@require_safe
@login_required
def run_steps(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What it did, step by step; only the jobs, or the timeline and the jobs, where the page asks for no more."""
    wanted = request.headers.get("HX-Target")
    if wanted == CHOSEN:
        return render(request, "web/run/_chosen.html", choice_of(_seen(request, run_id), request))
    if wanted == PANEL:
        return render(request, "web/run/_jobs.html", panel_of(_seen(request, run_id), request))
    context = framed(request, run_id, "steps")
    return render(request, "web/run/steps.html", {**context, **steps_of(context["run"], request)})


@require_safe
@login_required
def run_graph(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The graph for the drawing; ``data=none`` leaves what went in and came out to the rest of the page."""
    run = _seen(request, run_id)
    graph = graph_of(run, request.user, work_asked_for(run, request))
    if request.GET.get("data") == "none":
        graph.data = []
    answer = JsonResponse(as_json(graph, run))
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@login_required
def run_logs(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What its jobs wrote."""
    context = framed(request, run_id, "logs")
    return render(request, "web/run/logs.html", {**context, **logs_of(context["run"], request)})


@require_safe
@login_required
def job_log(request: SignedInRequest, run_id: UUID, job_id: UUID) -> HttpResponse:
    """One log of a job as it was recorded, to keep."""
    run = _seen(request, run_id)
    job = get_object_or_404(run.jobs.only("name"), pk=job_id)
    return _to_keep(request, run, job)


@require_safe
@login_required
def run_log(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """One log of the run as a whole, to keep."""
    return _to_keep(request, _seen(request, run_id), None)


def _to_keep(request: SignedInRequest, run: WorkflowRun, job: WorkflowRunJob | None) -> HttpResponse:
    wanted = request.GET.get("stream", "stdout")
    stream = chosen(streams_of(run, job), wanted)
    if stream is None or stream.name != wanted:
        raise Http404
    answer = HttpResponse(stream.text, content_type="text/plain; charset=utf-8")
    name = get_valid_filename(f"{(job or run).name[:100]}.{wanted}.txt".lstrip("."))
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@login_required
def run_environment(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Where it ran."""
    context = framed(request, run_id, "environment")
    return render(request, "web/run/environment.html", {**context, **environment_of(context["run"], request)})


def _seen(request: SignedInRequest, run_id: UUID) -> WorkflowRun:
    return get_object_or_404(WorkflowRun.objects.visible_to(request.user), pk=run_id)
