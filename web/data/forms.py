"""What a person narrows lists of data by, and what a person may change of it."""

from django import forms

from web.edited import LongText
from web.lists.forms import OwnedFilterForm, search_field
from web.tagged import TagLines
from web.templatetags.runs import FILE_STATUS_NAMES

STATUSES = [("", "Any status"), *((status, name) for status, name in FILE_STATUS_NAMES.items())]


class DatasetFilterForm(OwnedFilterForm):
    """The same for datasets, and what is in them."""

    file = search_field("Part of a file name", "Contains file")
    status = forms.ChoiceField(required=False, choices=STATUSES)
    public = forms.ChoiceField(
        label="Visible to",
        required=False,
        choices=[("", "Any"), ("true", "Everyone"), ("false", "Selected people")],
    )

    field_order = ("search", "file", "status", "owner", "owned_by", "public")


class FileFilterForm(forms.Form):
    """What files are narrowed by."""

    search = search_field("Name, SHA-256 or MD5")
    status = forms.ChoiceField(required=False, choices=STATUSES)
    file_format = forms.CharField(
        label="Format", required=False, max_length=60, widget=forms.TextInput(attrs={"placeholder": "Any"})
    )


class DatasetForm(forms.Form):
    """What may be changed of a dataset."""

    name = forms.CharField(max_length=255)
    description = LongText(rows=8, help_text="Markdown is supported.")
    dataset_type = forms.CharField(label="Type", max_length=60)
    is_raw = forms.BooleanField(label="Raw data", required=False)
    tags = TagLines()


class CollectionForm(forms.Form):
    """What may be changed of a collection."""

    name = forms.CharField(max_length=255)
    description = LongText(rows=8, help_text="Markdown is supported.")
    is_raw = forms.BooleanField(label="Raw data", required=False)


class FileForm(forms.Form):
    """What may be mended of a file; its content never changes."""

    name = forms.CharField(max_length=255)
    format = forms.CharField(max_length=60, required=False)
    mime_type = forms.CharField(label="Media type", max_length=255, required=False)
