"""The forms of the account and of groups."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.html import escape

from accounts.models import ROLES, Group, User
from accounts.orcid import bare_orcid, is_orcid
from run_import.server_serializers import LONGEST_VALUE
from run_import.sources import source_named
from run_sources.seam import CredentialField
from web.models import Preferences

NO_BLANKS = RegexValidator(
    r"\A[!-~]+\Z", "This is not valid: it has spaces or characters that keys do not have."
)
ORCID_HELP = "For example 0000-0002-1825-0097. It identifies you in the RO-Crates of your runs."


class PasswordForm(PasswordChangeForm):
    """Django's form; on a page with other things it must not take the focus."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["old_password"].widget.attrs["autofocus"]


class ProfileForm(forms.Form):
    """Who somebody is."""

    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    orcid = forms.CharField(label="ORCID", required=False, max_length=60, help_text=ORCID_HELP)
    primary_group = forms.ModelChoiceField(
        Group.objects.none(), required=False, help_text="It owns what you register unless you name another."
    )

    def __init__(self, user: User, data: Any = None) -> None:
        names = ("first_name", "last_name", "email", "orcid", "primary_group")
        super().__init__(data, initial={name: getattr(user, name) for name in names})
        groups: Any = self.fields["primary_group"]
        groups.queryset = Group.objects.of(user)
        groups.empty_label = "The first of my groups"
        for name, hint in {"first_name": "given-name", "last_name": "family-name", "email": "email"}.items():
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["orcid"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_orcid(self) -> str:
        """An ORCID iD that was copied well; its web address is taken, too."""
        orcid = bare_orcid(self.cleaned_data["orcid"])
        if orcid and not is_orcid(orcid):
            raise forms.ValidationError(
                "This is not a valid ORCID iD: it has 16 characters, and the last one checks the others."
            )
        return orcid

    def as_body(self) -> dict[str, Any]:
        """What the API is sent."""
        group = self.cleaned_data["primary_group"]
        return {**self.cleaned_data, "primary_group": str(group.pk) if group else None}


class TokenForm(forms.Form):
    """A new API token: its name, and how long it opens anything."""

    name = forms.CharField(max_length=100, help_text="Where it will be used, for example “login node”.")
    days = forms.ChoiceField(
        label="Valid for",
        required=False,
        initial="365",
        choices=[("365", "One year"), ("90", "90 days"), ("30", "30 days"), ("", "Until it is revoked")],
    )

    def as_body(self) -> dict[str, Any]:
        """What the API is sent."""
        days = self.cleaned_data["days"]
        end = timezone.now() + timedelta(days=int(days)) if days else None
        return {"name": self.cleaned_data["name"], "expires_at": end.isoformat() if end else None}


class PreferencesForm(forms.ModelForm):
    """How somebody likes the pages."""

    class Meta:
        model = Preferences
        fields = ("theme", "page_size", "time_zone")
        labels = {"page_size": "Rows per page"}
        help_texts = {
            "theme": "In every browser where you are signed in.",
            "time_zone": "Leave empty for the server’s time zone. The API always uses UTC.",
        }
        widgets = {
            "theme": forms.RadioSelect,
            "time_zone": forms.TextInput(
                attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}
            ),
        }


class GroupForm(forms.Form):
    """What a group is called and what it is."""

    name = forms.CharField(max_length=150)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    url = forms.URLField(
        label="Web address",
        required=False,
        assume_scheme="https",
        help_text="Its home page or ROR URL; it is written into RO-Crates.",
    )

    def __init__(self, group: Group, data: Any = None) -> None:
        names = ("name", "description", "url")
        super().__init__(data, initial={name: getattr(group, name) for name in names})


class MemberForm(forms.Form):
    """Who is to be in a group, and as what."""

    username = forms.CharField(label="User name", max_length=150)
    role = forms.ChoiceField(choices=ROLES, initial="member")


class CredentialsForm(forms.Form):
    """What a source wants to be told of who asks a server; secrets that were typed are never sent back."""

    def __init__(self, data: Any = None, *, server: Any) -> None:
        kept = server.own_key.shown if server.own_key else {}
        super().__init__(data, label_suffix="", auto_id=f"id_%s_{server.pk}", initial=kept)
        for one in source_named(server.source).credential_fields:
            self.fields[one.name] = _credential(one)

    def values(self) -> dict[str, str]:
        """Those that were given, by the names of the source."""
        return {name: value for name, value in self.cleaned_data.items() if value}


def _credential(told: CredentialField) -> forms.CharField:
    """A field as the source describes it; a certificate has lines."""
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    has_lines = "certificate" in told.name
    widget: forms.Widget = forms.Textarea({**attrs, "rows": 3}) if has_lines else forms.TextInput(attrs)
    if told.secret:
        widget = forms.PasswordInput(render_value=False, attrs=attrs)
    said = {"required": f"{told.label} is needed to sign in."}
    return forms.CharField(
        label=told.label, help_text=escape(told.help), required=told.required, max_length=LONGEST_VALUE,
        widget=widget, error_messages=said, validators=[] if has_lines else [NO_BLANKS],
    )  # fmt: skip
