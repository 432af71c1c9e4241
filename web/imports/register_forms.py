"""The form that corrects what was found in a directory."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import yaml
from django import forms
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from run_directories.careful_yaml import refusal_of
from run_directories.wire import cleaned, plain
from run_registration.models import DirectoryRegistration
from run_registration.places import boxes_holding
from workflows.models import WorkflowVersion
from workflows.records import RunStatus

MOST_VERSIONS = 200
BLANK_PATTERNS, MOST_PATTERNS = 3, 50
MOMENT = "%Y-%m-%dT%H:%M:%S"
TIMES = ("started_at", "completed_at")
IGNORED = "IGNORE"
ROLES = [
    ("INPUT", "are inputs"),
    ("OUTPUT", "are outputs"),
    ("PARAMETER", "are parameter files"),
    ("CONFIG", "are configuration"),
    ("REPORT", "are reports"),
    ("LOG", "are logs"),
    ("WORKFLOW", "belong to the workflow"),
    (IGNORED, "are left out"),
]


def _moment_field(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local", "step": "1"})
    return forms.DateTimeField(label=label, required=False, widget=widget)


class CorrectionsForm(forms.Form):
    """What a person says about the run, over what was found; ``corrections()`` as a runstead.yaml spells it."""

    name = forms.CharField(label="Name", required=False, max_length=255)
    description = forms.CharField(
        label="Description", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    status = forms.ChoiceField(label="Status", required=False)
    message = forms.CharField(label="Reason for the status", required=False, max_length=2000)
    started_at = _moment_field("Started")
    completed_at = _moment_field("Ended")
    version = forms.ChoiceField(label="Workflow version", required=False)
    workflow = forms.CharField(
        label="Or a new workflow", required=False, max_length=255, help_text="Its name."
    )
    parameters = forms.CharField(
        label="Parameters to add or change",
        required=False,
        max_length=100_000,
        help_text="One per line, for example <code>threads: 4</code>",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
    )
    run = forms.ChoiceField(label="Which run", required=False)
    owned_by = forms.ChoiceField(label="Group", required=False)
    public = forms.BooleanField(
        label="Make the run public", required=False, help_text="Everyone who is signed in may see it."
    )

    def __init__(self, data: Any = None, *, work: DirectoryRegistration, user: Any) -> None:
        self.work, found, told = work, work.findings, work.corrections
        super().__init__(data, label_suffix="", initial=self._initial(found, told))
        statuses = [("", f"As found{_after(found.get('status', '').capitalize())}")]
        self._choices("status", statuses + [(one.value, one.value.capitalize()) for one in RunStatus])
        self._choices("version", _versions(found, user))
        runs = [(one["id"], f"{one['name']} ({one['status'].lower()})") for one in found.get("runs", ())]
        self._choices("run", runs)
        if len(runs) < 2:
            del self.fields["run"]
        for name in TIMES:
            self.fields[name].help_text = f"Time zone: {timezone.get_current_timezone_name()}."
        boxes = boxes_holding(work.path, user)
        self._choices("owned_by", [(str(box.group_id), box.group.name) for box in boxes])
        if len(boxes) < 2:
            del self.fields["owned_by"]
        count = min(len(_patterns_of(told)) + BLANK_PATTERNS, MOST_PATTERNS)
        self.patterns = list(self._pattern_fields(count, _patterns_of(told)))

    def _initial(self, found: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        workflow, parameters = told.get("workflow", {}), told.get("parameters", {})
        return {
            "name": told.get("name") or found.get("name", ""),
            "description": told.get("description") or found.get("description", ""),
            "status": told.get("status", ""),
            "message": told.get("message", ""),
            **{name: _moment(told.get(name) or found.get(name, "")) for name in TIMES},
            "owned_by": str(self.work.owned_by_id),
            "version": workflow.get("version_id", ""),
            "workflow": workflow.get("name", ""),
            "parameters": yaml.safe_dump(parameters, allow_unicode=True, sort_keys=False)
            if parameters
            else "",
            "run": self.work.wanted_run or found.get("chosen", ""),
            "public": self.work.makes_public,
        }

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _pattern_fields(self, count: int, told: list[tuple[str, str]]) -> Iterator[tuple[Any, Any]]:
        """Pairs of fields; they are told from each other by their numbers, also for those who do not see them."""
        for number in range(count):
            glob, role = told[number] if number < len(told) else ("", "OUTPUT")
            label = f"Files like, {number + 1}"
            widget = forms.TextInput(
                attrs={"placeholder": "results/*.tsv", "aria-label": label, "spellcheck": "false"}
            )
            self.fields[f"glob-{number}"] = forms.CharField(
                label=label, required=False, max_length=500, initial=glob, widget=widget
            )
            select = forms.Select(attrs={"aria-label": f"What they are, {number + 1}"})
            self.fields[f"role-{number}"] = forms.ChoiceField(
                label=f"What they are, {number + 1}",
                required=False,
                choices=ROLES,
                initial=role,
                widget=select,
            )
            yield self[f"glob-{number}"], self[f"role-{number}"]

    def clean_parameters(self) -> dict[str, Any]:
        """Names with values, one a line."""
        text = self.cleaned_data["parameters"]
        try:
            if refusal := refusal_of(text):
                raise forms.ValidationError(refusal)
            given = yaml.safe_load(text) or {}
            if isinstance(given, dict):
                return {cleaned(str(name)): plain(value) for name, value in given.items()}
        except (yaml.YAMLError, ValueError, RecursionError) as problem:
            raise forms.ValidationError("Write one per line, for example threads: 4") from problem
        raise forms.ValidationError("Write one per line, for example threads: 4")

    @property
    def group_id(self) -> UUID | None:
        """The group that was chosen, None where there is no choice."""
        chosen = self.cleaned_data.get("owned_by")
        return UUID(chosen) if chosen else None

    def clean(self) -> dict[str, Any]:
        """What began before it ended."""
        given: dict[str, Any] = super().clean() or {}
        start, end = (given.get(name) for name in TIMES)
        if start and end and end < start:
            self.add_error("completed_at", "It cannot end before it started.")
        return given

    def corrections(self) -> dict[str, Any]:
        """What differs from what was found, or was corrected before."""
        given, found, before = self.cleaned_data, self.work.findings, self.work.corrections
        said = {
            name: given[name]
            for name in ("name", "description", "status", "message")
            if given[name] and (name in before or given[name] != found.get(name))
        }
        said |= self._said_of_times()
        names = {"version_id": given["version"], "name": given["workflow"]}
        if workflow := {name: value for name, value in names.items() if value}:
            said["workflow"] = workflow
        if given["parameters"]:
            said["parameters"] = given["parameters"]
        return said | self._said_of_files()

    def _said_of_times(self) -> dict[str, str]:
        """The form knows no parts of a second: a time that differs in no more was left as it was found."""
        given, found, before = self.cleaned_data, self.work.findings, self.work.corrections
        return {
            name: given[name].isoformat()
            for name in TIMES
            if given[name] and (name in before or given[name] != _moment(found.get(name, "")))
        }

    def _said_of_files(self) -> dict[str, Any]:
        patterns: dict[str, list[str]] = {}
        ignored: list[str] = []
        for number in range(len(self.patterns)):
            glob, role = self.cleaned_data[f"glob-{number}"], self.cleaned_data[f"role-{number}"]
            if glob and role == IGNORED:
                ignored.append(glob)
            elif glob:
                patterns.setdefault(role, []).append(glob)
        return {**({"patterns": patterns} if patterns else {}), **({"ignore": ignored} if ignored else {})}


def _moment(text: str) -> datetime | None:
    """A time as it is kept in JSON, to the second."""
    found = parse_datetime(text) if text else None
    if found is None:
        return None
    return (found if timezone.is_aware(found) else timezone.make_aware(found)).replace(microsecond=0)


def _after(word: str) -> str:
    return f": {word}" if word else ""


def _patterns_of(told: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(glob, role) for role, globs in told.get("patterns", {}).items() for glob in globs]
    return found + [(glob, IGNORED) for glob in told.get("ignore", ())]


def _versions(found: dict[str, Any], user: Any) -> list[tuple[str, str]]:
    """As it was found, or one of the newest versions that the user may see."""
    workflow = found.get("workflow") or {}
    named = " ".join(filter(None, (workflow.get("name", ""), workflow.get("version", ""))))
    rows = WorkflowVersion.objects.visible_to(user).select_related("workflow").order_by("-pk")
    newest = rows.annotate(of=F("workflow__name"))[:MOST_VERSIONS]
    return [
        ("", f"As found{_after(named)}"),
        *((str(one.pk), f"{one.workflow.name} {one.name}") for one in newest),
    ]
