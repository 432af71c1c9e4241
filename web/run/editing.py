"""Editing a run: the same fields that the API takes, and nobody overwrites another's change unnoticed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Group
from web.edited import LongText, about_form, patched
from web.requests import SignedInRequest
from web.run.frame import Rights, rights_on, seen_run
from web.tagged import TagLines
from web.templatetags.runs import local
from workflows.models import WorkflowRun, WorkflowVersion
from workflows.models.runs import STATUS_CHOICES

MOST_VERSIONS = 200
TIMES = ("started_at", "completed_at")
MOMENT = "%Y-%m-%dT%H:%M:%S"


def _moment() -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local", "step": "1"})
    return forms.DateTimeField(required=False, widget=widget)


class RunForm(forms.Form):
    """What can be changed of a run. Only what is changed is sent."""

    name = forms.CharField(max_length=255, required=False)
    description = LongText(rows=6, help_text="Markdown.")
    status = forms.ChoiceField(choices=[(key, key.capitalize()) for key, _ in STATUS_CHOICES])
    workflowversion = forms.ChoiceField(label="Workflow version", required=False)
    started_at = _moment()
    completed_at = _moment()
    run_command = LongText(rows=3, attrs={"spellcheck": "false"}, label="Command")
    message = LongText(rows=2, label="Why it stands as it does")
    license = forms.CharField(
        label="Licence of the data",
        max_length=500,
        required=False,
        help_text="An SPDX identifier such as CC-BY-4.0, or an address.",
    )
    tags = TagLines()
    owned_by = forms.ChoiceField(label="Group", required=False)

    def __init__(self, request: SignedInRequest, run: WorkflowRun, rights: Rights) -> None:
        data = request.POST if request.method == "POST" else None
        super().__init__(data, initial=_initial(run), label_suffix="")
        self._choose("workflowversion", _versions(run, request))
        self._choose("owned_by", _groups(run, request))
        if not rights.share:
            del self.fields["owned_by"]

    def body(self) -> dict[str, Any]:
        """What the API is sent."""
        return {name: self._sent(name) for name in self.changed_data}

    def _sent(self, name: str) -> Any:
        value = self.cleaned_data[name]
        if name in TIMES:
            return value.isoformat() if value else None
        return (value or None) if name in ("workflowversion", "owned_by") else value

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", "None"), *choices]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_run(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The form, and what became of it."""
    run = seen_run(request, run_id)
    rights = rights_on(run, request.user)
    if not rights.edit:
        messages.error(
            request, "You may see this, but not change it: ask its owner or a manager of its group."
        )
        return redirect("web:run", run_id)
    form = RunForm(request, run, rights)
    address, answer = reverse("workflowrun-detail", args=[run_id]), None
    if request.method == "POST" and form.is_valid():
        answer = patched(request, address, form, form.body())
        if answer is None or answer.is_done:
            messages.success(request, "The run is saved." if answer else "Nothing was changed.")
            return redirect("web:run", run_id)
    context = {"run": run, **about_form(request, address, form, answer)}
    return render(request, "web/run/edit.html", context)


def _initial(run: WorkflowRun) -> dict[str, Any]:
    plain = {
        name: getattr(run, name)
        for name in ("name", "description", "status", "run_command", "message", "license", "tags")
    }
    times = {name: _whole(getattr(run, name)) for name in TIMES}
    links = {name: str(getattr(run, f"{name}_id") or "") for name in ("workflowversion", "owned_by")}
    return {**plain, **times, **links}


def _whole(moment: Any) -> Any:
    """To the second, as the form has it."""
    return moment and local(moment).replace(microsecond=0)


def _versions(run: WorkflowRun, request: SignedInRequest) -> list[tuple[str, str]]:
    """The present one, the others of its workflow, and the latest ones of other workflows."""
    seen = WorkflowVersion.objects.visible_to(request.user).select_related("workflow")
    found: dict[str, str] = {}
    if run.workflowversion:
        found[str(run.workflowversion_id)] = _titled(run.workflowversion)
        siblings = seen.filter(workflow=run.workflowversion.workflow_id).order_by("-index")
        found |= {str(one.pk): _titled(one) for one in siblings[:MOST_VERSIONS]}
    latest = seen.filter(is_latest=True).order_by("workflow__name", "id")[:MOST_VERSIONS]
    found |= {str(one.pk): _titled(one) for one in latest}
    return list(found.items())


def _titled(version: WorkflowVersion) -> str:
    return f"{version.workflow.name}, {version.name}" if version.name else version.workflow.name


def _groups(run: WorkflowRun, request: SignedInRequest) -> list[tuple[str, str]]:
    own = Group.objects.visible_to(request.user)
    found = {str(run.owned_by_id): run.owned_by.name} if run.owned_by else {}
    return list((found | {str(one.pk): one.name for one in own}).items())
