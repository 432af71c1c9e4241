"""With whom runs are shared, as a form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Group, User


class ShareForm(forms.Form):
    """A user or a group, and what they may do besides looking."""

    user = forms.CharField(
        label="User name",
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    group: Any = forms.ModelChoiceField(queryset=None, label="or group", required=False, empty_label="None")
    can_edit = forms.BooleanField(label="may edit", required=False)
    can_delete = forms.BooleanField(label="may delete and restore", required=False)

    def __init__(self, user: Any, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        chosen: Any = self.fields["group"]
        chosen.queryset = Group.objects.visible_to(user)

    def clean_user(self) -> User | None:
        """The user of that name."""
        name = self.cleaned_data["user"]
        found = User.objects.filter(username=name, is_active=True).first() if name else None
        if name and found is None:
            raise ValidationError("There is no user of that name.")
        return found

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(given.get("user")) == bool(given.get("group")):
            raise ValidationError("Name either a user or a group.")
        return given

    def body(self) -> dict[str, Any]:
        """What the API is sent."""
        given = self.cleaned_data
        whom = {"user_id": str(given["user"].pk)} if given["user"] else {"group_id": str(given["group"].pk)}
        return {**whom, "can_edit": given["can_edit"], "can_delete": given["can_delete"]}
