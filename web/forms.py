"""The forms of the pages."""

import zipfile
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import Group
from rocrate_import.serializers import NO_ARCHIVE
from web.templatetags.runs import ENGINE_NAMES, STATUS_NAMES
from workflows.models import ids_of_runs_with
from workflows.records import Engine, RunStatus


class RunFilterForm(forms.Form):
    """What a person narrows the list of runs by; it is sent by GET, so that the address holds it."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, command, parameter, note…"}),
    )
    status = forms.ChoiceField(
        required=False, choices=[("", "Any status"), *((one.value, STATUS_NAMES[one]) for one in RunStatus)]
    )
    engine = forms.ChoiceField(
        required=False, choices=[("", "Any engine"), *((one.value, ENGINE_NAMES[one]) for one in Engine)]
    )

    def narrowed(self, runs: QuerySet) -> QuerySet:
        """Those of ``runs`` that were asked for; a value that makes no sense asks for nothing."""
        asked = self.asked_for()
        if text := asked.get("q"):
            runs = runs.filter(id__in=ids_of_runs_with(text))
        if status := asked.get("status"):
            runs = runs.filter(status=status)
        if engine := asked.get("engine"):
            runs = runs.filter(workflowversion__workflow__workflow_manager=engine)
        return runs

    def asked_for(self) -> dict[str, str]:
        """The values that narrow the list, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class NameFilterForm(forms.Form):
    """A search by name."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name"}),
    )

    def narrowed(self, rows: QuerySet) -> QuerySet:
        """Those of ``rows`` whose name contains what was asked for."""
        text = self.asked_for().get("q")
        return rows.filter(name__icontains=text) if text else rows

    def asked_for(self) -> dict[str, str]:
        """The values that narrow the list, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PasswordForm(PasswordChangeForm):
    """Django's form; on a page with other things it must not take the focus."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["old_password"].widget.attrs["autofocus"]


class TokenForm(forms.Form):
    """A new API token: its name, and how long it opens anything."""

    name = forms.CharField(max_length=100, help_text="Where it will be used, for example “login node”.")
    days = forms.ChoiceField(
        label="Valid for",
        required=False,
        initial="365",
        choices=[("365", "One year"), ("90", "90 days"), ("30", "30 days"), ("", "Until it is revoked")],
    )

    def expires_at(self) -> Any:
        """The moment at which the token ends, None where it does not."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class CrateImportForm(forms.Form):
    """A crate: an archive to upload, or what lies in a dropbox."""

    file = forms.FileField(
        label="Archive",
        required=False,
        max_length=255,
        help_text="A zip with a ro-crate-metadata.json at its top.",
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    path = forms.CharField(
        label="Or a zip or a folder in your dropbox",
        required=False,
        max_length=4096,
        help_text="Its whole path.",
    )
    owned_by = forms.ModelChoiceField(Group.objects.none(), label="Group", required=False)
    public = forms.BooleanField(label="Everyone who is signed in may see the run", required=False)

    def __init__(self, data: Any, files: Any, *, user: Any) -> None:
        super().__init__(data, files, label_suffix="")
        groups = self.fields["owned_by"]
        assert isinstance(groups, forms.ModelChoiceField)
        groups.queryset = Group.objects.filter(memberships__user=user).order_by("name")
        groups.empty_label = "My own, or the dropbox’s"

    def clean_file(self) -> Any:
        """A look at its end tells a zip."""
        upload = self.cleaned_data["file"]
        if upload and not zipfile.is_zipfile(upload):
            raise forms.ValidationError(NO_ARCHIVE)
        return upload

    def clean(self) -> dict[str, Any]:
        """One of the two, and not both."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(given.get("file")) == bool(given.get("path")):
            raise forms.ValidationError("Choose an archive, or name a path in your dropbox.")
        return given


SORTABLE = {"name": "name", "status": "status", "started": "started_at", "duration": "duration"}


def in_order(runs: QuerySet, sort: str) -> QuerySet:
    """``runs`` by one of SORTABLE, with a leading minus from the greatest; anything else is newest first.

    Runs without the value come last either way: nobody looks for them at the top.
    """
    field = SORTABLE.get(sort.removeprefix("-"))
    if field is None:
        return runs.order_by("-id")
    by_value = F(field).desc(nulls_last=True) if sort.startswith("-") else F(field).asc(nulls_last=True)
    return runs.order_by(by_value, "-id")
