"""The form that takes a crate."""

import zipfile
from typing import Any

from django import forms

from accounts.models import Group
from web.imports.groups import default_group_said

NO_ZIP = "This is not a zip archive. Choose one with ro-crate-metadata.json at its top level."
NEITHER = "Choose an archive, or give a path in your dropbox."
BOTH = "Choose an archive or give a path in your dropbox, not both."


class CrateImportForm(forms.Form):
    """A crate: an archive to upload, or what lies in a dropbox."""

    file = forms.FileField(
        label="Archive",
        required=False,
        max_length=255,
        help_text="A zip with ro-crate-metadata.json at its top level.",
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    path = forms.CharField(
        label="Or a path in your dropbox",
        required=False,
        max_length=4096,
        help_text="The full path of a zip or a folder.",
    )
    owned_by = forms.ModelChoiceField(Group.objects.none(), label="Group", required=False)
    public = forms.BooleanField(
        label="Make the run public", required=False, help_text="Everyone who is signed in may see it."
    )

    def __init__(self, data: Any, files: Any, *, user: Any, initial: Any = None) -> None:
        super().__init__(data, files, label_suffix="", initial=initial)
        groups = self.fields["owned_by"]
        assert isinstance(groups, forms.ModelChoiceField)
        groups.queryset = Group.objects.of(user)
        groups.empty_label = f"{default_group_said(user)}; from a dropbox, its group"

    def clean_file(self) -> Any:
        """A look at its end tells a zip."""
        upload = self.cleaned_data["file"]
        if upload and not zipfile.is_zipfile(upload):
            raise forms.ValidationError(NO_ZIP)
        return upload

    def clean(self) -> dict[str, Any]:
        """One of the two, and not both."""
        given: dict[str, Any] = super().clean() or {}
        count = bool(given.get("file")) + bool(given.get("path"))
        if not self.errors and count != 1:
            raise forms.ValidationError(BOTH if count else NEITHER)
        return given
