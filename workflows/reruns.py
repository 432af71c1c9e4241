"""Runs that repeat other runs."""

from uuid import UUID

from workflows.models import WorkflowRun

LONGEST_CHAIN = 1_000


def goes_back_to(run: WorkflowRun, earlier: WorkflowRun) -> bool:
    """Whether ``run`` is ``earlier``, or repeats it, or one that repeats it."""
    key: UUID | None = run.pk
    left = LONGEST_CHAIN
    while key is not None and key != earlier.pk and left:
        left -= 1
        key = WorkflowRun.objects.filter(pk=key).values_list("rerun_of", flat=True).first()
    return bool(key == earlier.pk)
