"""Changing how a run stands: the API's own rules, with a word of why."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from web.deeds import Answer, do
from web.edited import LongText
from web.requests import SignedInRequest
from web.run.frame import rights_on, seen_run
from web.templatetags.runs import STATUS_NAMES

MOMENT = "%Y-%m-%dT%H:%M:%S"


class StatusForm(forms.Form):
    """The next status. What needs a reason says so."""

    status = forms.ChoiceField(label="New status")
    reason = LongText(rows=2, label="Reason", max_length=2000)
    message = LongText(
        rows=2, label="Why it stands so", help_text="For example why it failed.", max_length=20_000
    )
    completed_at = forms.DateTimeField(
        label="Ended",
        required=False,
        help_text="If that is not now. Only of a run that is over.",
        widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local", "step": "1"}),
    )

    def __init__(self, data: Any, told: dict[str, Any]) -> None:
        super().__init__(data, label_suffix="")
        field: Any = self.fields["status"]
        field.choices = _choices(told)

    def body(self) -> dict[str, Any]:
        """What the API is sent."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "completed_at" in given:
            given["completed_at"] = given["completed_at"].isoformat()
        return given


def _choices(told: dict[str, Any]) -> list[Any]:
    groups = (("Next", told["allowed"]), ("With a reason", told["allowed_with_reason"]))
    return [(name, [(one, STATUS_NAMES.get(one, one)) for one in some]) for name, some in groups if some]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_status(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The form, and what became of it."""
    run = seen_run(request, run_id)
    if not rights_on(run, request.user).edit:
        messages.error(
            request, "You may see this, but not change it: ask its owner or a manager of its group."
        )
        return redirect("web:run", run_id)
    address = reverse("run-status", args=[run_id])
    now = do(request, "GET", address)
    told = now.data
    form = StatusForm(request.POST if request.method == "POST" else None, told)
    if request.method == "POST" and form.is_valid():
        answer = _put(request, address, form)
        if answer.told(request, f"The run is {STATUS_NAMES.get(form.cleaned_data['status'], '')} now.", form):
            return redirect("web:run", run_id)
    context = {"run": run, "form": form, "told": told, "state": now.state}
    return render(request, "web/run/status.html", context)


def _put(request: SignedInRequest, address: str, form: StatusForm) -> Answer:
    """Only as long as the run stands as the form says."""
    state = request.POST.get("state", "") or '"none"'
    return do(request, "PUT", address, form.body(), HTTP_IF_MATCH=state)
