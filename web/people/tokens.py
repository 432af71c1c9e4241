"""One's API tokens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import ApiToken
from web.deeds import do
from web.lists.paging import first_of
from web.people.forms import TokenForm
from web.people.frame import account_tab
from web.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tokens_page(request: SignedInRequest) -> HttpResponse:
    """One's tokens; a new one is made, and its key is shown, this once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    made = _made(request, form) if form.is_valid() else None
    tokens = first_of(_own_tokens(request))
    context = {"form": TokenForm() if made else form, "made": made, "tokens": tokens, "now": timezone.now()}
    return account_tab(request, "tokens", context, 400 if form.errors else 200)


@require_POST
@login_required
def revoke_token(request: SignedInRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own tokens."""
    token = get_object_or_404(_own_tokens(request), pk=token_id)
    do(request, "DELETE", reverse("token-detail", args=[token.pk]))
    messages.success(request, f"The token “{token.name}” is revoked.")
    return redirect("web:tokens")


def _made(request: SignedInRequest, form: TokenForm) -> Any:
    answer = do(request, "POST", reverse("token-list"), form.as_body())
    if answer.is_done:
        return answer.data
    answer.tell(form)
    return None


def _own_tokens(request: SignedInRequest) -> Any:
    return ApiToken.objects.filter(user=request.user, revoked_at=None)
