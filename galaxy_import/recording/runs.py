"""Writing down what Galaxy told of an invocation: all of it, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Group
from common.progress import Stopped
from common.trail import tell
from data_management.services import Ownership
from galaxy_import.models import GalaxyImport, GalaxyInvocation
from galaxy_import.recording.dataset_rows import write_rows
from galaxy_import.recording.definitions import Definition, store_definition, version_of
from galaxy_import.recording.edits import VERSION, Told, with_edits
from galaxy_import.recording.keeping import KeptAnswers, remove
from galaxy_import.recording.kept_paths import paths_of_run, with_kept_paths
from galaxy_import.recording.linking import find_places
from galaxy_import.recording.tags import tag
from galaxy_import.values import GalaxyRun
from run_sources.errors import SourceError
from workflows.models import WorkflowFile, WorkflowRun
from workflows.records import RunOrigin, RunRecord, RunStatus, StatusBasis, WorkflowRecord
from workflows.services import index_text, record_run

MOST_WARNINGS = 200
LONGEST_WARNING = 500


class NotAllowed(SourceError):
    """Whoever asked for the import may no longer have it."""

    code = "not_allowed"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The run, and whether it is new; ``is_left_alone`` where the user may not change the one that is there."""

    run: WorkflowRun
    is_new: bool
    is_left_alone: bool = False


def record_galaxy_run(
    *,
    wanted: GalaxyImport,
    run: GalaxyRun,
    answers: KeptAnswers | None = None,
    also: Callable[[Recorded], None] | None = None,
) -> Recorded:
    """Write a run down as Galaxy tells it, or bring the one that is known up to date; the import then names it.

    What people changed here stays: values that were edited, links that were removed, datasets that were deleted.
    Telling the same again changes nothing but when Galaxy was asked. ``answers`` replace those that were kept
    before. ``also`` is done in the same transaction. ``recorded_at`` is set unless the run goes on and is followed.

    Stopped, if the import was called off; NotAllowed, if its owner may no longer have it. Whatever is raised,
    nothing is left of the run, nor of its files.
    """
    user = who_asked(wanted)
    ownership = Ownership(user, wanted.owned_by or user.default_group(), wanted.makes_public)
    try:
        definition = store_definition(run, group=ownership.group, identifier=wanted.pk)
    except BaseException:
        _remove(answers)
        raise
    try:
        with transaction.atomic():
            recorded = _record(wanted, run, definition, answers, ownership)
            if also is not None:
                also(recorded)
            _note(wanted, run, recorded)
    except BaseException:
        _remove(answers, definition.storage_key)
        raise
    if not _is_used(definition.storage_key):
        remove(definition.storage_key)
    if recorded.is_left_alone:
        _remove(answers)
    return recorded


def who_asked(wanted: GalaxyImport) -> Any:
    """The user whose import this is; NotAllowed where that person may no longer import for the group."""
    user, group = wanted.owner, wanted.owned_by
    if user is None or not user.is_active:
        raise NotAllowed("Whoever asked for this import can no longer sign in.")
    if group is not None and not user.is_superuser and group.pk not in user.group_ids():
        raise NotAllowed(f"{user.full_name} is no longer in the group {group.name}.")
    return user


def _record(
    wanted: GalaxyImport,
    told: GalaxyRun,
    definition: Definition,
    answers: KeptAnswers | None,
    ownership: Ownership,
) -> Recorded:
    who_asked(wanted)  # a moment ago, or an hour
    Group.one_at_a_time(ownership.group)
    run = _known_run(told.record, ownership.group)
    if run is not None and not WorkflowRun.objects.editable_by(ownership.user).filter(pk=run.pk).exists():
        return Recorded(run, is_new=False, is_left_alone=True)
    told = with_kept_paths(told, paths_of_run(run.pk)) if run is not None else told
    said = _with_version(told, run, definition, ownership)
    record = said if run is None else with_edits(said, here=_as_it_stands(run), told=_told(run))
    places = find_places(wanted=wanted, data=told.data, run=run, ownership=ownership)
    run, is_new = record_run(
        record=replace(record, datasets=places.links()), owner=ownership.user, owned_by=ownership.group,
        public=ownership.public, known=run, file_ids=places.file_ids(),
    )  # fmt: skip
    _tag(run, told, ownership)
    write_rows(run_id=run.pk, server_id=wanted.server_id, places=places, ownership=ownership)
    _keep_invocation(wanted, told, run, Told.of(said), answers, ownership)
    if is_new:
        changes = {
            "url": [None, told.record.origin.source_url],
            "uuid": [None, told.record.origin.external_id],
        }
        tell(run, "imported", by=ownership.user, changes=changes)
    return Recorded(run, is_new)


