"""The forms that concern Galaxy."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Group
from common.errors import Violation
from run_import.models import RunImport
from run_import.services import ImportOptions

MOST_ADDRESSES = 1000
MOST_ERRORS = 20
LONGEST_ADDRESS = 2000  # characters
TOGETHER = "Contents are downloaded into datasets: tick “Create datasets” as well."


class GalaxyImportForm(forms.Form):
    """Addresses of invocations, histories or workflows, and what is to come of them."""

    urls = forms.CharField(
        label="Address of an invocation",
        help_text="Or of a history, or of a workflow; several, one a line.",
        max_length=MOST_ADDRESSES * LONGEST_ADDRESS,
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "spellcheck": "false",
                "placeholder": "https://usegalaxy.eu/workflows/invocations/…",
                "maxlength": None,
            }
        ),
        error_messages={"required": "Paste the address of an invocation, a history or a workflow."},
    )
    create_datasets = forms.BooleanField(
        label="Create datasets", required=False, help_text="Of the inputs and the labelled outputs."
    )
    all_outputs = forms.BooleanField(
        label="All outputs", required=False, help_text="Those without a label, too."
    )
    download = forms.BooleanField(
        label="Download their contents",
        required=False,
        help_text="In the background; else they stay on the server.",
    )
    rocrate = forms.BooleanField(
        label="Fetch Galaxy’s own RO-Crate",
        required=False,
        help_text="Galaxy packs it when it is asked to, which can take minutes.",
    )
    follow = forms.BooleanField(
        label="Follow the run until it ends", required=False, help_text="If it is still running."
    )
    public = forms.BooleanField(label="Everyone who is signed in may see the run", required=False)
    owned_by = forms.ModelChoiceField(Group.objects.none(), label="Group", required=False)

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data, label_suffix="", prefix="galaxy")
        self.fields["urls"].widget.attrs.pop("maxlength", None)
        groups = self.fields["owned_by"]
        assert isinstance(groups, forms.ModelChoiceField)
        groups.queryset = Group.objects.of(user)
        groups.empty_label = "My own"

    @property
    def wishes(self) -> list[forms.BoundField]:
        """The check boxes."""
        return [self[name] for name, field in self.fields.items() if isinstance(field, forms.BooleanField)]

    def clean_urls(self) -> list[str]:
        """One address a line, each once."""
        lines = [line.strip() for line in self.cleaned_data["urls"].splitlines()]
        addresses = list(dict.fromkeys(filter(None, lines)))
        if len(addresses) > MOST_ADDRESSES:
            raise forms.ValidationError(
                f"These are {len(addresses):,} addresses; {MOST_ADDRESSES:,} can be imported at once."
            )
        return addresses

    def clean(self) -> dict[str, Any]:
        """Contents need a dataset to be in."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("download") and not given.get("create_datasets"):
            self.add_error("download", TOGETHER)
        return given

    def options(self) -> ImportOptions:
        """What is wanted of each run."""
        given = self.cleaned_data
        names = ("create_datasets", "download", "rocrate", "follow")
        outputs = RunImport.Outputs.ALL if given["all_outputs"] else RunImport.Outputs.LABELLED
        return ImportOptions(outputs=str(outputs), **{name: given[name] for name in names})

    def add_violations(self, violations: Sequence[Violation]) -> None:
        """Say beside the fields what the registry has against it."""
        for one in violations[:MOST_ERRORS]:
            field, _, place = one.field.partition(".")
            where = f"Address {int(place) + 1}: " if place.isdigit() else ""
            self.add_error(field if field in self.fields else "urls", f"{where}{one.message}")
        if len(violations) > MOST_ERRORS:
            self.add_error("urls", f"{len(violations) - MOST_ERRORS:,} more addresses are refused.")
