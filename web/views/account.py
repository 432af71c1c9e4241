"""The account: password and API tokens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.models import ApiToken
from web.forms import PasswordForm, TokenForm
from web.listing import first_of
from web.requests import SignedInRequest


@require_safe
@login_required
@never_cache
def account_page(request: SignedInRequest) -> HttpResponse:
    """Who I am, my password, my tokens."""
    return _page(request)


@require_POST
@sensitive_post_parameters()
@login_required
@never_cache
def change_password(request: SignedInRequest) -> HttpResponse:
    """Change the password; this browser stays signed in, every other is signed out."""
    form = PasswordForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, password_form=form)
    update_session_auth_hash(request, form.save())
    messages.success(request, "Your password is changed. Other browsers are signed out.")
    return redirect("web:account")


@require_POST
@login_required
@never_cache
def make_token(request: SignedInRequest) -> HttpResponse:
    """Make a token and show its key, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    token, key = ApiToken.issue(
        user=request.user, name=form.cleaned_data["name"], expires_at=form.expires_at()
    )
    return _page(request, new_token=token, new_key=key)


@require_POST
@login_required
def revoke_token(request: SignedInRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own tokens."""
    token = get_object_or_404(_own_tokens(request), pk=token_id)
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    messages.success(request, f"The token “{token.name}” is revoked.")
    return redirect("web:account")


def _page(request: SignedInRequest, **context: Any) -> HttpResponse:
    context = {
        "password_form": PasswordForm(request.user),
        "token_form": TokenForm(),
        "tokens": first_of(_own_tokens(request)),
        "memberships": first_of(request.user.memberships.select_related("group").order_by("group__name")),
        "now": timezone.now(),
        **context,
    }
    return render(request, "web/account.html", context)


def _own_tokens(request: SignedInRequest) -> Any:
    return ApiToken.objects.filter(user=request.user, revoked_at=None)
