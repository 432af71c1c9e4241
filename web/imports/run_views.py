"""Imports of runs: asking for them, how far one is, and asking again for a run that is here."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import InvalidInput, RegistryError
from run_import.models import RunImport
from run_import.recognising import reader
from run_import.services import ImportOptions, cancel_import, request_import, retry_import
from run_sources.seam import Address
from web.imports.asking import ask_for_each
from web.imports.deeds import do_as_asked
from web.imports.page import run_page_for
from web.imports.run_forms import ImportRunsForm
from web.lists.paging import page_for
from web.requests import SignedInRequest
from web.seen import mark_runs, seen_by
from web.sources import may_edit, may_import_again, newest_import, page_at_source
from workflows.models import WorkflowRun

DEEDS = {"cancel": cancel_import, "retry": retry_import}
LOOK_AGAIN_AFTER = 2  # seconds
LOOK_AT_MANY_AFTER = 5
LONGEST_REST = 60


@require_safe
@login_required
def import_page(request: SignedInRequest) -> HttpResponse:
    """The first of the ways in."""
    return run_page_for(request)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_runs(request: SignedInRequest) -> HttpResponse:
    """A POST begins imports and leads to the page of the one, or to the list of the many.

    Lines that are refused stay in the form, and keep none of the others from being imported.
    """
    if request.method != "POST":
        return redirect("web:import")
    form = ImportRunsForm(request.POST, user=request.user)
    wanted = _requested(form, request) if form.is_valid() else []
    if form.errors:
        _say_begun(request, len(wanted), "What was refused is still in the form.")
        return run_page_for(request, form)
    if len(wanted) == 1:
        return redirect("web:run-import", import_id=wanted[0].pk)
    _say_begun(request, len(wanted))
    return redirect("web:import-list")


def _say_begun(request: SignedInRequest, count: int, further: str = "") -> None:
    if count:
        begun = "1 import has started." if count == 1 else f"{count:,} imports have started."
        messages.success(request, f"{begun} {further}".strip())


def _requested(form: ImportRunsForm, request: SignedInRequest) -> list[RunImport]:
    """What could be asked for; the form says what was refused."""
    given = form.cleaned_data
    read, options = reader(given["source"], given["server"]), form.options()
    group = given["owned_by"] or request.user.default_group()

    def ask(lines: Sequence[str]) -> list[RunImport]:
        facts: dict[str, Any] = {"group": group, "public": given["public"], "options": options}
        return request_import(addresses=lines, read=read, user=request.user, many=True, **facts)

    try:
        outcome = ask_for_each(given["urls"], ask)
    except InvalidInput as problem:
        form.add_violations(problem.violations)
        return []
    form.keep_refused(outcome.refused)
    return outcome.wanted


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def run_import_page(request: SignedInRequest, import_id: UUID) -> HttpResponse:
    """How far an import is; the page asks again by itself while it goes on. POST cancels or tries again."""
    rows = RunImport.objects.visible_to(request.user).select_related("server", "owner", "owned_by")
    wanted = get_object_or_404(rows.select_related("workflowrun", "parent"), pk=import_id)
    may_edit = RunImport.objects.editable_by(request.user).filter(pk=wanted.pk).exists()
    if request.method == "POST":
        do_as_asked(request, wanted, DEEDS, may_edit=may_edit)
        return redirect("web:run-import", import_id=wanted.pk)
    children = _children(wanted, request)
    going, failed = children.get("going", 0), children.get("failed", 0)
    context: dict[str, Any] = {
        "import": wanted,
        "run": seen_by(request.user, wanted.workflowrun),
        "parent": seen_by(request.user, wanted.parent),
        "may_cancel": may_edit and (going or not wanted.has_ended),
        "may_retry": may_edit and wanted.has_ended and (failed or wanted.can_be_tried_again),
        **children,
    }
    context["seconds"] = _seconds_until_the_next_look(wanted, going)
    return render(request, "web/imports/run_import.html", context)


def _children(wanted: RunImport, request: SignedInRequest) -> dict[str, Any]:
    """What the import of several runs made: a page of them, and how many are how far."""
    if wanted.is_of_a_run:
        return {}
    children = RunImport.objects.visible_to(request.user).filter(parent=wanted)
    counts = dict(children.order_by().values_list("state").annotate(Count("pk")))
    page = page_for(request, children.order_by("id"))
    mark_runs(request.user, page.rows)
    return {
        "children": page,
        "counts": counts,
        "going": sum(counts.get(state, 0) for state in RunImport.GOING),
        "failed": counts.get(RunImport.State.FAILED, 0) + counts.get(RunImport.State.CANCELLED, 0),
    }


def _seconds_until_the_next_look(wanted: RunImport, going: int) -> int | None:
    """When the page is worth another look; None where nothing is going to change by itself."""
    if not wanted.is_of_a_run:
        return LOOK_AT_MANY_AFTER if going or not wanted.has_ended else None
    if wanted.has_ended:
        return None
    rest = (wanted.due_at - timezone.now()).total_seconds() if wanted.state == wanted.State.PENDING else 0
    return max(LOOK_AGAIN_AFTER, min(LONGEST_REST, round(rest)))


@require_POST
@login_required
def import_again(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Bring an imported run up to date, in the way in which it was imported last; with its files, where they are
    wanted."""
    runs = WorkflowRun.objects.visible_to(request.user).select_related("imported__server", "owned_by")
    run = get_object_or_404(runs.filter(imported__isnull=False), pk=run_id)
    if may_import_again(run, request.user, is_editor=may_edit(run, request.user)):
        try:
            return redirect("web:run-import", import_id=_import_of(run, request).pk)
        except RegistryError as problem:
            messages.error(request, problem.message)
    return redirect("web:run", run_id=run.pk)


def _import_of(run: WorkflowRun, request: SignedInRequest) -> RunImport:
    before = newest_import(run, request.user)
    options = ImportOptions.of(before) if before else ImportOptions()
    if request.POST.get("deed") == "fetch":
        options = replace(options, create_datasets=True, download=True, paths=())
    imported, page = run.imported, page_at_source(run)
    address = Address(imported.server.url, imported.external_id, page=page)
    [wanted] = request_import(
        addresses=[page],
        read=lambda _: (imported.server.source, address),
        user=request.user,
        group=run.owned_by,
        options=options,
    )
    return wanted
