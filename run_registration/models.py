"""The background work that looks into a directory of a dropbox, and registers the run that it holds."""

from django.db import models

from common.background import StoppableTask
from common.models import BaseModel, Ownable, OwnedQuerySet
from workflows.models import WorkflowRun


class DirectoryRegistration(StoppableTask, Ownable, BaseModel):
    """A directory of a dropbox on its way to being a run of the group ``owned_by``.

    It is done twice: first it is looked at (``goal`` LOOK), which leaves ``findings`` and registers nothing; then,
    once a person has said yes, it is registered (SEND). Between the two, and after either failed, it can be looked at
    again with other ``corrections``, which are spelled as a ``runstead.yaml`` is. ``roots`` are the directories that
    files may be taken from, ``wanted_run`` names one of several runs of the directory. Progress is counted in files
    and bytes whose checksums are known.
    """

    class Goal(models.TextChoices):
        """What is asked for."""

        LOOK = "LOOK"
        SEND = "SEND"

    class Phase(models.TextChoices):
        """What is being done."""

        READING = "READING"
        HASHING = "HASHING"
        COMPARING = "COMPARING"
        SENDING = "SENDING"

    task_name = "run_registration.tasks.register_directory"

    path = models.CharField(max_length=4096, editable=False)
    roots = models.JSONField(default=list, editable=False)
    goal = models.CharField(max_length=4, choices=Goal, default=Goal.LOOK, editable=False)
    phase = models.CharField(max_length=9, choices=Phase, blank=True, editable=False)
    wanted_run = models.CharField(max_length=300, blank=True, editable=False)
    corrections = models.JSONField(default=dict, editable=False)
    makes_public = models.BooleanField(default=False, editable=False, help_text="The run is to be public.")
    findings = models.JSONField(default=dict, editable=False)
    files_total = models.PositiveIntegerField(default=0, editable=False)
    files_done = models.PositiveIntegerField(default=0, editable=False)
    bytes_total = models.BigIntegerField(default=0, editable=False)
    bytes_done = models.BigIntegerField(default=0, editable=False)
    workflowrun = models.ForeignKey(
        WorkflowRun,
        null=True,
        on_delete=models.SET_NULL,
        related_name="directory_registrations",
        editable=False,
    )

    objects = OwnedQuerySet.as_manager()

    class Meta(StoppableTask.Meta):
        abstract = False
        indexes = [
            *StoppableTask.Meta.indexes,
            models.Index(fields=["owned_by", "-id"], name="registration_of_group"),
        ]

    def __str__(self) -> str:
        return f"registration of {self.path}"

    @property
    def name(self) -> str:
        """The directory's own name."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def is_ready(self) -> bool:
        """Whether it was looked at, and waits for somebody to say yes."""
        return self.goal == self.Goal.LOOK and self.state == self.State.DONE

    @property
    def is_registered(self) -> bool:
        """Whether the run is there."""
        return self.goal == self.Goal.SEND and self.state == self.State.DONE

    @property
    def can_be_tried_again(self) -> bool:
        """Whether it came to no good end."""
        return self.state in (self.State.FAILED, self.State.CANCELLED)
