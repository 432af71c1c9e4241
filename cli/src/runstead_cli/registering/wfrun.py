"""Registering the run of a directory, from the first look to the page's address."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from run_directories.findings import FoundRun
from run_directories.overrides import Overrides
from run_directories.plans import Plan
from run_directories.registering.deciding import Choices, Decision, decide
from run_directories.registering.registry import CannotRegister, Place
from run_directories.registering.sending import check, send
from runstead_cli.errors import Failure
from runstead_cli.registering.directory import measured
from runstead_cli.registering.places import place_of
from runstead_cli.registering.results import finish, say_how_it_went
from runstead_cli.registering.showing import as_data, show
from runstead_cli.session import Session


def register_run(
    session: Session,
    run: FoundRun,
    overrides: Overrides,
    directory: Path,
    choices: Choices,
    given: dict[str, Any],
) -> None:
    """Decide, show, ask, send, follow, and say what came of it."""
    with nothing_happened(session):
        place = place_of(session.api, directory, group=given["group"], transfer=choices.transfer)
        plan = measured(run, overrides, directory, place, session.output)
        decision = _decided(session, plan, place, choices)
        if not decision.is_needed or given["dry_run"]:
            _end_here(session, decision, is_dry=given["dry_run"])
            return
        if not session.output.json:
            show(session.output, decision)
        if not given["yes"]:
            session.output.confirm("Register this?")
    _carry_out(session, decision, place, choices, wait=not given["no_wait"])


def _decided(session: Session, plan: Plan, place: Place, choices: Choices) -> Decision:
    try:
        return decide(session.api, plan, place, choices)
    except CannotRegister as problem:
        raise Failure(str(problem)) from problem


@contextmanager
def nothing_happened(session: Session) -> Iterator[None]:
    """On Ctrl-C before anything was sent, say that the registry is as it was."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        session.output.say("Nothing was registered.")
        raise


def _end_here(session: Session, decision: Decision, *, is_dry: bool) -> None:
    """Nothing to do, or nothing to be done: in a dry run the server says whether it would take it."""
    warnings = check(session.api, decision)["warnings"] if decision.is_needed else []
    told = {**as_data(decision), "dry_run": is_dry, "changed": False, "warnings": warnings}
    if decision.run:
        told["page"] = session.api.page(f"runs/{decision.run['id']}/")
    session.output.result(told, lambda: _say_end(session, decision, told))


def _say_end(session: Session, decision: Decision, told: dict[str, Any]) -> None:
    if decision.is_needed:
        show(session.output, decision)
        session.output.say("The server would take this. Nothing was registered (--dry-run).")
        return
    for remark in decision.plan.remarks:
        session.output.warn(remark)
    session.output.say("Nothing changed since this run was registered.")
    session.output.line(told["page"])


def _carry_out(session: Session, decision: Decision, place: Place, choices: Choices, *, wait: bool) -> None:
    try:
        answer = send(session.api, decision, place, public=choices.public)
    except CannotRegister as problem:
        raise Failure(str(problem)) from problem
    except (KeyboardInterrupt, click.Abort):
        session.output.say("Stopped while it was sent. Register it again: what arrived is not sent twice.")
        raise
    key = answer["workflowrun"]["id"]
    page = session.api.page(f"runs/{key}/")
    session.output.say(f"{'Registered' if decision.run is None else 'Brought up to date'}: {page}")
    done = finish(session, answer, page, wait=wait)
    told = {
        **done,
        "changed": True,
        "changes": list(decision.changes),
        "remarks": list(decision.plan.remarks),
    }
    session.output.result(told, lambda: session.output.line(page))
    say_how_it_went(session, told, {"workflowrun": key})