def _known_run(record: RunRecord, group: Any) -> WorkflowRun | None:
    """The group's run of this invocation: it is still the same where people changed where it says to come from.

    One in the trash is not known: importing makes another, and the older one cannot be restored beside it.
    """
    origin = record.origin
    if not origin.external_id:
        return None
    runs = WorkflowRun.objects.filter(owned_by=group, deleted=False).order_by("id")
    told = GalaxyInvocation.objects.filter(uuid=origin.external_id).values("workflowrun")
    same = runs.filter(source=origin.source, external_id=origin.external_id)
    locked = (rows.select_for_update(no_key=True).first() for rows in (runs.filter(pk__in=told), same))
    return next((run for run in locked if run is not None), None)


def _with_version(
    told: GalaxyRun, run: WorkflowRun | None, definition: Definition, ownership: Ownership
) -> RunRecord:
    """What Galaxy said, with the version of the registry that it speaks of.

    Where the workflow cannot be read, a run that has a version keeps it: the key may be another than before.
    """
    if run is not None and run.workflowversion_id is not None and told.definition is None:
        version_id = _told(run).fields.get(VERSION) or run.workflowversion_id
    else:
        version = version_of(definition, ownership)
        version_id = version.pk if version else None
    return replace(told.record, workflow=_named(version_id))


def _named(version_id: Any) -> WorkflowRecord | None:
    """A version by its id alone."""
    return WorkflowRecord(name="", version="", id=UUID(str(version_id))) if version_id else None


def _told(run: WorkflowRun) -> Told:
    """What Galaxy said of a run the last time; nothing where the run came in some other way."""
    kept = GalaxyInvocation.objects.filter(workflowrun=run).values_list("told", flat=True).first()
    return Told.read(kept or {})


def _as_it_stands(run: WorkflowRun) -> RunRecord:
    """The run's own values and parameters, which people can change; not its parts, which may be many."""
    return RunRecord(
        name=run.name, description=run.description, status=RunStatus(run.status),
        status_basis=StatusBasis(run.status_basis), message=run.message, license=run.license,
        started_at=run.started_at, completed_at=run.completed_at, run_command=run.run_command,
        run_environment=run.run_environment, is_imported=run.is_imported,
        origin=RunOrigin(run.source, run.source_url, run.external_id), workflow=_named(run.workflowversion_id),
        parameters=tuple(one.to_record() for one in run.parameters.order_by("id")),
    )  # fmt: skip


def _tag(run: WorkflowRun, told: GalaxyRun, ownership: Ownership) -> None:
    """Add the history's tags that Galaxy did not tell before: those taken away here since are not brought back."""
    before = _told(run).tags
    if tag(run, [one for one in told.tags if one not in before], ownership):
        index_text(run)


def _keep_invocation(
    wanted: GalaxyImport,
    told: GalaxyRun,
    run: WorkflowRun,
    said: Told,
    answers: KeptAnswers | None,
    ownership: Ownership,
) -> None:
    """Keep what Galaxy said, and the answers in the place of the earlier ones."""
    environment = told.record.run_environment
    invocation = environment.get("invocation", {}) if isinstance(environment, dict) else {}
    said = replace(said, tags=tuple(dict.fromkeys((*_told(run).tags, *told.tags))))
    facts = {
        "server_id": wanted.server_id, "invocation_id": told.invocation_id, "uuid": told.record.origin.external_id,
        "history_id": told.history_id, "state": str(invocation.get("state") or "")[:40], "told": said.as_json(),
        "asked_at": timezone.now(),
    }  # fmt: skip
    before = GalaxyInvocation.objects.filter(workflowrun=run).values_list("answers_key", flat=True).first()
    if answers is not None:
        facts |= {
            "answers_key": answers.key,
            "answers_size": answers.size,
            "answers_count": answers.count,
        }
        transaction.on_commit(lambda: remove(before or ""))
    made = {"created_by": ownership.user, "modified_by": ownership.user}
    GalaxyInvocation.objects.update_or_create(
        workflowrun=run, defaults=facts, create_defaults={**made, **facts}
    )


def _note(wanted: GalaxyImport, told: GalaxyRun, recorded: Recorded) -> None:
    goes_on = wanted.follow and not told.has_ended and not recorded.is_left_alone
    remarks = told.remarks
    if recorded.is_left_alone:
        remarks = ("The run is in this registry already, and you may not change it: nothing was changed.",)
    noted = wanted.note(
        workflowrun_id=recorded.run.pk,
        recorded_at=None if goes_on else timezone.now(),
        warnings=_warnings(remarks),
    )
    if not noted:
        raise Stopped


def _warnings(remarks: tuple[str, ...]) -> list[str]:
    """Remarks as they are kept: the first ones, none too long, and how many more there were."""
    every = list(dict.fromkeys(remarks))
    told = [_cut(one) for one in every[:MOST_WARNINGS]]
    if (more := len(every) - MOST_WARNINGS) > 0:
        told.append(f"There {'is 1 more warning' if more == 1 else f'are {more} more warnings'} like these.")
    return told


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_WARNING else f"{text[: LONGEST_WARNING - 1]}…"


def _is_used(key: str) -> bool:
    return not key or WorkflowFile.objects.filter(storage_key=key).exists()


def _remove(answers: KeptAnswers | None, key: str = "") -> None:
    remove(key)
    if answers is not None:
        remove(answers.key)
