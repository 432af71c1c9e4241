"""Signing in, and the choice of a theme."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from rest_framework.throttling import AnonRateThrottle

from accounts.attempts import WrongPasswords, in_words
from web.preferences import preferences_of
from web.requests import is_for_swap

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


class SignInThrottle(AnonRateThrottle):
    """As many attempts from one address as at the API's own door."""

    scope = "sign-in"


class SignInView(LoginView):
    """Name and password; leads on to a page of this site and to none elsewhere."""

    template_name = "web/people/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try the password, unless there were too many attempts: then 429 and when to come back."""
        self.wrong = WrongPasswords.from_address(request, request.POST.get("username", ""))
        throttle = SignInThrottle()
        if not throttle.allow_request(request, self):  # type: ignore[arg-type]
            return self._told_to_wait(request, round(throttle.wait() or 60))
        if seconds := self.wrong.seconds:
            return self._told_to_wait(request, seconds)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Whoever is in made no mistake worth remembering."""
        self.wrong.forget()
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Only a password that was tried counts, not a field that was left empty."""
        if form.non_field_errors():
            self.wrong.note()
        return super().form_invalid(form)

    def _told_to_wait(self, request: HttpRequest, seconds: int) -> HttpResponse:
        form = self.get_form_class()(request)
        context = self.get_context_data(form=form, wait=in_words(seconds), next=self.get_redirect_url())
        return self.render_to_response(context, status=429, headers={"Retry-After": str(seconds)})

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stubs know the next Django
        """Where to go on; never back to this door, which would turn in a circle."""
        address = super().get_redirect_url()
        return "" if address.split("?")[0] == self.request.path else address


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in this browser, and for who is signed in everywhere; then go back.

    A script that has changed the page already asks with ``HX-Request`` and is sent nowhere.
    """
    asked = request.POST.get("theme", "")
    theme = asked if asked in THEMES else ""
    if request.user.is_authenticated:
        preferences = preferences_of(request)
        preferences.theme = theme
        preferences.save()
    answer = HttpResponse(status=204) if is_for_swap(request) else _back(request)
    keep_theme_in(answer, theme, is_secure=request.is_secure())
    return answer


def keep_theme_in(answer: HttpResponse, theme: str, *, is_secure: bool) -> None:
    """Keep the theme in a cookie, for the pages before one signs in; without one forget it."""
    if theme:
        answer.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=is_secure)
    else:
        answer.delete_cookie("theme", samesite="Lax")


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = resolve_url("web:run-list")
    return HttpResponseRedirect(back)
