"""The page of a search, and the suggestions below the field while somebody types."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.lists.in_time import Patience
from web.requests import SignedInRequest, text_asked
from web.search.exact import exact_for
from web.search.kinds import groups_for

USUAL = 300  # milliseconds for everything
SUGGESTED, SHOWN = 4, 10
LONGEST = 500  # characters: addresses are longer than names


@require_safe
@login_required
def search(request: SignedInRequest) -> HttpResponse:
    """The first hits of every kind, each with the way to all of them."""
    text = text_asked(request, "q", LONGEST)
    return render(
        request, "web/search/search.html", {"q": text, **_found(request, text, SHOWN, counted=True)}
    )


@require_safe
@login_required
def suggestions(request: SignedInRequest) -> HttpResponse:
    """A part of a page: the newest few of every kind."""
    text = text_asked(request, "q", LONGEST)
    found = _found(request, text, SUGGESTED, counted=False)
    return render(request, "web/search/_suggestions.html", {"q": text, **found})


def _found(request: SignedInRequest, text: str, most: int, *, counted: bool) -> dict[str, object]:
    if not text:
        return {"exact": None, "groups": []}
    patience = Patience.of(request, USUAL)
    exact = exact_for(request, text, patience)
    return {"exact": exact, "groups": groups_for(request, text[:200], most, patience, counted=counted)}
