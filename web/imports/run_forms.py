"""The form that asks for imports of runs, whatever their source."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Group
from common.errors import Violation
from run_import.models import RunImport
from run_import.services import MOST_ADDRESSES, ImportOptions
from run_import.sources import every_source

MOST_ERRORS = 20
LONGEST_ADDRESS = 2000  # characters
TOGETHER = "Contents are downloaded into datasets: tick “Create datasets” as well."


class ImportRunsForm(forms.Form):
    """Addresses of runs, or of what holds runs, and what is to come of them."""

    urls = forms.CharField(
        label="Address of a run",
        help_text="As the browser shows it, or the API. Several, one a line.",
        max_length=MOST_ADDRESSES * LONGEST_ADDRESS,
        widget=forms.Textarea(
            attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://…", "maxlength": None}
        ),
        error_messages={"required": "Paste the address of a run, or of what holds runs."},
    )
    source = forms.ChoiceField(
        label="Where it is from", required=False, help_text="Where the address alone does not say it."
    )
    server = forms.CharField(
        label="Server",
        required=False,
        max_length=500,
        help_text="Its address; then the lines above may be identifiers, hello.1 for example.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "placeholder": "https://reana.example.org"}),
    )
    create_datasets = forms.BooleanField(
        label="Create datasets", required=False, help_text="Of the inputs and outputs."
    )
    all_outputs = forms.BooleanField(
        label="All outputs of Galaxy", required=False, help_text="Those without a label, too."
    )
    download = forms.BooleanField(
        label="Download their contents",
        required=False,
        help_text="In the background; else they stay on the server.",
    )
    rocrate = forms.BooleanField(
        label="Fetch the source’s own RO-Crate",
        required=False,
        help_text="Galaxy and some WES servers have one. Packing it can take minutes.",
    )
    follow = forms.BooleanField(
        label="Follow the run until it ends", required=False, help_text="If it is still running."
    )
    public = forms.BooleanField(label="Everyone who is signed in may see the run", required=False)
    owned_by = forms.ModelChoiceField(Group.objects.none(), label="Group", required=False)

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data, label_suffix="", prefix="import")
        self.fields["urls"].widget.attrs.pop("maxlength", None)
        sources: Any = self.fields["source"]
        sources.choices = [("", "As the address says"), *((one.name, one.title) for one in every_source())]
        groups = self.fields["owned_by"]
        assert isinstance(groups, forms.ModelChoiceField)
        groups.queryset = Group.objects.of(user)
        groups.empty_label = "My own"

    @property
    def wishes(self) -> list[forms.BoundField]:
        """The check boxes."""
        return [self[name] for name, field in self.fields.items() if isinstance(field, forms.BooleanField)]

    @property
    def names_server(self) -> bool:
        """Whether a server or a source is said, or something is wrong with what is said of them."""
        return any(self[name].value() or self[name].errors for name in ("source", "server"))

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
