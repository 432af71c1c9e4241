"""The example lab: what a new registry shows, so that there is something to look at."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common.embedded import lab_notes
from example_lab.definitions import make_workflows
from example_lab.directories import copy_directories, register_directories
from example_lab.fetched import record_fetched
from example_lab.people import PEOPLE, Credentials, Member, make_dropboxes, make_people
from example_lab.recorded import record_runs
from example_lab.remarks import add_remarks


def ensure_example_lab(url: str, say: Callable[[str], None]) -> dict[str, Any] | None:
    """Fill an empty registry with the example lab; ``say`` is given a line per stage.

    Returns what stands in ``example-lab.json`` of the data folder: the address, and password and token of
    each person. In a registry that has users nothing is done; then None is returned unless they are the
    lab's. May be killed anywhere: the lab is there as a whole or not at all, and the next call makes it.
    """
    if User.objects.exists():
        return _stored_note()
    say("Making the example lab: run directories are copied into the dropboxes.")
    make_dropboxes()
    copy_directories()
    credentials = {person.username: Credentials.generate() for person in PEOPLE}
    with transaction.atomic():
        members = make_people(credentials)
        say(f"{len(members)} people and their groups are there.")
        _make_runs(members, say)
        note = {"url": url, "users": _keys(members, credentials)}
        # Before the commit: a lab whose passwords nobody was told would be worth nothing.
        lab_notes.write(_note_path(), note)
    say("The example lab is ready; its files are taken in by the worker.")
    return note


def _make_runs(members: dict[str, Member], say: Callable[[str], None]) -> None:
    versions = make_workflows(members)
    say(f"{len(versions)} workflow versions are released.")
    registered = register_directories(members, versions)
    say(f"{len(registered)} run directories are registered.")
    recorded = record_runs(members, versions) | record_fetched(members)
    say(f"{len(recorded)} recorded runs are written down.")
    add_remarks(registered | recorded, members)


def _keys(members: dict[str, Member], credentials: dict[str, Credentials]) -> dict[str, dict[str, str]]:
    return {
        name: {"password": credentials[name].password, "token": member.token}
        for name, member in members.items()
    }


def _note_path() -> Path:
    return Path(settings.DATA_DIR) / lab_notes.NAME


def _stored_note() -> dict[str, Any] | None:
    """What was written when the lab was made, None if the users are not the lab's."""
    try:
        note: dict[str, Any] = json.loads(_note_path().read_text())
    except (OSError, ValueError):
        return None
    told = User.objects.filter(username__in=note["users"])
    return note if told.count() == len(note["users"]) else None
