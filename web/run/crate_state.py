"""What is known of the crates of a run: those that came with it, the one we make, and what a validator says."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.models import UserLike
from rocrate_export.models import CrateExport, CrateValidation, StoredCrate
from rocrate_export.subjects import RunSubject, originals_for
from web.deeds import do
from web.lists.paging import first_of
from web.requests import SignedInRequest
from workflows.models import WorkflowRun
from workflows.recorded import RunState, state_of

KINDS = ("original", "generated")
ISSUES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CrateState:
    """One crate of a run: ``kind`` is "original" or "generated", ``size`` in bytes where it is known.

    ``judged`` is the last validation that the user asked for; ``is_present`` says that it was of the crate
    as it would be now.
    """

    kind: str
    original: StoredCrate | None
    size: int | None
    judged: CrateValidation | None
    is_present: bool

    @property
    def report(self) -> dict[str, Any]:
        """What the validator said; empty before it did."""
        return (self.judged and self.judged.report) or {}

    @property
    def issues(self) -> list[dict[str, Any]]:
        """The first things that it found."""
        found: list[dict[str, Any]] = self.report.get("issues", [])
        return found[:ISSUES_SHOWN]

    @property
    def is_being_judged(self) -> bool:
        """Whether a report is to come."""
        return self.judged is not None and not self.judged.has_ended


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def about_crate(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The crates of the run; POST has one of them validated."""
    if request.method == "POST":
        return _validate(request, run_id)
    run = get_object_or_404(WorkflowRun.objects.visible_to(request.user), pk=run_id)
    state = state_of(run_id, request.user)
    if state is None:
        raise Http404
    crates = crates_of(run_id, state, request.user)
    context = {"run": run, "crates": crates, "is_judging": any(one.is_being_judged for one in crates)}
    older = originals_for(RunSubject(run_id), request.user)[1:]
    response = render(
        request, "web/run/crate_state.html", {**context, "older": first_of(older), "state": state}
    )
    response["Cache-Control"] = "no-store"
    return response


def crates_of(run_id: UUID, state: RunState, user: UserLike) -> list[CrateState]:
    """The archive that was given last, if there is one, and the one that is made."""
    original = originals_for(RunSubject(run_id), user).first()
    judged = {kind: _judged(run_id, kind, user) for kind in KINDS}
    made = CrateExport.objects.visible_to(user).filter(
        subject_kind="run", subject_id=run_id, revision=state.revision, include="all", absolute=False
    )
    size = made.exclude(archive_size=None).values_list("archive_size", flat=True).first()
    ours = CrateState(
        "generated", None, size, judged["generated"], _is_of(judged["generated"], state.revision)
    )
    if original is None:
        return [ours]
    theirs = judged["original"]
    is_of = _is_of(theirs, f"original {original.sha256}")
    return [CrateState("original", original, original.size, theirs, is_of), ours]


def last_verdict(run_id: UUID, user: UserLike) -> dict[str, Any] | None:
    """What the validator said last: the kind of crate, when, ``passed``, and how many ``findings``; one query."""
    ended = _judgements(run_id, user).filter(state=CrateValidation.State.DONE).order_by("-finished_at", "-id")
    found = ended.values("crate", "finished_at", passed=F("report__passed"), counts=F("report__counts"))
    last = found.first()
    return last and {**last, "findings": sum((last["counts"] or {}).values())}


def _judged(run_id: UUID, kind: str, user: UserLike) -> CrateValidation | None:
    return _judgements(run_id, user).filter(crate=kind).order_by("-id").first()


def _judgements(run_id: UUID, user: UserLike) -> QuerySet[CrateValidation]:
    rows: QuerySet[CrateValidation] = CrateValidation.objects.visible_to(user)
    return rows.filter(subject_kind="run", subject_id=run_id)


def _is_of(judged: CrateValidation | None, revision: str) -> bool:
    return judged is not None and judged.revision == revision


def _validate(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Begin it, or begin it again where it has ended; the API makes one row of the same wish."""
    kind = request.POST.get("kind", "")
    kind = kind if kind in KINDS else "generated"
    address = f"{reverse('run-rocrate-validation', args=[run_id])}?kind={kind}"
    answer = do(request, "POST" if request.POST.get("again") else "GET", address)
    if not answer.is_done:
        messages.error(request, answer.why)
    return redirect("web:about-crate", run_id)
