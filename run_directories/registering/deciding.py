"""What is to be sent: all of a run that the registry does not know, else what is new or other than it was."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from run_directories.planning import Plan
from run_directories.registering.comparing import changed_fields, changed_parts, steps_and_jobs
from run_directories.registering.known import (
    collection_of_run,
    files_of_run,
    known_files,
    links_of_run,
    run_of_origin,
)
from run_directories.registering.linking import Standing, linkable, without_own
from run_directories.registering.registry import Place, Registry
from run_directories.registering.versions import Version, Wanted, find_version, version_called

ENDED = ("SUCCESS", "FAILED", "CANCELLED", "SKIPPED")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller decided about the registration, beside what the run is. ``explicit`` are given fields."""

    transfer: str = "copy"
    public: bool = False
    explicit: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done. ``plan`` holds what is sent and linked, ``body`` is the request.

    ``run`` is the registry's where it is known. ``version`` was found; else ``wanted`` is to be made, if anything
    is known of the workflow. ``doomed`` are associations whose dataset is replaced by a new one.
    """

    plan: Plan
    body: dict[str, Any]
    run: dict[str, Any] | None = None
    version: Version | None = None
    wanted: Wanted | None = None
    doomed: tuple[str, ...] = ()
    changes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do."""
        return self.run is None or bool(self.changes)


def decide(api: Registry, plan: Plan, place: Place, choices: Choices) -> Decision:
    """Compare a plan, with its checksums, with what the registry has; nothing is written."""
    bare = replace(plan, run=replace(plan.run, jobs=()), datasets=(), outside=(), linked=())
    origin = bare.body("")["workflowrun"]  # as it is spelled in the request
    run = run_of_origin(api, origin.get("source", ""), origin.get("external_id", ""), place.group)
    return _new(api, plan, place, choices) if run is None else _again(api, plan, place, choices, run)


def _body(plan: Plan, place: Place, choices: Choices, run_id: str = "") -> dict[str, Any]:
    return plan.body(
        "", run_id=run_id, owned_by=place.group, transfer=choices.transfer, public=choices.public
    )


def _version_of(api: Registry, plan: Plan) -> tuple[Version | None, Wanted | None]:
    """The version that is named or found, and what to look for or make one by."""
    if plan.version_id:
        return version_called(api, plan.version_id), None
    if plan.run.workflow is None:
        return None, None
    wanted = Wanted.of(plan.run.workflow)
    return find_version(api, wanted), wanted


# --- a run that is new --------------------------------------------------------------------------------------


def _new(api: Registry, plan: Plan, place: Place, choices: Choices) -> Decision:
    contents = plan.checksums()
    plan = plan.linked_to(linkable(known_files(api, contents), contents))
    version, wanted = _version_of(api, plan)
    body = _body(plan, place, choices)
    body["workflowrun"]["workflowversion"] = version.id if version else None
    return Decision(plan, body, None, version, wanted, changes=("the run is new",))


# --- a run that is known ------------------------------------------------------------------------------------


def _again(api: Registry, plan: Plan, place: Place, choices: Choices, run: dict[str, Any]) -> Decision:
    has_ended = run["status"] in ENDED
    standing = Standing.of(files_of_run(api, run["id"]), plan, has_ended=has_ended)
    links = links_of_run(api, run["id"])
    contents = plan.checksums()
    plan = without_own(plan, standing)
    inputs = standing.inputs(links)
    further = known_files(api, contents - {file.sha256 for file in inputs})
    plan = plan.linked_to(linkable(further, contents, inputs))
    body = _body(plan, place, choices, run["id"])
    told = body["workflowrun"]
    version, wanted = (
        (None, None) if run["workflowversion"] and not plan.version_id else _version_of(api, plan)
    )
    fields = changed_fields(run, told, choices.explicit)
    if version and version.id != run["workflowversion"]:
        fields["workflowversion"] = version.id
    datasets = _new_datasets(body["datasets"], links)
    parts = changed_parts(api, run["id"], told) | (steps_and_jobs(told) if datasets else {})
    body |= {
        "workflowrun": {"id": run["id"], "new": False, **fields, **parts},
        "datasets": datasets,
        "collections": _collections(api, run["id"], body["collections"], datasets),
    }
    doomed = tuple(link["id"] for link in links if link["dataset"] in standing.stale)
    changes = tuple(_told(run, fields, parts, plan, datasets, doomed))
    is_version_missing = wanted is not None and version is None
    if is_version_missing:
        changes = (*changes, "the workflow version")
    return Decision(plan, body, run, version, wanted if is_version_missing else None, doomed, changes)


def _new_datasets(datasets: list[dict[str, Any]], links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those that are associated with the run already."""
    present = {(link["dataset"], link["data_type"]) for link in links}
    return [one for one in datasets if one["new"] or (one["id"], one["data_type"]) not in present]


def _collections(
    api: Registry, run: str, collections: list[dict[str, Any]], datasets: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The collections that are still of use; what the run has already is named by its id, also in ``datasets``."""
    used = {one.get("collection") for one in datasets}
    found = []
    for one in collections:
        if one["id"] not in used:
            continue
        known = collection_of_run(api, run, one["name"])
        for dataset in datasets if known else ():
            if dataset.get("collection") == one["id"]:
                dataset["collection"] = known
        found.append({"id": known, "new": False} if known else one)
    return found


def _told(
    run: dict[str, Any],
    fields: dict[str, Any],
    parts: dict[str, Any],
    plan: Plan,
    datasets: list[dict[str, Any]],
    doomed: tuple[str, ...],
) -> Iterator[str]:
    """The changes in words."""
    for name, value in fields.items():
        yield f"{name}: {_short(run.get(name))} → {_short(value)}"
    if count := sum(len(one.files) for one in plan.datasets):
        yield f"{count} new or changed file{'s' if count > 1 else ''}"
    if count := sum(not one["new"] for one in datasets):
        yield f"{count} known dataset{'s' if count > 1 else ''} to be linked"
    if doomed:
        yield f"{len(doomed)} dataset{'s' if len(doomed) > 1 else ''} replaced, as their files changed"
    yield from (f"{len(rows)} {name}" for name, rows in parts.items())


def _short(value: Any) -> str:
    text = "nothing" if value in (None, "", {}, []) else _in_words(value)
    return text if len(text) <= 120 else text[:119] + "…"


def _in_words(value: Any) -> str:
    """A value as a line of text: ``python 3.11.7, platform Linux``."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_in_words, value))
    return str(value)
