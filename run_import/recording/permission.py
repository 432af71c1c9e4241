"""Whether whoever asked for an import may still have it."""

from typing import Any

from run_import.models import RunImport
from run_sources.errors import SourceError


class NotAllowed(SourceError):
    """Whoever asked for the import may no longer have it."""

    code = "not_allowed"


def who_asked(wanted: RunImport) -> Any:
    """The user whose import this is; NotAllowed where that person may no longer import for the group."""
    user, group = wanted.owner, wanted.owned_by
    if user is None or not user.is_active:
        raise NotAllowed("Whoever asked for this import can no longer sign in.")
    if group is not None and not user.is_superuser and group.pk not in user.group_ids():
        raise NotAllowed(f"{user.full_name} is no longer in the group {group.name}.")
    return user
