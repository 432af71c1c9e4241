"""The form that asks for imports of runs, whatever their source."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import Group
from common.errors import Violation
from run_import.models import RunImport
from run_import.services import MOST_ADDRESSES, ImportOptions
from run_import.sources import every_source
from web.imports.groups import default_group_said

MOST_ERRORS = 20
EXAMPLES = " Understood are"  # the page itself shows them
LONGEST_ADDRESS = 2000  # characters
TOGETHER = "Files are downloaded into datasets: tick “Create datasets” as well."


class ImportRunsForm(forms.Form):
    """Addresses of runs, or of what holds runs, and what is to come of them."""

    urls = forms.CharField(
        label="Run URLs",
        help_text="Copy the URL of a run from your browser. One per line.",
        max_length=MOST_ADDRESSES * LONGEST_ADDRESS,
        widget=forms.Textarea(
            attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://…", "maxlength": None}
        ),
        error_messages={"required": "Paste the URL of a run."},
    )
    source = forms.ChoiceField(
        label="System", required=False, help_text="Only where the URL alone does not tell it."
    )
    server = forms.CharField(
        label="Server",
        required=False,
        max_length=500,
        help_text="With it, the lines above may be IDs, for example hello.1.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "placeholder": "https://reana.example.org"}),
    )
    create_datasets = forms.BooleanField(
        label="Create datasets",
        required=False,
        help_text="One for each input and output. Otherwise only their names come with the run.",
    )
    all_outputs = forms.BooleanField(
        label="All outputs of Galaxy",
        required=False,
        help_text="Also those that the workflow does not label.",
    )
    download = forms.BooleanField(
        label="Download the files",
        required=False,
        help_text="In the background. Otherwise they stay on the server.",
    )
    rocrate = forms.BooleanField(
        label="Fetch the server’s own RO-Crate",
        required=False,
        help_text="Galaxy and some WES servers make one. It can take minutes.",
    )
    follow = forms.BooleanField(
        label="Follow the run until it ends", required=False, help_text="For a run that is still running."
    )
    public = forms.BooleanField(
        label="Make the run public", help_text="Everyone who is signed in may see it.", required=False
    )
    owned_by = forms.ModelChoiceField(Group.objects.none(), label="Group", required=False)

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data, label_suffix="", prefix="import")
        self.fields["urls"].widget.attrs.pop("maxlength", None)
        sources: Any = self.fields["source"]
        sources.choices = [("", "As the address says"), *((one.name, one.title) for one in every_source())]
        groups = self.fields["owned_by"]
        assert isinstance(groups, forms.ModelChoiceField)
        groups.queryset = Group.objects.of(user)
        groups.empty_label = default_group_said(user)

    @property
    def further(self) -> list[forms.BoundField]:
        """The check boxes that few need."""
        names = ("download", "all_outputs", "rocrate", "follow", "public")
        return [self[name] for name in names]

    @property
    def goes_further(self) -> bool:
        """Whether any of what few need is asked for, or something is wrong with it."""
        names = ("source", "server", *(field.name for field in self.further))
        return any(self[name].value() or self[name].errors for name in names)

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
        """Say beside the fields what the registry has against what is wanted of the runs."""
        for one in violations:
            self.add_error(one.field if one.field in self.fields else "urls", one.message)

    def keep_refused(self, refused: Mapping[str, str]) -> None:
        """Keep the lines that were refused, and no others, to be corrected; say of each why."""
        lines = [line for line in self.cleaned_data["urls"] if line in refused]
        self.data = {**self.data, self.add_prefix("urls"): "\n".join(lines)}
        for number, line in enumerate(lines[:MOST_ERRORS], 1):
            where = f"Line {number}: " if len(lines) > 1 else ""
            said, examples, _ = refused[line].partition(EXAMPLES)
            further = " See “Example URLs”." if examples else ""
            self.add_error("urls", f"{where}{said}{further}")
        if len(lines) > MOST_ERRORS:
            self.add_error("urls", f"{len(lines) - MOST_ERRORS:,} more lines are refused.")
