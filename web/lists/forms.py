"""Fields that lists are narrowed by; they have the names of the API's filters, which judge what is asked."""

from typing import Any

from django import forms

from accounts.models import Group


def search_field(placeholder: str, label: str = "Search") -> forms.CharField:
    """A field for a part of a name."""
    widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=200, widget=widget)


class OwnedFilterForm(forms.Form):
    """What everything is narrowed by that has an owner and a group."""

    search = search_field("Name or description")
    owner = forms.ChoiceField(label="Whose", required=False)
    owned_by = forms.ChoiceField(label="Group", required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        choices: dict[str, Any] = self.fields
        groups = ((str(one.pk), one.name) for one in Group.objects.of(user))
        choices["owner"].choices = [("", "Anybody's"), (str(user.pk), "Mine")]
        choices["owned_by"].choices = [("", "Any group"), *groups]
