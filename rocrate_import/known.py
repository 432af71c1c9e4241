"""Which run of the registry a crate speaks of. Nothing outside of the importer's group is ever found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rocrate_import.models import CrateImport
from workflows.models import WorkflowRun, WorkflowVersion
from workflows.records import RunRecord

MOST_IDENTIFIERS = 20
_UUID = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])")


@dataclass(frozen=True, slots=True)
class Known:
    """A run that is here already: may the importer change it, and does the crate tell its facts?

    The facts of a run that was registered here, and left as a crate, are the registry's own.
    """

    run: WorkflowRun
    may_edit: bool
    is_told_by_crates: bool


def earlier_import(*, sha256: str, group: Any, user: Any, besides: Any = None) -> CrateImport | None:
    """The import of this very archive for the same group that has come to an end, its result still there."""
    if not sha256:
        return None
    same = CrateImport.objects.visible_to(user).filter(sha256=sha256, owned_by=group).exclude(pk=besides)
    for one in same.filter(state=CrateImport.State.DONE).order_by("-id")[:20]:
        if _is_there(WorkflowRun, one.workflowrun_id, user) or _is_there(
            WorkflowVersion, one.workflowversion_id, user
        ):
            return one
    return None


def import_under_way(*, sha256: str, group: Any, user: Any) -> CrateImport | None:
    """The import of this very archive for the same group that has not come to an end."""
    same = CrateImport.objects.visible_to(user).filter(sha256=sha256, owned_by=group)
    return same.filter(state__in=CrateImport.GOING).order_by("id").first()


def known_run(*, record: RunRecord, identifiers: Sequence[str], group: Any, user: Any) -> Known | None:
    """The run of this group that the crate speaks of: by its id in this registry, else by its origin.

    Only a crate that came from elsewhere tells the facts of a run: one that the registry wrote itself holds
    less than the registry knows, as secrets are left out of it.
    """
    own = _by_id(identifiers, group, user)
    run = own or _by_origin(record, group, user)
    if run is None:
        return None
    may_edit = WorkflowRun.objects.editable_by(user).filter(pk=run.pk).exists()
    return Known(run, may_edit, own is None and run.is_imported)


def _by_origin(record: RunRecord, group: Any, user: Any) -> WorkflowRun | None:
    if not record.origin.external_id:
        return None
    same = WorkflowRun.objects.visible_to(user).filter(owned_by=group, source=record.origin.source)
    return same.filter(external_id=record.origin.external_id).first()


def _by_id(identifiers: Sequence[str], group: Any, user: Any) -> WorkflowRun | None:
    named = [
        UUID(found[-1]) for one in identifiers[:MOST_IDENTIFIERS] if (found := _UUID.findall(one[:2000]))
    ]
    return WorkflowRun.objects.visible_to(user).filter(pk__in=named, owned_by=group).order_by("id").first()


def _is_there(model: Any, key: Any, user: Any) -> bool:
    return key is not None and model.objects.visible_to(user).filter(pk=key).exists()
