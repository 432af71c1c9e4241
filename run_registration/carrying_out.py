"""Looking into a directory, and registering the run that it holds."""

from typing import Any

from common.progress import Progress, Stopped
from run_directories.registering.deciding import Choices, Decision, decide
from run_directories.registering.registry import CannotRegister, NotDone, Place
from run_directories.registering.sending import check, send
from run_registration.doors import OwnDoor
from run_registration.findings import crate_findings, findings_of
from run_registration.models import DirectoryRegistration
from run_registration.places import still_there
from run_registration.reading import NotReadable, Reading, reading
from workflows.models import WorkflowRun

UNKNOWN = (
    "No known workflow engine ran in this directory. Choose the directory in which the engine was started, or say "
    "what the files are: below, or in a runstead.yaml in the directory."
)


def carry_out(work: DirectoryRegistration) -> None:
    """Look, or register. May be interrupted anywhere and called again: what is registered already is found then."""
    try:
        _refuse_strangers(work)
        progress = Progress(work)
        with reading(work, progress) as found:
            if found.plan is None:
                work.finish(findings=crate_findings(found.told))
            else:
                _go_on(work, found, progress)
    except Stopped:
        work.let_go()
    except NotReadable as problem:
        work.fail(UNKNOWN if problem.is_unknown else str(problem))
    except (CannotRegister, NotDone) as problem:
        work.fail(str(problem))


def _refuse_strangers(work: DirectoryRegistration) -> None:
    """What was allowed when it was asked for may not be so any more."""
    if work.owner is None or not work.owner.is_active or not still_there(work):
        raise NotReadable("The directory is no longer in a dropbox of yours.")


def _go_on(work: DirectoryRegistration, found: Reading, progress: Progress) -> None:
    progress.enter(work.Phase.COMPARING)
    api, place = OwnDoor(work.owner), Place(str(work.owned_by_id), tuple(work.roots))
    choices = Choices("copy", work.makes_public, found.told["explicit"])
    assert found.plan is not None
    decision = decide(api, found.plan, place, choices)
    if work.goal == work.Goal.LOOK:
        work.finish(findings={**findings_of(decision, found.told), "warnings": _warnings(api, decision)})
        return
    progress.enter(work.Phase.SENDING)
    work.finish(workflowrun=_registered(api, decision, place, public=work.makes_public))


def _warnings(api: OwnDoor, decision: Decision) -> list[Any]:
    return list(check(api, decision)["warnings"]) if decision.is_needed else []


def _registered(api: OwnDoor, decision: Decision, place: Place, *, public: bool) -> WorkflowRun | None:
    key = decision.run["id"] if decision.run else ""
    if decision.is_needed:
        key = send(api, decision, place, public=public)["workflowrun"]["id"]
    return WorkflowRun.objects.filter(pk=key).first()
