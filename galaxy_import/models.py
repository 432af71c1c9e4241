"""What is kept of a run's inputs and outputs as Galaxy has them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common.models import BaseModel, OwnedQuerySet
from data_management.models import DataFile, Dataset
from galaxy_import.values import Condition
from run_import.models import RunImport, RunServer
from workflows.models import WorkflowRun
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES

CONDITIONS = [(condition.value, condition.value) for condition in Condition]


class GalaxyDataset(BaseModel):
    """An input or an output of a run as Galaxy has it: a dataset, or a collection, or an element of one.

    ``collection`` is the row of the collection that an element stands in. ``label`` is the workflow's name for it, and
    for an element its place in the collection. ``state`` is Galaxy's word, ``condition`` what can be had of it and
    ``note`` why not more. ``hashes`` maps Galaxy's names of hash functions to hexadecimal. ``dataset`` and
    ``datafile`` are what the registry has of it, and ``known_by`` how it knows: once that is set, the link to the run
    was made, and whoever takes it away, or deletes the dataset, is not contradicted. ``job`` is the Galaxy id of the
    job that made it.
    """

    class KnownBy(models.TextChoices):
        """How a dataset of the registry is known to be this one."""

        GALAXY = "GALAXY"  # made from it, for this run or for another one of the group
        CONTENT = "CONTENT"  # the same checksum

    rights_from: ClassVar[tuple[str, ...]] = ("workflowrun",)

    workflowrun = models.ForeignKey(WorkflowRun, on_delete=models.CASCADE, related_name="galaxy_datasets")
    server = models.ForeignKey(RunServer, on_delete=models.PROTECT, related_name="+", db_index=False)
    collection = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="elements"
    )
    src = models.CharField(max_length=5)
    galaxy_id = models.CharField(max_length=64)
    uuid = models.CharField(max_length=64, blank=True)
    data_type = models.CharField(max_length=9, choices=DATASET_TO_WORKFLOWRUN_TYPES)
    position = models.PositiveIntegerField(default=0)
    label = models.CharField(max_length=1000)
    name = models.CharField(max_length=1000)
    path = models.CharField(max_length=1024, blank=True)
    is_labelled = models.BooleanField(default=True)
    collection_type = models.CharField(max_length=255, blank=True)
    element_count = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=40, blank=True)
    condition = models.CharField(max_length=10, choices=CONDITIONS, default=Condition.UNKNOWN)
    note = models.TextField(blank=True)
    extension = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(null=True)
    hashes = models.JSONField(default=dict)
    url = models.CharField(max_length=2000, blank=True)
    content_url = models.CharField(max_length=2000, blank=True)
    job = models.CharField(max_length=64, blank=True)
    dataset = models.ForeignKey(
        Dataset, null=True, blank=True, on_delete=models.SET_NULL, related_name="galaxy_datasets"
    )
    datafile = models.ForeignKey(
        DataFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="galaxy_datasets"
    )
    known_by = models.CharField(max_length=7, choices=KnownBy, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workflowrun", "src", "galaxy_id", "data_type", "label"],
                condition=Q(collection=None),
                name="galaxy_dataset_once_per_run",
            ),
            models.UniqueConstraint(
                fields=["collection", "galaxy_id", "label"],
                condition=~Q(collection=None),
                name="galaxy_element_once_per_collection",
            ),
        ]
        indexes = [
            models.Index(fields=["server", "src", "galaxy_id"], name="galaxy_dataset_by_id"),
            models.Index(fields=["workflowrun", "position"], name="galaxy_dataset_of_run"),
        ]

    def __str__(self) -> str:
        return f"{self.src} {self.galaxy_id}"


# As this door spells them, whatever other sources need.
KINDS = [("INVOCATION", "Invocation"), ("HISTORY", "History"), ("WORKFLOW", "Workflow")]
PHASES = [choice for choice in RunImport.Phase.choices if choice[0] != RunImport.Phase.LOGS]
OUTPUTS = RunImport.Outputs.choices
