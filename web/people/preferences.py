"""How one likes the pages."""

from functools import cache
from zoneinfo import available_timezones

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from web.people.forms import PreferencesForm
from web.people.frame import account_tab
from web.people.session import keep_theme_in
from web.preferences import preferences_of
from web.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def preferences_page(request: SignedInRequest) -> HttpResponse:
    """Theme, rows on a page, time zone, and the columns of the list of runs."""
    known = preferences_of(request)
    if request.POST.get("deed") == "forget-columns":
        known.run_columns = []
        known.save()
        messages.success(request, "The list of runs shows its default columns again.")
        return redirect("web:preferences")
    columns = bool(known.run_columns)
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=known)
    if form.is_valid():
        return _kept(request, form)
    context = {"form": form, "has_columns": columns, "zones": time_zones(), "now": timezone.now()}
    return account_tab(request, "preferences", context, 400 if form.errors else 200)


def _kept(request: SignedInRequest, form: PreferencesForm) -> HttpResponse:
    kept = form.save()
    messages.success(request, "Your preferences are saved.")
    answer = redirect("web:preferences")
    keep_theme_in(answer, kept.theme, is_secure=request.is_secure())
    return answer


@cache
def time_zones() -> list[str]:
    """The names that people look for: those of places, and UTC."""
    names = {
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    }
    return ["UTC", *sorted(names)]
