"""What the pages of the account have in common: their tabs."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from web.requests import SignedInRequest

TABS = (
    ("profile", "Profile", "web:account"),
    ("password", "Password", "web:change-password"),
    ("preferences", "Preferences", "web:preferences"),
    ("tokens", "API tokens", "web:tokens"),
    ("servers", "Servers", "web:servers"),
)


def account_tab(
    request: SignedInRequest, tab: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the account, with the tab that it is."""
    known = {"tab": tab, "tabs": TABS, **context}
    return render(request, f"web/people/{tab}.html", known, status=status)
