"""What is kept beside an imported run, and what its import then says."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from common.progress import Stopped
from common.sentences import cut_warning, first_warnings
from data_management.services import Ownership
from run_import.models import ImportedRun, RunImport
from run_import.recording.edits import Told
from run_import.recording.keeping import KeptAnswers, remove
from workflows.models import WorkflowRun

if TYPE_CHECKING:
    from run_import.recording.runs import Recorded, ToldRun

LONGEST_STATE = 40


def told_of(run: WorkflowRun) -> Told:
    """What the source said of a run the last time; nothing where the run came in some other way."""
    kept = ImportedRun.objects.filter(workflowrun=run).values_list("told", flat=True).first()
    return Told.read(kept or {})


def id_at_source(wanted: RunImport) -> str:
    """By what the import's run is asked for at its source.

    Once the run is known that is the source's own id of it: what an address named, the newest run of a name for
    example, may be another one by now.
    """
    rows = ImportedRun.objects.filter(workflowrun=wanted.workflowrun_id, server=wanted.server_id)
    known = rows.values_list("external_id", flat=True).first() if wanted.workflowrun_id else None
    return known or wanted.external_id


def keep_imported(
    wanted: RunImport,
    told: "ToldRun",
    run: WorkflowRun,
    said: Told,
    answers: KeptAnswers | None,
    ownership: Ownership,
) -> None:
    """Keep what the source said, and the answers in the place of the earlier ones."""
    said = replace(said, tags=tuple(dict.fromkeys((*told_of(run).tags, *told.tags))))
    facts: dict[str, Any] = {
        "server_id": wanted.server_id, "external_id": told.external_id, "uuid": told.record.origin.external_id,
        "container_id": told.container_id, "state": told.state[:LONGEST_STATE], "told": said.as_json(),
        "asked_at": timezone.now(),
    }  # fmt: skip
    before = ImportedRun.objects.filter(workflowrun=run).values_list("answers_key", flat=True).first()
    if answers is not None:
        facts |= {
            "answers_key": answers.key,
            "answers_size": answers.size,
            "answers_count": answers.count,
        }
        transaction.on_commit(lambda: remove(before or ""))
    made = {"created_by": ownership.user, "modified_by": ownership.user}
    ImportedRun.objects.update_or_create(workflowrun=run, defaults=facts, create_defaults={**made, **facts})


def note(wanted: RunImport, told: "ToldRun", recorded: "Recorded") -> None:
    """Have the import name its run; Stopped if it was called off."""
    goes_on = ((wanted.follow and not told.has_ended) or told.has_more) and not recorded.is_left_alone
    remarks = told.remarks
    if recorded.is_left_alone:
        remarks = ("The run is in this registry already, and you may not change it: nothing was changed.",)
    noted = wanted.note(
        workflowrun_id=recorded.run.pk,
        recorded_at=None if goes_on else timezone.now(),
        warnings=warnings_of(remarks),
    )
    if not noted:
        raise Stopped


def warnings_of(remarks: tuple[str, ...]) -> list[str]:
    """Remarks as they are kept: the first ones, none too long, and how many more there were."""
    first, more = first_warnings(remarks)
    return [cut_warning(one) for one in (*first, more) if one]
