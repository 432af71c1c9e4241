"""Who one is, and one's password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.attempts import WrongPasswords, in_words
from web.deeds import do
from web.lists.paging import first_of
from web.people.forms import PasswordForm, ProfileForm
from web.people.frame import account_tab
from web.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def account_page(request: SignedInRequest) -> HttpResponse:
    """One's name, address, ORCID and groups."""
    form = ProfileForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_kept(request, form):
        return redirect("web:account")
    memberships = request.user.memberships.select_related("group").order_by("group__name")
    context = {"form": form, "memberships": first_of(memberships)}
    return account_tab(request, "profile", context, 400 if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def password_page(request: SignedInRequest) -> HttpResponse:
    """Change the password; this browser stays signed in, every other is signed out."""
    form = PasswordForm(request.user, request.POST if request.method == "POST" else None)
    wrong = WrongPasswords.of_user(request.user.pk)
    if form.is_bound and (seconds := wrong.seconds):
        return _told_to_wait(request, seconds)
    if form.is_valid():
        wrong.forget()
        update_session_auth_hash(request, form.save())
        messages.success(request, "Your password is changed. Other browsers are signed out.")
        return redirect("web:change-password")
    if form.has_error("old_password", "password_incorrect"):
        wrong.note()
    return account_tab(request, "password", {"form": form}, 400 if form.errors else 200)


def _told_to_wait(request: SignedInRequest, seconds: int) -> HttpResponse:
    """The form anew, with nothing of what was typed."""
    context = {"form": PasswordForm(request.user), "wait": in_words(seconds)}
    answer = account_tab(request, "password", context, 429)
    answer["Retry-After"] = str(seconds)
    return answer


def _is_kept(request: SignedInRequest, form: ProfileForm) -> bool:
    answer = do(request, "PATCH", reverse("me"), form.as_body())
    return answer.told(request, "Your profile is saved.", form)
