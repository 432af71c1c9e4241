"""Asking for a look into a directory, correcting what was found, and having it registered."""

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from common.errors import Conflict, InvalidInput, Violation
from common.identifiers import uuid7
from data_management.services import Ownership
from run_directories.override_file import WrongOverrides, parse_overrides
from run_registration.models import DirectoryRegistration
from run_registration.places import place_of

Goal = DirectoryRegistration.Goal
LONGEST_PATH = 4096
MOST_AT_ONCE = 5  # of one person: a look reads every byte of a directory


def request_look(*, path: str, user: Any) -> DirectoryRegistration:
    """Have a directory of the user's dropbox looked at; nothing is registered yet.

    What is under way for the same directory is returned as it is. InvalidInput for a path that leads out. Conflict
    where enough directories of the user's are under way.
    """
    real, box, roots = place_of(path, user)
    if len(real) > LONGEST_PATH:
        raise InvalidInput([Violation("path", f"has more than {LONGEST_PATH:,} characters")])
    same = DirectoryRegistration.objects.filter(path=real, owner=user, owned_by=box.group)
    if earlier := same.filter(state__in=DirectoryRegistration.GOING).first():
        return earlier
    _refuse_too_many(user)
    work = DirectoryRegistration(id=uuid7(), path=real, roots=roots, **Ownership(user, box.group).columns())
    with transaction.atomic():
        work.save(force_insert=True)
        work.send_on_commit()
    return work


def ask_for(
    *,
    work: DirectoryRegistration,
    goal: str,
    corrections: dict[str, Any] | None = None,
    wanted_run: str | None = None,
    public: bool | None = None,
    group_id: UUID | None = None,
) -> None:
    """Look again, or register, with these corrections; what is None stays as it is.

    InvalidInput lists what is wrong with the corrections, or says that the group's dropbox does not hold the
    directory. Conflict while it is under way, when the run is there already, when it is to be registered without a
    look, and where enough directories of its owner's are under way.
    """
    changed: dict[str, Any] = {"wanted_run": wanted_run, "makes_public": public, "corrections": corrections}
    given = {name: value for name, value in changed.items() if value is not None}
    if corrections is not None:
        refuse_wrong(corrections)
    if group_id is not None and group_id != work.owned_by_id:
        given["owned_by"], given["roots"] = group_id, place_of(work.path, work.owner, group_id)[2]
    if goal == Goal.SEND and not work.findings:
        raise Conflict("It has to be looked at before it is registered.")
    _refuse_too_many(work.owner)
    with transaction.atomic():
        if not _begun(work, goal, given):
            raise Conflict("It is under way, or registered already.")
        work.send_on_commit()


def cancel(*, work: DirectoryRegistration) -> None:
    """Stop the work. Conflict if it has ended."""
    if not work.cancel():
        raise Conflict("This registration has ended: there is nothing to cancel.")


def _refuse_too_many(user: Any) -> None:
    going = DirectoryRegistration.objects.filter(owner=user, state__in=DirectoryRegistration.GOING)
    if going.count() >= MOST_AT_ONCE:
        raise Conflict(
            f"{MOST_AT_ONCE} directories of yours are under way: wait until one is done, or cancel one."
        )


def refuse_wrong(corrections: dict[str, Any]) -> None:
    """InvalidInput with each thing that is wrong with them."""
    try:
        parse_overrides(json.dumps(corrections), "corrections")
    except WrongOverrides as problem:
        said = [one.partition(": ")[2] or one for one in problem.problems]
        raise InvalidInput([Violation("corrections", one) for one in said]) from problem


def _begun(work: DirectoryRegistration, goal: str, facts: dict[str, Any]) -> bool:
    """One UPDATE, so that of two who ask at once one wins; what a worker still holds has to be let go first."""
    now = timezone.now()
    free = DirectoryRegistration.objects.filter(pk=work.pk, state__in=DirectoryRegistration.ENDED)
    free = free.exclude(goal=Goal.SEND, state=DirectoryRegistration.State.DONE)
    free = free.exclude(lease_until__gte=now)
    return bool(
        free.update(
            state=DirectoryRegistration.State.PENDING,
            goal=goal,
            attempts=0,
            error="",
            phase="",
            due_at=now,
            started_at=None,
            finished_at=None,
            lease_until=None,
            modified=now,
            **facts,
        )
    )
