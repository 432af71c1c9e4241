"""A plan as people read it before they say yes, and as a script reads it."""

import json
from typing import Any

from run_directories.findings import FoundRun
from run_directories.grouping import cut
from run_directories.planning import Plan
from run_directories.registering.deciding import Decision
from runstead_cli.output import Output, duration, moment, size

MOST_SHOWN = 20
WIDEST, LONGEST = 60, 300  # letters of a cell, and of a value


def show(output: Output, decision: Decision) -> None:
    """The run, its files by what they were to it, steps with jobs, and what is odd."""
    plan = decision.plan
    output.facts(_facts(plan.run, decision))
    output.line("")
    output.table(
        ("ROLE", "DATASETS", "FILES", "SIZE", "KNOWN FILES"),
        [(str(one.role), one.datasets, one.files, size(one.size), one.linked or "") for one in plan.counts()],
    )
    if plan.datasets:
        output.line("")
        output.table(("ROLE", "DATASET", "FILES", "SIZE", "COLLECTION"), _datasets(plan))
        _more(output, len(plan.datasets), "datasets")
    if plan.run.jobs:
        output.line("")
        output.table(("JOB", "STATUS", "STARTED", "DURATION", "EXIT"), _jobs(plan.run))
        _more(output, len(plan.run.jobs), "jobs")
    for remark in plan.remarks:
        output.warn(remark)


def as_data(decision: Decision) -> dict[str, Any]:
    """The same for a script."""
    plan = decision.plan
    return {
        "workflowrun": {
            "id": decision.run and decision.run["id"],
            "name": plan.run.name,
            "new": decision.run is None,
        },
        "workflow": _workflow(decision),
        "workflowversion": decision.version and decision.version.id,
        "changes": list(decision.changes),
        "counts": [
            {
                "role": str(one.role),
                "datasets": one.datasets,
                "files": one.files,
                "size": one.size,
                "known": one.linked,
            }
            for one in plan.counts()
        ],
        "steps": len(plan.run.steps),
        "jobs": len(plan.run.jobs),
        "remarks": list(plan.remarks),
        "body": decision.body,
    }


def _facts(run: FoundRun, decision: Decision) -> list[tuple[str, Any]]:
    start, end = run.started_at, run.completed_at
    return [
        ("Run", run.name if decision.run is None else f"{run.name} (registered as {decision.run['id']})"),
        (
            "Status",
            run.status if run.status_basis == "REPORTED" else f"{run.status} ({run.status_basis.lower()})",
        ),
        ("Message", run.message),
        ("Workflow", _workflow(decision)),
        ("Started", moment(start.isoformat()) if start else ""),
        ("Completed", moment(end.isoformat()) if end else ""),
        ("Duration", duration((end - start).total_seconds()) if start and end else ""),
        ("Command", cut(run.run_command, LONGEST)),
        ("Environment", _shortened(run.run_environment)),
        ("Parameters", _shortened(run.parameters)),
        ("Source", f"{run.source} {run.external_id}".strip()),
        ("Steps, jobs", f"{len(run.steps)}, {len(run.jobs)}" if run.steps or run.jobs else ""),
        ("Changes", "; ".join(decision.changes) if decision.run else ""),
    ]


def _shortened(value: Any) -> str:
    if value in (None, "", {}):
        return ""
    return cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), LONGEST)


def _workflow(decision: Decision) -> str:
    found = decision.plan.run.workflow
    if decision.version:
        version = decision.version
        return f"{version.workflow} {version.name} (found {version.how})"
    if decision.run and decision.run.get("workflow"):
        known = decision.run["workflow"]
        return f"{known['name']} {known['version']}"
    if found is None:
        return ""
    told = " ".join(filter(None, (found.name, found.version, found.commit_hash[:12])))
    return f"{told} (new, {found.engine}, files: {len(found.files)})"


def _datasets(plan: Plan) -> list[tuple[Any, ...]]:
    shown = plan.datasets[:MOST_SHOWN]
    return [
        (
            str(one.role),
            cut(one.name, WIDEST),
            len(one.files),
            size(one.size),
            cut(one.collection, WIDEST),
        )
        for one in shown
    ]


def _jobs(run: FoundRun) -> list[tuple[Any, ...]]:
    return [
        (
            cut(job.name, WIDEST),
            job.status,
            moment(job.started_at.isoformat()) if job.started_at else "",
            duration((job.completed_at - job.started_at).total_seconds())
            if job.started_at and job.completed_at
            else "",
            job.exit_code,
        )
        for job in run.jobs[:MOST_SHOWN]
    ]


def _more(output: Output, count: int, noun: str) -> None:
    if count > MOST_SHOWN:
        output.line(f"… and {count - MOST_SHOWN} more {noun}")
