"""Servers, imports and what is known of imported runs in the admin pages. Secrets are nowhere to be read."""

from typing import Any

from django import forms
from django.contrib import admin

from common.admin import RecordAdmin
from common.errors import RegistryError
from common.trail import tell
from run_import.credential_checks import account_of
from run_import.credentials import share_credentials
from run_import.models import ImportedRun, RunImport, RunServer
from run_import.servers import base_of_server, list_servers_of_settings, name_of
from run_import.shared_fields import fields_of
from run_import.sources import every_source
from run_sources.errors import AddressRefused

LONGEST = 10_000  # letters of a shared key
SECRETS = ("new_shared_key", "clear_shared_key")
WARNING = (
    "Read with care: everybody who has no key of their own here imports with this one, and so can bring in whatever "
    "its account may see. Use an account that sees only what everybody may. It is tested when it is stored, kept "
    "encrypted, and never shown. Empty: as it is."
)


class RunServerForm(forms.ModelForm):
    """A server; its shared key can be set or cleared, and not be read."""

    new_shared_key = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="Shared key",
        help_text=WARNING,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )
    clear_shared_key = forms.BooleanField(required=False, label="Clear the shared key")

    class Meta:
        model = RunServer
        fields = ("source", "name", "url", "is_enabled", "is_listed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        if "source" in self.fields:
            titles = [(one.name, one.title) for one in every_source()]
            self.fields["source"] = forms.ChoiceField(choices=titles, initial=titles[0][0], required=False)

    def clean_source(self) -> str:
        """The first of the sources, unless another one is chosen."""
        return self.cleaned_data["source"] or every_source()[0].name

    def clean_url(self) -> str:
        """The base address, in the one way of writing it."""
        try:
            return base_of_server(self.source, self.cleaned_data["url"])
        except AddressRefused as problem:
            raise forms.ValidationError(str(problem)) from None

    @property
    def source(self) -> str:
        """Which kind of server it is: that of one which is there stays."""
        return str(self.cleaned_data.get("source") or self.instance.source or every_source()[0].name)

    def clean_new_shared_key(self) -> dict[str, str]:
        """The fields that it holds; what was given is not repeated in what is said of it."""
        return fields_of(self.source, self.cleaned_data["new_shared_key"])

    def clean(self) -> dict[str, Any]:
        """A server without a name is called after its host; one key is either set or cleared."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("url") and not given.get("name"):
            given["name"] = name_of(given["url"])
        if given.get("new_shared_key") and given.get("clear_shared_key"):
            self.add_error("clear_shared_key", "Either set a key or clear it.")
        return given


@admin.register(RunServer)
class RunServerAdmin(RecordAdmin):
    """The servers that may be asked. The address of one stays: keys are stored for it."""

    form = RunServerForm
    list_display = ("name", "source", "url", "is_enabled", "is_listed", "is_from_settings", "shared_account")
    list_filter = ("source", "is_enabled", "is_listed")
    search_fields = ("name", "url")
    ordering = ("name",)
    fields = (
        "source", "name", "url", "is_enabled", "is_listed", "shared_account", "new_shared_key", "clear_shared_key",
        "id", "created", "modified",
    )  # fmt: skip
    readonly_fields = ("shared_account", "id", "created", "modified")

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Keys must not go to another address than they were meant for."""
        return (*self.readonly_fields, "source", "url") if obj else self.readonly_fields

    def get_queryset(self, request: Any) -> Any:
        """With those that the settings name."""
        list_servers_of_settings()
        return super().get_queryset(request)

    def changeform_view(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> Any:
        """A key is tested before the page's transaction begins: nothing else has to wait for another server."""
        if request.method == "POST" and request.POST.get("new_shared_key"):
            request.tested_account = self._tested(request, object_id)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form that knows what the server said of the key."""
        kind = super().get_form(request, obj, change=change, **kwargs)
        outcome = getattr(request, "tested_account", None)

        class Tested(kind):  # type: ignore[valid-type]
            """With the outcome of the test."""

            def clean(self) -> dict[str, Any]:
                """Refuse a key that the server did not take."""
                given: dict[str, Any] = super().clean()
                if given.get("new_shared_key") and not isinstance(outcome, str):
                    self.add_error("new_shared_key", _said(outcome))
                return given

        return Tested

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """What is secret goes into no history."""
        given = form.cleaned_data
        key, clears = given.pop("new_shared_key"), given.pop("clear_shared_key")
        form.changed_data = [name for name in form.changed_data if name not in SECRETS]
        if key or clears:
            share_credentials(obj, key or {}, request.tested_account if key else "")
        super().save_model(request, obj, form, change)
        if key or clears:
            done = [None, "set"] if key else ["set", None]
            tell(obj, "updated", by=request.user, changes={"shared key": done})

    def _tested(self, request: Any, object_id: Any) -> str | RegistryError | None:
        """Who the key signs in as, or what was wrong; None where the form is not right yet, or nobody may send it."""
        obj = self.get_object(request, object_id) if object_id else None
        allowed = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        form = RunServerForm(request.POST, instance=obj)
        if obj:
            del form.fields["source"], form.fields["url"]
        if not allowed or not form.is_valid():
            return None
        server = RunServer(
            source=obj.source if obj else form.source,
            url=obj.url if obj else form.cleaned_data["url"],
            is_listed=form.cleaned_data["is_listed"],
        )
        try:
            return account_of(server, form.cleaned_data["new_shared_key"])
        except RegistryError as problem:
            return problem


class Kept(admin.ModelAdmin):
    """To look at."""

    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Requests and workers make them."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Workers change them."""
        return False


@admin.register(RunImport)
class RunImportAdmin(Kept):
    """Background work that brings runs in."""

    list_display = (
        "url",
        "kind",
        "state",
        "phase",
        "jobs_done",
        "jobs_total",
        "attempts",
        "owner",
        "created",
    )
    list_filter = ("state", "kind", "server__source", "server")
    search_fields = ("url", "external_id")
    list_select_related = ("owner",)


@admin.register(ImportedRun)
class ImportedRunAdmin(Kept):
    """What is known of imported runs."""

    list_display = ("external_id", "server", "workflowrun", "state", "asked_at")
    list_filter = ("server",)
    search_fields = ("external_id", "uuid")
    list_select_related = ("server", "workflowrun")


def _said(problem: RegistryError | None) -> str:
    if problem is None:
        return "The key was not tested: mend what else is wrong, and give it again."
    return problem.violations[0].message if problem.violations else problem.message
