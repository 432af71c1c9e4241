"""Galaxy servers, imports and what is known of invocations in the admin pages. Keys are nowhere to be read."""

from typing import Any

from django import forms
from django.contrib import admin

from common.admin import RecordAdmin
from common.errors import RegistryError
from common.trail import tell
from galaxy_import.key_checks import account_of
from galaxy_import.keys import share_key
from galaxy_import.models import GalaxyDataset, GalaxyImport, GalaxyInvocation, GalaxyServer
from galaxy_import.serializers import LONGEST_KEY, is_printable
from galaxy_import.servers import list_servers_of_settings, name_of
from run_sources.errors import AddressRefused
from run_sources.http.addresses import read_base

SECRETS = ("new_shared_key", "clear_shared_key")
WARNING = (
    "Read with care: everybody who has no key of their own here imports with this one, and so can bring in whatever "
    "its account may see. Use an account that sees only what everybody may. It is tested when it is stored, kept "
    "encrypted, and never shown. Empty: as it is."
)


class GalaxyServerForm(forms.ModelForm):
    """A server; its shared key can be set or cleared, and not be read."""

    new_shared_key = forms.CharField(
        required=False,
        max_length=LONGEST_KEY,
        label="Shared key",
        help_text=WARNING,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )
    clear_shared_key = forms.BooleanField(required=False, label="Clear the shared key")

    class Meta:
        model = GalaxyServer
        fields = ("name", "url", "is_enabled", "is_listed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False

    def clean_url(self) -> str:
        """The base address, in the one way of writing it."""
        try:
            return read_base(self.cleaned_data["url"])
        except AddressRefused as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean_new_shared_key(self) -> str:
        """What can be a key; it is not repeated in what is said of it."""
        key: str = self.cleaned_data["new_shared_key"]
        if not is_printable(key):
            raise forms.ValidationError("This is no API key.")
        return key

    def clean(self) -> dict[str, Any]:
        """A server without a name is called after its host; one key is either set or cleared."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("url") and not given.get("name"):
            given["name"] = name_of(given["url"])
        if given.get("new_shared_key") and given.get("clear_shared_key"):
            self.add_error("clear_shared_key", "Either set a key or clear it.")
        return given


@admin.register(GalaxyServer)
class GalaxyServerAdmin(RecordAdmin):
    """The servers that may be asked. The address of one stays: keys are stored for it."""

    form = GalaxyServerForm
    list_display = ("name", "url", "is_enabled", "is_listed", "is_from_settings", "shared_account")
    list_filter = ("is_enabled", "is_listed")
    search_fields = ("name", "url")
    ordering = ("name",)
    fields = (
        "name", "url", "is_enabled", "is_listed", "shared_account", "new_shared_key", "clear_shared_key",
        "id", "created", "modified",
    )  # fmt: skip
    readonly_fields = ("shared_account", "id", "created", "modified")

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Keys must not go to another address than they were meant for."""
        return (*self.readonly_fields, "url") if obj else self.readonly_fields

    def get_queryset(self, request: Any) -> Any:
        """With those that GALAXY_SERVERS names."""
        list_servers_of_settings()
        return super().get_queryset(request)

    def changeform_view(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> Any:
        """A key is tested before the page's transaction begins: nothing else has to wait for another server."""
        if request.method == "POST" and request.POST.get("new_shared_key"):
            request.galaxy_account = self._tested(request, object_id)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form that knows what the server said of the key."""
        kind = super().get_form(request, obj, change=change, **kwargs)
        outcome = getattr(request, "galaxy_account", None)

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
            share_key(obj, key, request.galaxy_account if key else "")
        super().save_model(request, obj, form, change)
        if key or clears:
            done = [None, "set"] if key else ["set", None]
            tell(obj, "updated", by=request.user, changes={"shared key": done})

    def _tested(self, request: Any, object_id: Any) -> str | RegistryError | None:
        """Who the key signs in as, or what was wrong; None where the form is not right yet, or nobody may send it."""
        obj = self.get_object(request, object_id) if object_id else None
        allowed = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        form = GalaxyServerForm(request.POST, instance=obj)
        if obj:
            del form.fields["url"]
        if not allowed or not form.is_valid():
            return None
        server = GalaxyServer(
            url=obj.url if obj else form.cleaned_data["url"], is_listed=form.cleaned_data["is_listed"]
        )
        try:
            return account_of(server, form.cleaned_data["new_shared_key"])
        except RegistryError as problem:
            return problem


class _Kept(admin.ModelAdmin):
    """To look at."""

    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Requests and workers make them."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Workers change them."""
        return False


@admin.register(GalaxyImport)
class GalaxyImportAdmin(_Kept):
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
    list_filter = ("state", "kind", "server")
    search_fields = ("url", "galaxy_id")
    list_select_related = ("owner",)


@admin.register(GalaxyInvocation)
class GalaxyInvocationAdmin(_Kept):
    """What is known of runs as invocations."""

    list_display = ("invocation_id", "server", "workflowrun", "state", "asked_at")
    list_filter = ("server",)
    search_fields = ("invocation_id", "uuid")
    list_select_related = ("server", "workflowrun")


@admin.register(GalaxyDataset)
class GalaxyDatasetAdmin(_Kept):
    """What is known of their inputs and outputs."""

    list_display = ("name", "src", "galaxy_id", "data_type", "condition", "size", "workflowrun")
    list_filter = ("condition", "data_type")
    search_fields = ("name", "galaxy_id")
    list_select_related = ("workflowrun",)


def _said(problem: RegistryError | None) -> str:
    if problem is None:
        return "The key was not tested: mend what else is wrong, and give it again."
    return problem.violations[0].message if problem.violations else problem.message
