"""What the page of a version tells beside its files: README, parameters, where it is kept, where images come from."""

from dataclasses import dataclass
from typing import Any

from web.lists.paging import Excerpt
from web.workflows.text import FileText, text_of
from workflows.models import WorkflowVersion
from workflows.records import FileType, VersionState
from workflows.version_states import allowed_from

PARAMETERS_SHOWN = 500
LONGEST_README = 100_000  # letters that are formatted
REPOSITORY_NAMES = {
    "provider": "Provider",
    "full_id": "Full name",
    "branch": "Branch",
    "tag": "Tag",
    "commit": "Commit",
    "main_path": "Main file",
    "readme_path": "README",
}
STATE_BADGES: dict[str, tuple[str, str]] = {  # in a word, and the status that has the same colour
    VersionState.DRAFT: ("Draft", "pending"),
    VersionState.ACTIVE: ("Active", "success"),
    VersionState.DEPRECATED: ("Deprecated", "paused"),
    VersionState.WITHDRAWN: ("Withdrawn", "failed"),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter that the version declares."""

    name: str
    type: str
    description: str
    optional: bool
    has_default: bool
    default: Any
    values: list[Any]


def told_of(version: WorkflowVersion, files: list[Any]) -> dict[str, Any]:
    """All of it, from the row and the files that the page shows anyway."""
    state = VersionState(version.state)
    return {
        "state": STATE_BADGES[state],
        "next_states": [
            (one.value, STATE_BADGES[one][0]) for one in allowed_from(state, is_released=version.is_committed)
        ],
        "readme": readme_of(files),
        "definition": next((one for one in files if one.data_type == FileType.MAIN), None),
        "declared": declared_by(version.parameter_template),
        "repository": repository_of(version),
        "requirements": list(version.requirements.items()),
        "registries": registries_of(version.container_registry_map),
    }


def readme_of(files: list[Any]) -> FileText | None:
    """The text of the first README; None where there is none that can be read."""
    file = next((one for one in files if one.data_type == FileType.README), None)
    text = text_of(file) if file else None
    return text if text and text.is_text and len(text.whole) <= LONGEST_README else None


def declared_by(template: dict[str, Any]) -> Excerpt:
    """The parameters of a template, in its order."""
    rows = [_declared(name, told) for name, told in list(template.items())[:PARAMETERS_SHOWN]]
    return Excerpt(rows, len(template) - len(rows))


def _declared(name: str, told: Any) -> Declared:
    known = told if isinstance(told, dict) else {}
    values = known.get("values")
    return Declared(
        name=name,
        type=str(known.get("type", "any")),
        description=str(known.get("description", "")),
        optional=known.get("optional") is True,
        has_default="default" in known,
        default=known.get("default"),
        values=values if isinstance(values, list) else [],
    )


def repository_of(version: WorkflowVersion) -> list[tuple[str, Any]]:
    """Where the code is kept: what is known by its words, and whatever else is told."""
    told = version.repository
    known = [(words, told[name]) for name, words in REPOSITORY_NAMES.items() if told.get(name)]
    others = [(name, value) for name, value in told.items() if name not in REPOSITORY_NAMES and value]
    return known + others


def registries_of(told: dict[str, Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The map of registries by its parts, each as names with values; HealthOmics writes lists of objects."""
    return [(name.replace("_", " "), _pairs(value)) for name, value in told.items()]


def _pairs(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    items = value if isinstance(value, list) else [value]
    return [_pair(one) for one in items]


def _pair(one: Any) -> tuple[str, Any]:
    """The first member of an object leads to the others."""
    said = [str(value) for value in one.values() if value not in (None, "")] if isinstance(one, dict) else []
    return (said[0], " ".join(said[1:])) if said else ("", one)
