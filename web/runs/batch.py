"""Deeds on several runs at once: each goes through the API, and one summary tells what came of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common.identifiers import uuid_of
from web.counting import counted
from web.deeds import Answer, do
from web.requests import SignedInRequest
from web.runs.query import query_of
from web.runs.sharing import ShareForm
from web.runs.views import DELETED, back_to
from workflows.models import WorkflowRun

MOST = 500
MOST_CRATES = 50
COMPARED = (2, 5)
REASONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do with each of several runs; ``question`` is asked before, where there is one."""

    done: str
    method: str
    route: str
    question: str = ""
    button: str = ""
    body: Callable[[Any], Any] = lambda form: None


DEEDS = {
    "delete": Deed(
        "in the trash now and can be restored from there",
        "DELETE",
        "workflowrun-detail",
        "Put into the trash?",
        "Put into the trash",
    ),
    "restore": Deed("restored", "POST", "workflowrun-restore"),
    "publish": Deed(
        "now visible to everyone who is signed in",
        "PATCH",
        "workflowrun-detail",
        "Show to everyone who is signed in?",
        "Make public",
        body=lambda form: {"public": True},
    ),
    "share": Deed(
        "shared",
        "POST",
        "workflowrun-shares",
        "Share with whom?",
        "Share",
        body=lambda form: form.body(),
    ),
}


@require_POST
@login_required
def batch(request: SignedInRequest) -> HttpResponse:
    """Do something with the runs that are selected, after a question where it asks for one."""
    name, ids = request.POST.get("deed", ""), _chosen(request)
    if problem := _problem(name, ids):
        messages.error(request, problem)
        return redirect(back_to(request))
    if name in ("compare", "crates"):
        return redirect(f"{reverse('web:compare' if name == 'compare' else 'web:run-crates')}?{_named(ids)}")
    form = ShareForm(request.user, request.POST if "sure" in request.POST else None)
    deed = DEEDS[name]
    if deed.question and ("sure" not in request.POST or (name == "share" and not form.is_valid())):
        return _ask(request, name, ids, form)
    done, refused = _done(request, deed, ids, form)
    if name == "delete" and done:
        request.session[DELETED] = [str(key) for key in done]
    _tell(request, deed, len(done), refused)
    return redirect(back_to(request))


def _chosen(request: SignedInRequest) -> list[UUID]:
    """The runs that are ticked, or with ``all`` those of the whole list."""
    if "all" not in request.POST:
        return _ids(request.POST.getlist("run"))
    runs = query_of(request, QueryDict(request.POST.get("query", "")[:4000])).runs()
    return list(runs.order_by("-id").values_list("pk", flat=True)[: MOST + 1])


def _ids(given: list[str]) -> list[UUID]:
    """Those that are ids, each once, one more than may be at the most."""
    found = dict.fromkeys(key for text in given[: 2 * MOST] if (key := uuid_of(text)))
    return list(found)[: MOST + 1]


def _problem(name: str, ids: list[UUID]) -> str:
    if name not in DEEDS and name not in ("compare", "crates"):
        return "Choose what to do with the runs."
    if not ids:
        return "Select runs first: with the boxes at the left, or with the key x."
    if len(ids) > MOST:
        return f"At most {MOST} runs at once."
    if name == "compare" and not COMPARED[0] <= len(ids) <= COMPARED[1]:
        return f"Select {COMPARED[0]} to {COMPARED[1]} runs to compare them; you selected {len(ids)}."
    if name == "crates" and len(ids) > MOST_CRATES:
        return f"At most {MOST_CRATES} crates at once; you selected {len(ids)} runs."
    return ""


def _named(ids: list[UUID]) -> str:
    return urlencode({"ids": ",".join(map(str, ids))}, safe=",")


def _ask(request: SignedInRequest, name: str, ids: list[UUID], form: ShareForm) -> HttpResponse:
    rows = WorkflowRun.objects.visible_to(request.user).filter(pk__in=ids).only("id", "name").order_by("-id")
    context = {
        "name": name,
        "deed": DEEDS[name],
        "runs": list(rows),
        "form": form if name == "share" else None,
        "query": request.POST.get("query", ""),
        "back": back_to(request),
    }
    status = 400 if form.is_bound and name == "share" else 200
    return render(request, "web/runs/batch.html", context, status=status)


def _done(
    request: SignedInRequest, deed: Deed, ids: list[UUID], form: ShareForm
) -> tuple[list[UUID], list[tuple[UUID, str]]]:
    """The runs that it was done with, and why not with the others."""
    refused = []
    for key in ids:
        address = reverse(deed.route, args=[key])
        try:
            answer = do(request, deed.method, address, deed.body(form))
        except Http404:
            answer = Answer(404, None, "there is no such run that you may see")
        if not answer.is_done:
            refused.append((key, answer.why))
    kept = {key for key, _ in refused}
    return [key for key in ids if key not in kept], refused


def _tell(request: SignedInRequest, deed: Deed, done: int, refused: list[tuple[UUID, str]]) -> None:
    if done:
        messages.success(request, f"{counted(done, 'run', 'is', 'are')} {deed.done}.")
    if not refused:
        return
    names = _names(request, [key for key, _ in refused])
    reasons = [f"{names.get(key, key)}: {why}" for key, why in refused[:REASONS_SHOWN]]
    more = [f"and {len(refused) - REASONS_SHOWN} more"] if len(refused) > REASONS_SHOWN else []
    runs = counted(len(refused), "run", "stays as it was", "stay as they were")
    messages.error(request, f"{runs}. {' '.join([*reasons, *more])}")


def _names(request: SignedInRequest, ids: list[UUID]) -> dict[UUID, str]:
    runs = WorkflowRun.objects.filter(pk__in=ids)
    seen = [
        one
        for trash in (False, True)
        for one in runs.visible_to(request.user, deleted=trash).values_list("pk", "name")
    ]
    return dict(seen)


@require_safe
@login_required
def run_crates(request: SignedInRequest) -> HttpResponse:
    """The crates of several runs: a link for each, which the browser can follow one after another."""
    ids = _ids(request.GET.get("ids", "").split(","))[:MOST_CRATES]
    rows = WorkflowRun.objects.visible_to(request.user).filter(pk__in=ids)
    runs = list(rows.only("id", "name", "status", "started_at").order_by("-id"))
    return render(request, "web/runs/crates.html", {"runs": runs})
