"""What a person says about a workflow and its versions; the API judges it."""

from typing import Any

from django import forms

from accounts.models import Group, User
from web.edited import LongText
from web.tagged import TagLines
from web.workflows.filters import ENGINES
from workflows.models import Workflow, WorkflowVersion

MARKDOWN = "Markdown is supported."


class WorkflowForm(forms.Form):
    """A workflow as the API takes it."""

    name = forms.CharField(max_length=255)
    workflow_manager = forms.ChoiceField(label="Engine", choices=[("", "Choose…"), *ENGINES])
    description = LongText(rows=8, help_text=MARKDOWN)
    repository_url = forms.CharField(
        label="Repository",
        required=False,
        max_length=1000,
        widget=forms.URLInput(attrs={"placeholder": "https://…"}),
        help_text="Where its source code is kept.",
    )
    license = forms.CharField(
        label="Licence",
        required=False,
        max_length=100,
        help_text="An SPDX identifier, for example Apache-2.0.",
    )
    owned_by = forms.ChoiceField(label="Group", required=False, help_text="Its members can see the workflow.")
    public = forms.BooleanField(label="Visible to everyone who is signed in", required=False)

    def __init__(self, *args: Any, user: User, workflow: Workflow | None = None, **kwargs: Any) -> None:
        usual = user.default_group()
        kwargs.setdefault("initial", {"owned_by": str(usual.pk) if usual else ""})
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        groups = {str(one.pk): one.name for one in Group.objects.of(user)}
        if workflow is not None and workflow.owned_by:
            groups.setdefault(str(workflow.owned_by_id), workflow.owned_by.name)
        if not groups or (workflow is not None and workflow.owned_by is None):
            groups = {"": "None", **groups}
        self.fields["owned_by"].choices = list(groups.items())  # type: ignore[attr-defined]

    def body(self) -> dict[str, Any]:
        """What is sent to the API; without a group it chooses the person's own."""
        given = dict(self.cleaned_data)
        given["owned_by"] = given["owned_by"] or None
        if given["owned_by"] is None:
            del given["owned_by"]
        return given

    def changes(self) -> dict[str, Any]:
        """What is sent to change a workflow: an editor from elsewhere may not even name its group."""
        body = {**self.cleaned_data, "owned_by": self.cleaned_data["owned_by"] or None}
        return {name: body[name] for name in self.changed_data}

    @staticmethod
    def said_of(workflow: Workflow) -> dict[str, Any]:
        """The form's values for a workflow that there is."""
        names = ("name", "workflow_manager", "description", "repository_url", "license", "public")
        return {
            **{name: getattr(workflow, name) for name in names},
            "owned_by": str(workflow.owned_by_id or ""),
        }


class VersionForm(forms.Form):
    """A version as the API takes it."""

    name = forms.CharField(
        required=False, max_length=255, help_text="For example 1.4.0. Left empty, it is numbered: v1, v2, …"
    )
    description = LongText(rows=5, label="What is new", help_text=MARKDOWN)
    commit_hash = forms.CharField(
        label="Commit", required=False, max_length=64, help_text="In the repository of the workflow."
    )
    engine_version = forms.CharField(label="Engine version", required=False, max_length=60)
    tags = TagLines()

    def body(self) -> dict[str, Any]:
        """What is sent to the API."""
        return {name: value for name, value in self.cleaned_data.items() if value or name != "name"}

    def changes(self) -> dict[str, Any]:
        """What is sent to change a version; the API has something against one without a name."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    @staticmethod
    def said_of(version: WorkflowVersion) -> dict[str, Any]:
        """The form's values for a version that there is."""
        return {name: getattr(version, name) for name in VersionForm.base_fields}
