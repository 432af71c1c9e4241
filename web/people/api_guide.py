"""How programs ask the registry."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.requests import SignedInRequest


@require_safe
@login_required
def api_guide(request: SignedInRequest) -> HttpResponse:
    """Where the API is described, how to sign in, a first call, and the command line."""
    return render(request, "web/people/api_guide.html")
