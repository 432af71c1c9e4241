"""Whether whoever asked for an import may still have it."""

from typing import Any

from run_import.models import RunImport
from run_sources.errors import SourceError


class NotAllowed(SourceError):
    """Whoever asked for the import may no longer have it."""

    code = "not_allowed"


def who_asked(wanted: RunImport) -> Any:
    """The user whose import this is; NotAllowed where that person may no longer import for the group."""
    if objection := objection_to(wanted.owner, wanted.owned_by):
        raise NotAllowed(objection)
    return wanted.owner


def objection_to(user: Any, group: Any) -> str:
    """Why a user may no longer import for a group, whatever the import is of; empty where nothing stands against it."""
    if user is None or not user.is_active:
        return "Whoever asked for this import can no longer sign in."
    if group is not None and not user.is_superuser and group.pk not in user.group_ids():
        return f"{user.full_name} is no longer in the group {group.name}."
    return ""
