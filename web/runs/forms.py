"""The form behind "Filters": a field for each condition that people narrow a list by."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString

from accounts.models import Group, User
from common.identifiers import uuid_of
from web.runs.query import SEVERAL, RunQuery
from web.runs.words import LABELS, said
from web.templatetags.runs import ENGINE_NAMES, STATUS_NAMES, local
from workflows.models import Workflow, WorkflowVersion
from workflows.records import Engine, RunStatus

MOST = 200  # workflows and versions to choose from; the rest is reached from their own pages
EITHER = [("", "Any"), ("true", "Yes"), ("false", "No")]
TIMES = tuple(
    f"{what}_{side}"
    for what in ("started", "completed", "created", "modified")
    for side in ("after", "before")
)
GROUPS = {
    "Run": ("name", "workflow", "workflowversion", "source_status"),
    "People": ("owner", "owned_by", "public", "deleted"),
    "Time": (*TIMES[:6], "duration_min", "duration_max"),
    "Content": ("parameter", "tag", "annotation", "checksum", "dataset", "datafile"),
    "Origin": ("is_imported", "source", "external_id"),
}
SHOWN = (*SEVERAL, *(name for names in GROUPS.values() for name in names))
HINTS = {
    "parameter": "genome:hg38",
    "tag": "organism:human",
    "annotation": "organism:Homo sapiens",
    "checksum": "SHA-256 or MD5",
    "dataset": "ID of a dataset",
    "datafile": "ID of a file",
    "name": "Part of the name",
}


class RunFilterForm(forms.Form):
    """Shows what is asked for, and lets more be asked; it is sent by GET, and the API's filters judge it."""

    status = forms.MultipleChoiceField(
        choices=[(one.value, STATUS_NAMES[one]) for one in RunStatus], widget=forms.CheckboxSelectMultiple
    )
    engine = forms.MultipleChoiceField(
        choices=[(one.value, ENGINE_NAMES[one]) for one in Engine], widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField()
    workflow = forms.ChoiceField()
    workflowversion = forms.ChoiceField()
    owner = forms.ChoiceField()
    owned_by = forms.ChoiceField()
    started_after = forms.CharField()
    started_before = forms.CharField()
    completed_after = forms.CharField()
    completed_before = forms.CharField()
    created_after = forms.CharField()
    created_before = forms.CharField()
    modified_after = forms.CharField()
    modified_before = forms.CharField()
    duration_min = forms.CharField(widget=forms.NumberInput(attrs={"min": 0, "step": "any"}))
    duration_max = forms.CharField(widget=forms.NumberInput(attrs={"min": 0, "step": "any"}))
    parameter = forms.CharField()
    tag = forms.CharField()
    annotation = forms.CharField()
    checksum = forms.CharField()
    dataset = forms.CharField()
    datafile = forms.CharField()
    used = forms.CharField()
    produced = forms.CharField()
    rerun_of = forms.CharField()
    source = forms.CharField()
    source_status = forms.CharField()
    external_id = forms.CharField()
    public = forms.ChoiceField(choices=EITHER)
    is_imported = forms.ChoiceField(choices=EITHER)
    deleted = forms.ChoiceField(choices=[("", "No"), ("true", "Yes")])

    def __init__(self, query: RunQuery) -> None:
        super().__init__(initial=_shown(query), label_suffix="", auto_id="filter_%s")
        self.query = query
        for name, one in self.fields.items():
            one.label, one.required = LABELS[name], False
            one.widget.attrs["autocomplete"] = "off"
            if name in HINTS:
                one.widget.attrs["placeholder"] = HINTS[name]
        for name in TIMES:
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "any"})
        self.fields["duration_min"].label = "Took at least (seconds)"
        self.fields["duration_max"].label = "Took at most (seconds)"
        self._choose()

    @property
    def several(self) -> list[Any]:
        """The fields of which more than one value can be chosen."""
        return [self[name] for name in SEVERAL]

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The others, by what they are about; versions are those of the workflow that is chosen."""
        left_out = () if "workflow" in self.query.data else ("workflowversion",)
        return [
            (title, [self[name] for name in names if name not in left_out]) for title, names in GROUPS.items()
        ]

    def editor(self, name: str) -> SafeString:
        """The field in which the value of a chip is changed."""
        return self[name].as_widget(attrs={"id": f"chip_{name}"})

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the address asks for beyond the fields that all filters are shown with: it is sent along."""
        return [(name, value) for name, value in self.query.pairs if name not in SHOWN]

    def _choose(self) -> None:
        user: Any = self.query.request.user
        workflows = Workflow.objects.visible_to(user).order_by("name").values_list("pk", "name")[:MOST]
        choices = {
            "workflow": list(workflows),
            "workflowversion": self._versions(user),
            "owner": [(user.pk, "Me"), *self._colleagues(user)],
            "owned_by": list(Group.objects.visible_to(user).values_list("pk", "name")[:MOST]),
        }
        for name, known in choices.items():
            self._offer(name, [(str(key), label) for key, label in known])

    def _colleagues(self, user: Any) -> list[tuple[Any, str]]:
        """Who shares a group with the user."""
        people = User.objects.filter(memberships__group__in=user.group_ids()).exclude(pk=user.pk).distinct()
        return [(one.pk, one.full_name) for one in people.order_by("username")[:MOST]]

    def _versions(self, user: Any) -> list[tuple[Any, str]]:
        chosen = uuid_of(self.query.data.get("workflow", ""))
        if not chosen:
            return []
        versions = WorkflowVersion.objects.visible_to(user).filter(workflow=chosen).order_by("-index")
        return list(versions.values_list("pk", "name")[:MOST])

    def _offer(self, name: str, known: list[tuple[str, str]]) -> None:
        """What may be chosen, and what is chosen already."""
        present = self.query.data.get(name)
        if present and present not in dict(known):
            known = [*known, (present, said(self.query, name, present))]
        widget: Any = self.fields[name]
        widget.choices = [("", "Any"), *known]


def _shown(query: RunQuery) -> dict[str, Any]:
    values: dict[str, Any] = query.data.dict()
    values.update({name: query.data.getlist(name) for name in SEVERAL})
    values.update({name: _local(values[name]) for name in TIMES if name in values})
    return values


def _local(value: str) -> str:
    """A time as the browser's own field takes it, in the zone of the page."""
    try:
        moment = parse_datetime(value)
    except ValueError:
        return value
    return local(moment).replace(tzinfo=None).isoformat() if moment and moment.tzinfo else value
