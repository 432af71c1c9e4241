"""The list of runs, the picture above it, and the choice of its columns."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from web.lists.csv import csv_of
from web.lists.in_time import Patience, TookTooLong
from web.lists.paging import Page, page_size_for
from web.models import PAGE_SIZES
from web.requests import SignedInRequest, is_for_swap
from web.runs.columns import COLUMNS, Column, choose_columns, columns_of, order_said
from web.runs.forms import RunFilterForm
from web.runs.lines import headings_of, lines_of
from web.runs.pages import page_of_runs
from web.runs.query import OF_THE_PAGE, RunQuery, query_of
from web.runs.saved import views_of
from web.runs.strip import HEIGHT, KINDS, SPANS, Strip, strip_of
from web.runs.words import LABELS, chips_of

DELETED = "deleted-runs"  # in the session: what was deleted a moment ago and may be brought back at once
IN_TIME = 250  # milliseconds for what the picture shows


@require_safe
@login_required
def run_list(request: SignedInRequest) -> HttpResponse:
    """The runs that the user may see, newest first, narrowed and sorted as the address says."""
    query, columns = query_of(request), columns_of(request)
    page, is_late = _page(request, query, columns)
    context: dict[str, Any] = {
        "query": query,
        "page": page,
        "is_late": is_late,
        "columns": columns,
        "headings": headings_of(request, query, columns),
        "lines": lines_of(page.rows, columns, is_trash=query.is_trash),
        "order_said": order_said(query),
        "all_columns": COLUMNS,
        "page_sizes": PAGE_SIZES,
        "chips": chips_of(query),
        "mine": urlencode({"owner": request.user.pk}),
        "deleted_runs": request.session.pop(DELETED, None),
        "problems": [(LABELS.get(name, name), said) for name, said in query.errors.items()],
        "saved": views_of(request, query),
        "api": query.api(page.number, page.size),
        "cli": query.command(page.number, page.size),
    }
    response = render(request, "web/runs/run_list.html", context)
    if is_for_swap(request):
        response["HX-Replace-Url"] = _address(request, query)
    return response


def _page(request: SignedInRequest, query: RunQuery, columns: list[Column]) -> tuple[Page, bool]:
    """The page, or an empty one and that the search for it was given up."""
    try:
        return page_of_runs(request, query, columns), False
    except TookTooLong:
        return Page([], 1, False, 0, False, page_size_for(request)), True


@require_safe
@login_required
def run_filters(request: SignedInRequest) -> HttpResponse:
    """The field of the filter that ``field`` names, or those of all; a part of the list, or a page by itself."""
    asked = request.GET.copy()
    name = asked.pop("field", [""])[-1]
    query = query_of(request, asked)
    form = RunFilterForm(query)
    chip = next((one for one in chips_of(query) if one.name == name and one.is_editable), None)
    context = {"query": query, "filters": form, "chip": chip, "editor": form.editor(name) if chip else ""}
    part = "_filter" if chip else "_filters"
    return render(request, f"web/runs/{part if is_for_swap(request) else 'filters'}.html", context)


@require_safe
@login_required
def run_strip(request: SignedInRequest) -> HttpResponse:
    """Runs per day by status, of those that the address asks for; a part of a page, or a page by itself."""
    days = request.GET.get("days", "")
    asked = request.GET.copy()
    asked.pop("days", None)
    query = query_of(request, asked)
    strip = _strip(request, query, days)
    asked["wait"] = "1"
    asked.setdefault("days", days)
    context: dict[str, Any] = {"query": query, "strip": strip, "kinds": KINDS, "spans": SPANS}
    context |= {"asked": asked.urlencode(), "height": HEIGHT, "half": HEIGHT // 2}
    is_part = is_for_swap(request)
    return render(request, "web/runs/_strip.html" if is_part else "web/runs/strip.html", context)


def _strip(request: SignedInRequest, query: RunQuery, days: str) -> Strip | None:
    """The picture, None where there is too much to count."""
    patience = Patience.of(request, IN_TIME)
    try:
        return patience.ask(lambda: strip_of(query, days))
    except TookTooLong:
        return None


@require_safe
@login_required
def run_csv(request: SignedInRequest) -> HttpResponseBase:
    """All runs that the address asks for, as a file that spreadsheets open."""
    query = query_of(request)
    answer = None if query.errors else csv_of(request, query)
    return answer or redirect(_address(request, query))  # which says what is wrong


@require_POST
@login_required
def run_columns(request: SignedInRequest) -> HttpResponse:
    """Remember which columns the user wants to see."""
    choose_columns(request, () if "usual" in request.POST else request.POST.getlist("column"))
    messages.success(request, "Your choice of columns is saved.")
    return redirect(back_to(request))


def back_to(request: SignedInRequest) -> str:
    """The list as it was when the form was sent; never another address."""
    given = QueryDict(request.POST.get("query", "")[:4000])
    return f"{reverse('web:run-list')}?{query_of(request, given).encoded}"


def _address(request: SignedInRequest, query: RunQuery) -> str:
    """The address without what is empty."""
    kept = query.data.copy()
    for name in OF_THE_PAGE:
        if request.GET.get(name):
            kept[name] = request.GET[name]
    return f"{reverse('web:run-list')}{'?' if kept else ''}{kept.urlencode()}"
