"""What the list of workflows is narrowed by."""

from django import forms

from web.lists.forms import OwnedFilterForm
from web.lists.query import ApiList
from web.templatetags.runs import ENGINE_NAMES
from workflows.records import Engine
from workflows.views import WorkflowViewSet

ENGINES = [(one.value, ENGINE_NAMES[one]) for one in Engine]
WORKFLOWS = ApiList(WorkflowViewSet, "workflow-list", "workflows list", ("engine",))


class WorkflowFilterForm(OwnedFilterForm):
    """By engine, and by who may see them, too."""

    engine = forms.ChoiceField(required=False, choices=[("", "Any engine"), *ENGINES])
    public = forms.ChoiceField(
        label="Visible to",
        required=False,
        choices=[("", "Any"), ("true", "Everyone"), ("false", "Selected people")],
    )

    field_order = ("search", "engine", "owner", "owned_by", "public")
