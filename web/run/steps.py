"""The tab of steps: the graph, the jobs of what is chosen in it, when they ran, and what each step took."""

from typing import Any

from web.lists.paging import page_for
from web.requests import SignedInRequest
from web.run.by_step import columns_of, line_of, lines_of, summary_of
from web.run.graph import MOST_DATA, graph_of
from web.run.jobs import JobFilterForm, complete, jobs_of, with_excerpts
from web.run.timeline import timeline_of
from web.run.work import Node, Work, work_of
from workflows.models import WorkflowRun

MOST_OPENED = 50  # subworkflows that the address may name


def work_asked_for(run: WorkflowRun, request: SignedInRequest) -> Work:
    """The work with those subworkflows opened that the address names."""
    return work_of(run, frozenset(request.GET.getlist("open")))


def steps_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """What the tab shows; of files and datasets those that the user may see."""
    work = work_asked_for(run, request)
    graph = graph_of(run, request.user, work)
    chosen = work.node(request.GET.get("step", ""))
    return {
        "work": work,
        "graph": graph,
        "most_data": MOST_DATA,
        **_chosen_part(run, request, work, chosen),
    }


def panel_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """Only the jobs of what is chosen."""
    chosen = None
    if request.GET.get("step"):
        work = work_asked_for(run, request)
        chosen = work.node(request.GET["step"])
    return {"run": run, **jobs_context(run, request, chosen)}


def choice_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """The jobs of what is chosen, and when they ran; where nothing is, what each step took."""
    work = work_asked_for(run, request)
    chosen = work.node(request.GET.get("step", ""))
    if chosen is None:
        graph_of(run, request.user, work)  # tells each step which ones came before it
    return {"run": run, **_chosen_part(run, request, work, chosen)}


def _chosen_part(
    run: WorkflowRun, request: SignedInRequest, work: Work, chosen: Node | None
) -> dict[str, Any]:
    return {
        **_lines_part(request, work, chosen),
        "timeline": timeline_of(work, chosen),
        **jobs_context(run, request, chosen),
    }


def _lines_part(request: SignedInRequest, work: Work, chosen: Node | None) -> dict[str, Any]:
    """What each step took; where one is chosen, only that one."""
    if chosen is not None:
        return {"chosen_line": line_of(chosen)}
    sort = request.GET.get("sort", "")
    lines = lines_of(work, sort)
    return {"lines": lines, "columns": columns_of(lines), "sort": sort, "summary": summary_of(work, lines)}


def jobs_context(run: WorkflowRun, request: SignedInRequest, chosen: Node | None) -> dict[str, Any]:
    """The page of jobs that the address asks for."""
    form = JobFilterForm(request.GET, label_suffix="")
    job_id = request.GET.get("job", "")
    jobs = form.ordered(form.narrowed(jobs_of(run, chosen, job_id)))
    page = page_for(request, with_excerpts(jobs))
    complete(page.rows, run, request.user)
    is_narrowed = bool(form.asked("q") or form.asked("status"))
    return {
        "form": form,
        "page": page,
        "chosen": chosen,
        "one_job": job_id,
        "is_narrowed": is_narrowed,
        "opened": sorted(set(request.GET.getlist("open")))[:MOST_OPENED],
    }
