"""What was found in a directory, as pages and programs are told it: bounded, whatever the directory holds."""

from collections.abc import Sequence
from typing import Any

from run_directories.findings import FoundJob, FoundRun
from run_directories.grouping import cut
from run_directories.plans import Plan, PlannedDataset
from run_directories.registering.deciding import Decision
from run_directories.wire import cleaned, plain

MOST_DATASETS, MOST_FILES, MOST_OTHERS = 200, 20, 100
LONGEST = 2000  # letters of one value


def crate_findings(told: dict[str, Any]) -> dict[str, Any]:
    """A directory that is a crate: it is imported, not registered."""
    return {"is_crate": True, "runs": told["runs"]}


def findings_of(decision: Decision, told: dict[str, Any]) -> dict[str, Any]:
    """The run, its workflow and its files by what they were to it, what is odd, and what would change."""
    run = decision.plan.run
    return {
        "runs": told["runs"],
        "chosen": told["chosen"],
        "engine": told["source"],
        **_facts(run),
        "workflow": _workflow(decision),
        **_changes(decision),
        **_work(run),
        **_data(decision.plan),
    }


def _changes(decision: Decision) -> dict[str, Any]:
    """What the registry knows of the run already, and what would change there."""
    known = decision.run
    return {
        "known_run": known["id"] if known else "",
        "known_name": _text(known["name"]) if known else "",
        "changes": [_text(one) for one in decision.changes[:MOST_OTHERS]] if known else [],
        "is_needed": decision.is_needed,
    }


def _work(run: FoundRun) -> dict[str, Any]:
    parameters = list(run.parameters.items())[:MOST_OTHERS]
    return {
        "parameters": [{"name": _text(name), "value": _short(value)} for name, value in parameters],
        "parameter_count": len(run.parameters),
        "steps": [_text(one.name or one.key) for one in run.steps[:MOST_OTHERS]],
        "step_count": len(run.steps),
        "job_count": len(run.jobs),
        "job_statuses": _statuses(run.jobs),
    }


def _data(plan: Plan) -> dict[str, Any]:
    names = ("datasets", "files", "size", "linked")
    return {
        "counts": [
            {"role": str(one.role), **{name: getattr(one, name) for name in names}} for one in plan.counts()
        ],
        "datasets": [_dataset(one) for one in plan.datasets[:MOST_DATASETS]],
        "dataset_count": len(plan.datasets),
        "ignored": plan.ignored,
        "remarks": [_text(one) for one in plan.remarks[:MOST_OTHERS]],
    }


def _facts(run: FoundRun) -> dict[str, Any]:
    return {
        "name": _text(run.name),
        "description": _text(run.description),
        "status": run.status,
        "status_basis": run.status_basis,
        "message": _text(run.message),
        "started_at": run.started_at.isoformat() if run.started_at else "",
        "completed_at": run.completed_at.isoformat() if run.completed_at else "",
        "command": _text(run.run_command),
        "source": _text(run.source),
        "external_id": _text(run.external_id),
    }


def _workflow(decision: Decision) -> dict[str, Any] | None:
    found, version = decision.plan.run.workflow, decision.version
    if version:
        return {
            "name": _text(version.workflow),
            "version": _text(version.name),
            "how": version.how,
            "id": version.id,
        }
    if decision.run and (known := decision.run.get("workflow")):
        return {
            "name": _text(known["name"]),
            "version": _text(known["version"]),
            "how": "with the run",
        }
    if found is None:
        return None
    return {
        "name": _text(found.name),
        "version": _text(found.version or found.commit_hash[:12]),
        "engine": found.engine,
        "files": [_text(file.relative) for file in found.files[:MOST_FILES]],
        "file_count": len(found.files),
        "how": "",
    }


def _dataset(dataset: PlannedDataset) -> dict[str, Any]:
    files = [
        {"path": _text(file.relative), "size": file.size, "format": file.format}
        for file in dataset.files[:MOST_FILES]
    ]
    return {
        "name": _text(dataset.name),
        "role": str(dataset.role),
        "collection": _text(dataset.collection),
        "size": dataset.size,
        "files": files,
        "file_count": len(dataset.files),
    }


def _statuses(jobs: Sequence[FoundJob]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for job in jobs:
        counts[job.status] = counts.get(job.status, 0) + 1
    return counts


def _text(value: str) -> str:
    return cut(cleaned(value), LONGEST)


def _short(value: Any) -> Any:
    kept = plain(value)
    return kept if len(str(kept)) <= LONGEST else _text(str(kept))
