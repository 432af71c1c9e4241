"""The machines that jobs of a run ran on."""

from django.db import models

from workflows.models.runs import WorkflowRun
from workflows.models.steps import RunPart
from workflows.records import ComputeNodeRecord


class ComputeNode(RunPart):
    """A machine, or an allocation of some, that jobs ran on; a job names it by ``key``.

    ``statistics`` maps a measure to its least, average and greatest value; raw samples are not kept.
    """

    workflowrun = models.ForeignKey(
        WorkflowRun, on_delete=models.CASCADE, related_name="nodes", db_index=False
    )
    key = models.CharField(max_length=255)
    hostname = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cpus = models.FloatField(null=True, blank=True)
    memory_bytes = models.BigIntegerField(null=True, blank=True)
    gpus = models.PositiveIntegerField(null=True, blank=True)
    scheduler = models.JSONField(default=dict, blank=True)
    statistics = models.JSONField(default=dict, blank=True)

    class Meta(RunPart.Meta):
        constraints = [models.UniqueConstraint(fields=["workflowrun", "key"], name="node_key_once_per_run")]

    def __str__(self) -> str:
        return self.hostname or self.key

    def to_record(self) -> ComputeNodeRecord:
        """The node as a value."""
        return ComputeNodeRecord(
            key=self.key,
            hostname=self.hostname,
            kind=self.kind,
            started_at=self.started_at,
            completed_at=self.completed_at,
            cpus=self.cpus,
            memory_bytes=self.memory_bytes,
            gpus=self.gpus,
            scheduler=self.scheduler,
            statistics=self.statistics,
        )
