"""How many datasets a run took in and gave out, kept beside it so that runs can be sorted by it."""

from django.db import models

from workflows.models.runs import WorkflowRun


class DataCount(models.Model):
    """The number of a run's associations with datasets, of those that it took in and of those that it gave out.

    The database keeps it itself, by triggers on both tables: whatever writes an association need not think of it,
    and nothing else writes here. What lies in the trash is counted, too.
    """

    workflowrun = models.OneToOneField(
        WorkflowRun, primary_key=True, on_delete=models.CASCADE, related_name="data_count"
    )
    inputs = models.PositiveIntegerField(default=0)
    outputs = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["inputs", "workflowrun"], name="run_by_inputs"),
            models.Index(fields=["outputs", "workflowrun"], name="run_by_outputs"),
        ]

    def __str__(self) -> str:
        return f"{self.workflowrun_id}: {self.inputs} in, {self.outputs} out"
