"""Where data comes from, what came of it, and what differs between runs."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from web.deeds import do
from web.lineage.chosen import choice_of, columns_of, offered
from web.lineage.compare import sections_of
from web.lineage.looking import answer_to, question_of
from web.lineage.page import lineage_page
from web.requests import SignedInRequest

ROWS, MOST_ROWS = 300, 2_000  # of each section of a comparison, at first and on demand


@require_safe
@login_required
def compare(request: SignedInRequest) -> HttpResponse:
    """Two to five runs side by side; with fewer, how to choose them."""
    choice = choice_of(request)
    columns = columns_of(choice)
    context = {"room": "runs", "choice": choice, "columns": columns, "q": request.GET.get("q", "")}
    if not choice.is_full:
        context["offered"] = offered(request, choice)
    if choice.is_enough:
        rows = MOST_ROWS if request.GET.get("rows") == str(MOST_ROWS) else ROWS
        query = urlencode({"ids": choice.asked, "all": "true", "limit": rows}, safe=",")
        told = do(request, "GET", f"{reverse('run-compare')}?{query}").data
        letters = "".join(column.letter for column in columns)
        sections = sections_of(told, letters, everything=choice.everything)
        has_rows = any(section.rows for section in sections)
        if rows < MOST_ROWS:
            context |= {"more_rows": f"{choice.address(choice.ids)}&rows={MOST_ROWS}", "most_rows": MOST_ROWS}
        context |= {"told": told, "sections": sections, "has_rows": has_rows, **choice.commands}
    return render(request, "web/lineage/compare.html", context)


@require_safe
@login_required
def whence(request: SignedInRequest) -> HttpResponse:
    """Where a file is from that somebody holds in hand: by its checksum, its path, or its place."""
    question = question_of(request)
    context = {"question": question, "answer": answer_to(request, question) if question else None}
    return render(request, "web/lineage/whence.html", context)


@require_safe
@login_required
def run_lineage(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What a run builds on, and what builds on it."""
    return lineage_page(request, "run", run_id)


@require_safe
@login_required
def dataset_lineage(request: SignedInRequest, dataset_id: UUID) -> HttpResponse:
    """What a dataset was made from, and what was made from it."""
    return lineage_page(request, "dataset", dataset_id)


@require_safe
@login_required
def file_lineage(request: SignedInRequest, file_id: UUID) -> HttpResponse:
    """The same of one file, whatever else lies beside it."""
    return lineage_page(request, "datafile", file_id)
