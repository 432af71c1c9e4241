"""Runs: listed, shown, put into the trash and taken out of it."""

from collections import Counter
from datetime import datetime
from typing import Any

import click

from runstead_cli.commands.diff import command as diff
from runstead_cli.filters import OF_RUNS
from runstead_cli.listing import list_options, show_list
from runstead_cli.naming import RUNS, find
from runstead_cli.output import Output, duration, minute, moment, size, value
from runstead_cli.session import Session, pass_session

COLUMNS = {
    "ID": lambda run: run["id"],
    "NAME": lambda run: run["name"],
    "STATUS": lambda run: run["status"],
    "WORKFLOW": lambda run: (run["workflow"] or {}).get("name"),
    "STARTED (UTC)": lambda run: minute(run["started_at"]),
    "DURATION": lambda run: duration(run["duration"]),
}
ROLES = ("INPUT", "OUTPUT", "PARAMETER", "CONFIG", "REPORT", "LOG")


@click.group()
def command() -> None:
    """List, show, delete and restore runs.

    A RUN is named by its id, at least the first eight characters of it, its name, or the address of its page.
    """


command.add_command(diff, "diff")


@command.command("list")
@list_options(OF_RUNS)
@pass_session
def list_runs(session: Session, **given: Any) -> None:
    """List the runs that you may see, the newest first."""
    show_list(session, RUNS, OF_RUNS, given, COLUMNS)


@command.command()
@click.argument("run")
@click.option("--steps", is_flag=True, help="With the steps, each with its tool and container.")
@click.option("--jobs", is_flag=True, help="With every job.")
@pass_session
def show(session: Session, run: str, steps: bool, jobs: bool) -> None:
    """Show a run: its facts, parameters and datasets."""
    api = session.api
    path = f"{RUNS}{find(api, RUNS, run)['id']}/"
    found = dict(api.get(path))
    found["page"] = api.page(f"runs/{found['id']}/")
    found["parameters"] = list(api.pages(f"{path}parameters/"))
    if steps:
        found["steps"] = list(api.pages(f"{path}steps/"))
    if jobs:
        found["jobs"] = list(api.pages(f"{path}jobs/"))
    session.output.result(found, lambda: _show(session.output, found))


@command.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Without asking.")
@pass_session
def delete(session: Session, runs: tuple[str, ...], yes: bool) -> None:
    """Put runs into the trash; their datasets stay. `runs restore` takes them out again."""
    found = [find(session.api, RUNS, run) for run in runs]
    if not yes:
        names = "\n".join(f"  {run['id']}  {run['name']}" for run in found)
        session.output.confirm(f"{names}\nPut {_count(found)} into the trash?")
    for run in found:
        session.api.delete(f"{RUNS}{run['id']}/")
        session.output.say(f"{run['name']} is in the trash: runstead runs restore {run['id']}")
    _ids_as_json(session, found)


@command.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@pass_session
def restore(session: Session, runs: tuple[str, ...]) -> None:
    """Take runs out of the trash."""
    found = [find(session.api, RUNS, run, deleted=True) for run in runs]
    for run in found:
        session.api.post(f"{RUNS}{run['id']}/restore/")
        page = session.api.page(f"runs/{run['id']}/")
        session.output.say(f"{run['name']} is back: {page}")
    _ids_as_json(session, found)


def _ids_as_json(session: Session, runs: list[dict[str, Any]]) -> None:
    if session.output.json:
        session.output.data([{"id": run["id"], "name": run["name"]} for run in runs])


def _count(runs: list[dict[str, Any]]) -> str:
    return "this run" if len(runs) == 1 else f"these {len(runs)} runs"


def _show(output: Output, run: dict[str, Any]) -> None:
    output.facts(_facts(run))
    if run["parameters"]:
        output.line("\nParameters")
        output.facts([(f"  {one['name']}", value(one["value"])) for one in run["parameters"]])
    for role in ROLES:
        _show_datasets(
            output, role, [link["dataset"] for link in run["datasets"] if link["data_type"] == role]
        )
    if "steps" in run:
        output.line("\nSteps")
        output.table(
            ["STEP", "STATUS", "TOOL", "VERSION", "CONTAINER"], [_step(step) for step in run["steps"]]
        )
    if "jobs" in run:
        output.line("\nJobs")
        output.table(
            ["JOB", "STATUS", "EXIT", "STARTED (UTC)", "DURATION"], [_job(job) for job in run["jobs"]]
        )


def _facts(run: dict[str, Any]) -> list[tuple[str, Any]]:
    workflow = run["workflow"] or {}
    return [
        ("Run", run["name"]),
        ("Id", run["id"]),
        ("Page", run["page"]),
        (
            "Status",
            run["status"] + ("" if run["status_basis"] == "REPORTED" else f" ({run['status_basis']})"),
        ),
        ("At its source", "deleted" if run["source_deleted"] else run["source_status"]),
        ("Message", run["message"]),
        ("Description", run["description"]),
        ("Workflow", f"{workflow.get('name', '')} {workflow.get('version') or ''}".strip()),
        ("Engine", workflow.get("engine")),
        ("Started", moment(run["started_at"])),
        ("Ended", moment(run["completed_at"])),
        ("Duration", duration(run["duration"])),
        ("Command", run["run_command"]),
        ("Owner", run["owner"] and run["owner"]["username"]),
        ("Group", run["group"] and run["group"]["name"]),
        ("Public", "yes" if run["public"] else ""),
        ("Source", " ".join(filter(None, [run["source"], run["external_id"]]))),
        ("Came from", run["source_url"]),
        ("Repeats", run["rerun_of"]),
        ("Tags", ", ".join(f"{key}: {text}" if text else key for key, text in run["tags"].items())),
        ("People", ", ".join(one.get("name") or one.get("orcid") or "" for one in run["people"])),
        ("In the trash", "yes" if run["deleted"] else ""),
    ]


def _show_datasets(output: Output, role: str, datasets: list[dict[str, Any]]) -> None:
    if not datasets:
        return
    statuses = Counter(dataset["status"] for dataset in datasets)
    output.line(f"\n{role} ({', '.join(f'{count} {status}' for status, count in statuses.items())})")
    rows = [[one["id"], one["name"], one["file_count"], size(one["size"]), one["status"]] for one in datasets]
    output.table(["DATASET", "NAME", "FILES", "SIZE", "STATUS"], rows)


def _step(step: dict[str, Any]) -> list[Any]:
    tool = step.get("tool_name") or step.get("tool_id")
    return [step["name"], step["status"], tool, step.get("tool_version"), step.get("container_image")]


def _job(job: dict[str, Any]) -> list[Any]:
    exit_code = "" if job["exit_code"] is None else job["exit_code"]
    return [job["name"], job["status"], exit_code, minute(job["started_at"]), duration(_seconds(job))]


def _seconds(job: dict[str, Any]) -> float | None:
    """How long it took, where both ends are known."""
    if not (job["started_at"] and job["completed_at"]):
        return None
    took = datetime.fromisoformat(job["completed_at"]) - datetime.fromisoformat(job["started_at"])
    return took.total_seconds()
