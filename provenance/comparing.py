"""Two to five runs beside each other: what differs, and if wanted what is the same."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import orjson

from common.models.access import UserLike
from provenance.briefs import runs_in_short
from provenance.conditions import INTO_RUN, OUT_OF_RUN, SHA256_OF_NOTHING
from provenance.contents import compared_files, files_of, hidden_datasets
from workflows.models import WorkflowRun, WorkflowRunJob, WorkflowRunParameter, WorkflowRunStep

FACTS = (
    "name", "status", "status_basis", "message", "started_at", "completed_at", "duration", "run_command", "source",
    "source_url", "external_id", "license",
)  # fmt: skip
VERSION = {
    "workflow": "workflowversion__workflow__name",
    "version": "workflowversion__name",
    "engine": "workflowversion__workflow__workflow_manager",
    "engine_version": "workflowversion__engine_version",
    "commit_hash": "workflowversion__commit_hash",
    "content_digest": "workflowversion__content_digest",
    "repository_url": "workflowversion__workflow__repository_url",
}
MISSING = object()
DEEPEST = 5  # levels of an environment that are compared name by name
Values = list[dict[str, Any]]


def compare(ids: list[UUID], user: UserLike, *, everything: bool, limit: int) -> dict[str, Any]:
    """The comparison as it stands on the wire. Whoever asks has seen to it that the runs may be seen."""
    rows = {row["id"]: row for row in _runs(ids)}
    runs = [rows[key] for key in ids]
    inputs = files_of(ids, user, INTO_RUN)
    outputs = files_of(ids, user, OUT_OF_RUN)
    sections = {
        "facts": _table([{name: run[name] for name in FACTS} for run in runs]),
        "workflow": _table([_version(run) for run in runs]),
        "parameters": _table(_named(ids, WorkflowRunParameter, ("name", "value"), _parameter)),
        "environment": _table([_flat(run["run_environment"]) for run in runs]),
        "tools": _table(_tools(ids)),
        "containers": _table(_containers(ids)),
        "inputs": compared_files(inputs),
        "outputs": compared_files(outputs),
    }
    briefs = runs_in_short(ids)
    hidden = hidden_datasets(ids, user)
    return {
        "runs": [{**briefs[str(key)], "hidden_datasets": hidden.get(key, 0)} for key in ids],
        "files_are_whole": inputs.is_whole and outputs.is_whole,
        **{name: _section(lines, everything=everything, limit=limit) for name, lines in sections.items()},
    }


def _section(lines: list[dict[str, Any]], *, everything: bool, limit: int) -> dict[str, Any]:
    """How many lines differ and how many do not, and those that are wanted; what differs comes first."""
    different = [line for line in lines if not line["is_same"]]
    same = [line for line in lines if line["is_same"]]
    wanted = different + same if everything else different
    return {
        "different": len(different),
        "same": len(same),
        "more": max(0, len(wanted) - limit),
        "rows": wanted[:limit],
    }


def _table(columns: Values) -> list[dict[str, Any]]:
    """One line for each name that any run has; a run may lack it."""
    names = sorted({name for column in columns for name in column})
    return [_line(name, [column.get(name, MISSING) for column in columns]) for name in names]


def _line(name: str, values: list[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "is_same": len({_key(value) for value in values}) == 1,
        "is_set": [value is not MISSING for value in values],
        "values": [None if value is MISSING else value for value in values],
    }


def _key(value: Any) -> bytes | None:
    """Equal for equal JSON: 1 is not true, and the order of names in an object does not matter."""
    return None if value is MISSING else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


# --- what is compared -----------------------------------------------------------------------------------------


def _runs(ids: list[UUID]) -> Any:
    return WorkflowRun.objects.filter(pk__in=ids).values(
        "id", *FACTS, "run_environment", "workflowversion_id", *VERSION.values()
    )


def _version(run: dict[str, Any]) -> dict[str, Any]:
    if run["workflowversion_id"] is None:
        return {}
    facts = {name: run[column] for name, column in VERSION.items()}
    if facts["content_digest"] == SHA256_OF_NOTHING:
        facts["content_digest"] = ""  # no files are known, which is no content to compare
    return {"version_id": run["workflowversion_id"], **facts}


def _parameter(row: tuple[Any, ...]) -> tuple[str, Any]:
    return row[0], row[1]


def _named(
    ids: list[UUID], model: Any, columns: tuple[str, ...], pair: Callable[[tuple[Any, ...]], tuple[str, Any]]
) -> Values:
    found: dict[UUID, dict[str, Any]] = {key: {} for key in ids}
    for run, *values in model.objects.filter(workflowrun__in=ids).values_list("workflowrun_id", *columns):
        name, value = pair(tuple(values))
        found[run][name] = value
    return [found[key] for key in ids]


def _tools(ids: list[UUID]) -> Values:
    """Each tool of a run with the versions that its steps name."""
    rows = WorkflowRunStep.objects.filter(workflowrun__in=ids)
    columns = ("workflowrun_id", "tool_id", "tool_name", "tool_version")
    named = (
        (run, tool_name or tool_id, version)
        for run, tool_id, tool_name, version in rows.values_list(*columns).distinct()
    )
    return _gathered(ids, ((run, name, version) for run, name, version in named if name))


def _containers(ids: list[UUID]) -> Values:
    """Each image of a run, by its name without tag or digest, with the tags and digests of steps and jobs."""
    found = set()
    for model in (WorkflowRunStep, WorkflowRunJob):
        rows = model.objects.filter(workflowrun__in=ids).exclude(container_image="")
        found |= set(rows.values_list("workflowrun_id", "container_image").distinct())
    return _gathered(ids, ((run, *_image(image)) for run, image in found))


def _image(text: str) -> tuple[str, str]:
    """``quay.io:443/salmon:1.10`` is the image ``quay.io:443/salmon`` with the tag ``1.10``."""
    name, at, digest = text.partition("@")
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, digest
    return path, f"{tag}@{digest}" if at else tag


def _gathered(ids: list[UUID], triples: Iterable[tuple[UUID, str, str]]) -> Values:
    found: dict[UUID, dict[str, set[str]]] = {key: {} for key in ids}
    for run, name, value in triples:
        found[run].setdefault(name, set()).add(value)
    return [{name: sorted(values) for name, values in found[key].items()} for key in ids]


def _flat(value: Any, name: str = "", depth: int = 0) -> dict[str, Any]:
    """An environment as names and values: ``{"a": {"b": 1}}`` is ``a.b`` = 1."""
    if isinstance(value, dict) and value and depth < DEEPEST:
        parts = [
            _flat(inner, f"{name}.{key}" if name else str(key), depth + 1) for key, inner in value.items()
        ]
        return {key: inner for part in parts for key, inner in part.items()}
    return {} if value is None and not name else {name: value}
