"""Addresses that pages had before: whoever kept one is led on."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from web.requests import SignedInRequest


def moved(route: str) -> Callable[..., HttpResponse]:
    """A view that leads to the page of this name, with the same ids in its address."""

    @require_safe
    @login_required
    def lead_on(request: SignedInRequest, **ids: Any) -> HttpResponse:
        return redirect(route, **ids)

    return lead_on
