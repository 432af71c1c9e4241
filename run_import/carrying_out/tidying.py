"""Removing what imports left that nobody came back for."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from run_import.carrying_out.parts import remove_old_parts
from run_import.models import RunImport
from run_import.recording.keeping import remove_leftovers

MOST_AT_ONCE = 1000  # the next hour brings the others
LOOKED_AT = timedelta(days=2)  # after the end of an import that did not succeed
ENDED = (RunImport.State.DONE, RunImport.State.FAILED, RunImport.State.CANCELLED)
UNSUCCESSFUL = (RunImport.State.FAILED, RunImport.State.CANCELLED)


def tidy() -> int:
    """Remove what nobody needs any more; says how many files.

    That is what attempts left that were cut off and given up, the answers on runs that were deleted for good, and
    parts of downloads after a week.
    """
    now = timezone.now()
    ended = RunImport.objects.filter(state__in=UNSUCCESSFUL, finished_at__gte=now - LOOKED_AT)
    without_worker = ended.exclude(lease_until__gte=now).values_list("pk", flat=True)
    return sum(map(remove_leftovers, without_worker)) + _tidy_after_deleted_runs() + remove_old_parts()


def _tidy_after_deleted_runs() -> int:
    """The files of imports whose run was recorded and is gone; each once, as they have recorded nothing afterwards.

    Files that other rows name stay: the workflow that came with a run is no part of it. Whoever tries such an import
    again meanwhile has it, and it is left alone.
    """
    recorded = Q(recorded_at__isnull=False) | Q(asked_count__gt=0)
    gone = RunImport.objects.filter(recorded, state__in=ENDED, workflowrun=None)
    gone = gone.exclude(lease_until__gte=timezone.now())
    count = 0
    for identifier in list(gone.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        if gone.filter(pk=identifier).update(recorded_at=None, asked_count=0):
            count += remove_leftovers(identifier)
    return count
