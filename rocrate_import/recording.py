"""Writing down what came of a crate: all of it, or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Group
from common.progress import Stopped
from common.sentences import cut_warning, first_warnings
from common.trail import tell
from data_management.models import DataFile
from data_management.services import Ownership
from rocrate_export.originals import keep_original
from rocrate_import.fetching import archive_name
from rocrate_import.known import Known, known_run
from rocrate_import.logs import keep_logs_of_crate
from rocrate_import.models import CrateImport
from rocrate_import.payload import Outcome
from rocrate_import.translate import CrateRefused, Remark
from rocrate_import.updating import brought_up_to_date
from run_import.recording.permission import objection_to
from workflows.models import WorkflowFile, WorkflowRun, WorkflowVersion
from workflows.records import LogRecord, RunRecord
from workflows.services import record_run
from workflows.versions import find_or_make_version


@dataclass(frozen=True, slots=True)
class Made:
    """The run or the version of a crate; which of the stored files nothing uses; what is odd about it."""

    run: WorkflowRun | None = None
    version: WorkflowVersion | None = None
    unused: tuple[str, ...] = ()
    keeps_archive: bool = True
    keeps_logs: bool = True
    remarks: tuple[Remark, ...] = ()


@transaction.atomic
def record_outcome(wanted: CrateImport, outcome: Outcome, logs: Iterable[LogRecord] = ()) -> tuple[str, ...]:
    """Write the run or the version down and settle the import; returns the keys of stored files not needed.

    ``logs`` are kept beside the run, unless the run is left alone.
    Stopped, and nothing written, if the import was called off.
    """
    user, group = _who(wanted)
    Group.one_at_a_time(group)
    made = _made(outcome, wanted)
    if made.run is not None and made.keeps_logs and outcome.said.logs:
        keep_logs_of_crate(made.run, logs)
    warnings = warnings_of([*made.remarks, *outcome.remarks])
    archive, unused = wanted.storage_key, made.unused
    if made.keeps_archive:
        archive = keep_original(
            key=wanted.storage_key, name=archive_name(wanted), user=user, run=made.run, version=made.version,
            sha256=wanted.sha256, size=wanted.size, warnings=warnings,
        ).storage_key  # fmt: skip
    else:
        archive, unused = "", (*unused, archive)
    if not wanted.finish(storage_key=archive, warnings=warnings, **_result(made, outcome)):
        raise Stopped
    return unused


def warnings_of(remarks: Iterable[Remark]) -> list[dict[str, str]]:
    """Remarks as they are kept: the first ones, none too long, and how many more there were."""
    first, more = first_warnings(remarks)
    told = [*first, Remark("", more)] if more else first
    return [{"entity": cut_warning(one.entity), "message": cut_warning(one.message)} for one in told]


def _made(outcome: Outcome, wanted: CrateImport) -> Made:
    if outcome.record is None:
        return _version(outcome, Ownership(*_who(wanted), wanted.makes_public))
    user, group = _who(wanted)
    identifiers = outcome.said.identifiers
    known = known_run(record=outcome.record, identifiers=identifiers, group=group, user=user)
    if known is not None and not (known.may_edit and known.is_told_by_crates):
        return _left_alone(known, outcome)
    return _run(outcome, outcome.record, known, wanted)


def _run(outcome: Outcome, record: RunRecord, known: Known | None, wanted: CrateImport) -> Made:
    """A new run, or the known one brought up to date."""
    user, group = _who(wanted)
    if known is not None:
        older = WorkflowRun.objects.with_everything().get(pk=known.run.pk).to_record()
        record = brought_up_to_date(older, record)
    run, is_new = record_run(record=record, owner=user, owned_by=group, public=wanted.makes_public)
    tell(run, "imported", by=user, changes={"crate": [None, wanted.name], "sha256": [None, wanted.sha256]})
    said = "The run was here already: the crate brought it up to date, and nothing that was recorded is lost."
    return Made(
        run=run,
        unused=_unused(outcome, run=run, version=run.workflowversion, is_new=is_new),
        remarks=() if is_new else (Remark("", said),),
    )


def _left_alone(known: Known, outcome: Outcome) -> Made:
    """A run whose facts are not the crate's to tell, or not the importer's to change."""
    if known.may_edit:
        said = "The run is in this registry already, and its facts are its own: only the crate was kept beside it."
    else:
        said = "The run is in this registry already, and you may not change it: nothing was changed."
    remarks = (Remark("", said),)
    return Made(
        run=known.run, unused=outcome.keys, keeps_archive=known.may_edit, keeps_logs=False, remarks=remarks
    )


def _version(outcome: Outcome, ownership: Ownership) -> Made:
    """A version alone; released, as the files in a crate are what they are."""
    if outcome.workflow is None or not outcome.workflow.files:
        raise CrateRefused(
            "The crate describes neither a run nor a workflow whose file is in it: there is nothing to import."
        )
    version = find_or_make_version(record=outcome.workflow, ownership=ownership)
    return Made(version=version, unused=_unused(outcome, run=None, version=version, is_new=False))


def _unused(outcome: Outcome, *, run: Any, version: Any, is_new: bool) -> tuple[str, ...]:
    """The stored files that are in use elsewhere with the same content: of a version or a run that was known."""
    used = set(WorkflowFile.objects.filter(workflowversion=version).values_list("storage_key", flat=True))
    if is_new:
        workflow = outcome.workflow.files if outcome.workflow else ()
        of_datasets = _keys_of_datasets(outcome.record)
        return tuple(one.storage_key for one in workflow if one.storage_key not in used | of_datasets)
    rows = DataFile.objects.filter(dataset__run_links__workflowrun=run) if run else DataFile.objects.none()
    used |= set(rows.values_list("storage_key", flat=True))
    return tuple(key for key in outcome.keys if key not in used)


def _keys_of_datasets(record: RunRecord | None) -> set[str]:
    return {file.storage_key for link in record.datasets for file in link.dataset.files} if record else set()


def _result(made: Made, outcome: Outcome) -> dict[str, Any]:
    said = outcome.said
    return {
        "workflowrun_id": made.run.pk if made.run else None,
        "workflowversion_id": made.version.pk if made.version else None,
        "profile": said.profile[:30],
        "profile_version": said.profile_version[:30],
        "specification": said.specification[:60],
        "has_leftovers": False,
    }


def _who(wanted: CrateImport) -> tuple[Any, Any]:
    """Who asked, and for which group; CrateRefused if that person may no longer."""
    user, group = wanted.owner, wanted.owned_by
    if objection := objection_to(user, group):
        raise CrateRefused(objection)
    return user, group
