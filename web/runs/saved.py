"""Lists of runs that a user saved under a name."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from web.models import SavedView
from web.requests import SignedInRequest
from web.runs.query import RunQuery, query_of

MOST = 50
LONGEST = 2000


class NameForm(forms.Form):
    """What a view shall be called."""

    name = forms.CharField(max_length=100)


@dataclass(frozen=True, slots=True)
class SavedViews:
    """A user's views, and the one that the page shows at present."""

    rows: list[SavedView]
    current: SavedView | None


def views_of(request: SignedInRequest, query: RunQuery) -> SavedViews:
    """The views of the user, by name."""
    rows = list(SavedView.objects.filter(user=request.user, of="runs")[:MOST])
    current = next((one for one in rows if one.query and one.query == query.encoded), None)
    return SavedViews(rows, current)


@require_POST
@login_required
def save_view(request: SignedInRequest) -> HttpResponse:
    """Save the conditions under a name; the same name again means the new conditions."""
    query = query_of(request, QueryDict(request.POST.get("query", "")))
    form, mine = NameForm(request.POST), SavedView.objects.filter(user=request.user, of="runs")
    problem = _problem(query, form, mine)
    if problem:
        messages.error(request, problem)
    else:
        name = form.cleaned_data["name"]
        mine.update_or_create(user=request.user, of="runs", name=name, defaults={"query": query.encoded})
        messages.success(request, f"Saved as “{name}”.")
    return _back(query.encoded)


def _problem(query: RunQuery, form: NameForm, mine: Any) -> str:
    if not form.is_valid():
        return f"The view is not saved. Name: {form.errors['name'][0]}"
    if query.errors or not query.data:
        return "The view is not saved: there is no condition and no order in it that could be kept."
    if len(query.encoded) > LONGEST:
        return f"The view is not saved: its conditions are longer than {LONGEST:,} characters."
    if mine.count() >= MOST and not mine.filter(name=form.cleaned_data["name"]).exists():
        return f"The view is not saved: you have {MOST}. Delete one of them first."
    return ""


@require_POST
@login_required
def rename_view(request: SignedInRequest, view_id: UUID) -> HttpResponse:
    """Call a view differently."""
    view, form = _mine(request, view_id), NameForm(request.POST)
    others = SavedView.objects.filter(user=request.user, of="runs").exclude(pk=view.pk)
    if not form.is_valid():
        messages.error(request, f"The view is called as before. Name: {form.errors['name'][0]}")
    elif others.filter(name=form.cleaned_data["name"]).exists():
        messages.error(request, "The view is called as before: another one of yours has that name.")
    else:
        view.name = form.cleaned_data["name"]
        view.save()
        messages.success(request, f"The view is called “{view.name}” now.")
    return _back(view.query)


@require_POST
@login_required
def delete_view(request: SignedInRequest, view_id: UUID) -> HttpResponse:
    """Forget a view; the runs in it stay as they are."""
    view = _mine(request, view_id)
    view.delete()
    messages.success(request, f"The view “{view.name}” is gone; its runs are as they were.")
    return _back(view.query)


def _mine(request: SignedInRequest, view_id: UUID) -> SavedView:
    return get_object_or_404(SavedView, pk=view_id, user=request.user, of="runs")


def _back(query: str) -> HttpResponse:
    return redirect(f"{reverse('web:run-list')}{'?' if query else ''}{query}")
