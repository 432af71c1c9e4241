"""What of a run is told otherwise than the registry has it: only that is sent again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from run_directories.registering.known import parts_of_run
from run_directories.registering.registry import Registry

# What tells which run it is, or is told apart.
NO_FIELDS = {"id", "new", "workflowversion", "source", "external_id", "parameters", "steps", "jobs"}
# People mend these in the registry: what was sniffed does not undo it.
PEOPLES_OWN = {"name", "description"}
TIMES = {"started_at", "completed_at"}


def changed_fields(
    run: Mapping[str, Any], told: Mapping[str, Any], explicit: Collection[str] = ()
) -> dict[str, Any]:
    """The plain fields that are told and differ. ``explicit`` are those that a person gave now."""
    kept = NO_FIELDS | (PEOPLES_OWN - set(explicit))
    if run.get("message"):
        told = {"message": "", **told}  # why a run failed is no longer true when it has gone on
    return {
        name: value
        for name, value in told.items()
        if name not in kept and not _is_same(name, run.get(name), value)
    }


def changed_parts(api: Registry, run: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, steps and jobs if they differ; steps and jobs go together, as each job names its step."""
    changed = {}
    if told.get("parameters") and _parameters(api, run) != _by_name(told["parameters"]):
        changed["parameters"] = told["parameters"]
    if _steps_or_jobs_differ(api, run, told):
        changed |= steps_and_jobs(told)
    return changed


def steps_and_jobs(told: Mapping[str, Any]) -> dict[str, Any]:
    """The steps and jobs of what is told, as far as there are any."""
    return {part: told[part] for part in ("steps", "jobs") if told.get(part)}


def _parameters(api: Registry, run: str) -> dict[str, Any]:
    return _by_name(parts_of_run(api, run, "parameters"))


def _by_name(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {row["name"]: row["value"] for row in rows}


def _steps_or_jobs_differ(api: Registry, run: str, told: Mapping[str, Any]) -> bool:
    if not steps_and_jobs(told):
        return False
    steps = parts_of_run(api, run, "steps")
    keys = {step["id"]: step["key"] for step in steps}
    steps = [{**step, "parent": keys.get(step["parent"])} for step in steps]
    if _differ(steps, told.get("steps", ()), ("key", "parent")):
        return True
    jobs = [{**job, "step": keys.get(job["step"])} for job in parts_of_run(api, run, "jobs")]
    return _differ(jobs, told.get("jobs", ()), ("step",))


def _differ(
    rows: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]], references: Sequence[str]
) -> bool:
    """Whether one of them has other values, or there are more or fewer; files are told apart by their datasets."""
    if len(rows) != len(told):
        return True
    pairs = zip(rows, told, strict=True)
    return any(
        not _is_same(name, row.get(name), value)
        for row, one in pairs
        for name, value in one.items()
        if name != "files" and (name in row or name in references)
    )


def _is_same(name: str, has: Any, told: Any) -> bool:
    if name in TIMES:
        return _time(has) == _time(told)
    if name == "after":
        return sorted(has or ()) == sorted(set(told or ()))
    return bool(has == told)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
