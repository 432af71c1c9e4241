"""Galaxy servers and keys, the background work that imports from them, and what it keeps beside each run."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.background import StoppableTask
from common.models import BaseModel, Ownable, OwnedQuerySet
from data_management.models import DataFile, Dataset
from galaxy_import.values import Condition
from workflows.models import WorkflowRun
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES

CONDITIONS = [(condition.value, condition.value) for condition in Condition]


class GalaxyServer(BaseModel):
    """A Galaxy server that runs may be taken from.

    ``url`` is its base address without a final slash. Only what an administrator listed may have a loopback or a
    private address; the others came in because any public host is allowed. ``is_from_settings`` says that it is
    listed because GALAXY_SERVERS names it. ``shared_key`` is sealed, and is used for everybody who has no key of
    their own there.
    """

    name = models.CharField(max_length=255)
    url = models.CharField(max_length=500, unique=True, help_text="For example https://usegalaxy.eu")
    is_enabled = models.BooleanField(default=True, help_text="Off: nothing is asked of it any more.")
    is_listed = models.BooleanField(
        default=True,
        help_text="May be asked, also at a loopback or private address. What GALAXY_SERVERS names is listed anyway.",
    )
    is_from_settings = models.BooleanField(default=False, editable=False)
    shared_key = models.TextField(blank=True, editable=False)
    shared_account = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.url


class GalaxyKey(BaseModel):
    """A user's API key for a server, sealed. ``account`` is who it signs in as."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="galaxy_keys")
    server = models.ForeignKey(GalaxyServer, on_delete=models.CASCADE, related_name="keys")
    sealed = models.TextField(editable=False)
    account = models.CharField(max_length=255, blank=True, editable=False)
    checked_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "server"], name="one_galaxy_key_per_user_and_server")
        ]

    def __str__(self) -> str:
        return f"key for {self.server}"


class GalaxyImportQuerySet(OwnedQuerySet):
    """Imports from Galaxy."""

    def under_way(self) -> Self:
        """Those that have not come to an end."""
        return self.filter(state__in=GalaxyImport.GOING)


class GalaxyImport(StoppableTask, Ownable, BaseModel):
    """One invocation on its way in, for the group ``owned_by``; or a history or a workflow, which makes more of them.

    ``url`` is the address as it was given, without a query, and ``galaxy_id`` the encoded id in it. Progress is
    counted in steps, jobs and the files and bytes that are downloaded. ``recorded_at`` says that the run is written
    down, so that what is left is to fetch files, or to ask again. ``asked_count`` is how often a followed run was
    asked for. ``error_code`` names the kind of error for programs.
    """

    class Kind(models.TextChoices):
        """What the address names."""

        INVOCATION = "INVOCATION"
        HISTORY = "HISTORY"
        WORKFLOW = "WORKFLOW"

    class Phase(models.TextChoices):
        """What is being done."""

        ASKING = "ASKING"  # for the invocation and its workflow
        LISTING = "LISTING"  # the invocations of a history or a workflow
        JOBS = "JOBS"
        DATASETS = "DATASETS"
        CRATE = "CRATE"  # Galaxy packs its own
        RECORDING = "RECORDING"
        DOWNLOADING = "DOWNLOADING"
        FOLLOWING = "FOLLOWING"  # the run goes on: asked again when it is due
        WAITING = "WAITING"  # enough others ask this server

    class Outputs(models.TextChoices):
        """Which outputs become datasets."""

        LABELLED = "labelled"
        ALL = "all"

    task_name = "galaxy_import.tasks.import_invocation"

    server = models.ForeignKey(GalaxyServer, on_delete=models.CASCADE, related_name="imports", editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INVOCATION, editable=False)
    url = models.CharField(max_length=1000, editable=False)
    galaxy_id = models.CharField(max_length=64, editable=False)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="children", editable=False
    )
    create_datasets = models.BooleanField(default=False, editable=False)
    outputs = models.CharField(max_length=8, choices=Outputs, default=Outputs.LABELLED, editable=False)
    download = models.BooleanField(default=False, editable=False)
    rocrate = models.BooleanField(default=False, editable=False)
    follow = models.BooleanField(default=False, editable=False)
    makes_public = models.BooleanField(default=False, editable=False, help_text="The run is to be public.")
    phase = models.CharField(max_length=12, choices=Phase, blank=True, editable=False)
    steps_total = models.PositiveIntegerField(default=0, editable=False)
    steps_done = models.PositiveIntegerField(default=0, editable=False)
    jobs_total = models.PositiveIntegerField(default=0, editable=False)
    jobs_done = models.PositiveIntegerField(default=0, editable=False)
    files_total = models.PositiveIntegerField(default=0, editable=False)
    files_done = models.PositiveIntegerField(default=0, editable=False)
    files_failed = models.PositiveIntegerField(default=0, editable=False)
    bytes_total = models.BigIntegerField(default=0, editable=False)
    bytes_done = models.BigIntegerField(default=0, editable=False)
    workflowrun = models.ForeignKey(
        WorkflowRun, null=True, on_delete=models.SET_NULL, related_name="galaxy_imports", editable=False
    )
    recorded_at = models.DateTimeField(null=True, editable=False)
    asked_count = models.PositiveIntegerField(default=0, editable=False)
    error_code = models.CharField(max_length=40, blank=True, editable=False)
    warnings = models.JSONField(default=list, editable=False)

    objects = GalaxyImportQuerySet.as_manager()

    class Meta(StoppableTask.Meta):
        abstract = False
        indexes = [
            *StoppableTask.Meta.indexes,
            models.Index(fields=["server", "galaxy_id", "owned_by"], name="galaxy_import_by_id"),
            models.Index(fields=["owned_by", "-id"], name="galaxy_import_of_group"),
        ]

    def __str__(self) -> str:
        return f"import of {self.url}"

    @property
    def can_be_tried_again(self) -> bool:
        """Whether it did not succeed, or left files behind."""
        return self.state in (self.State.FAILED, self.State.CANCELLED) or self._left_files

    @property
    def _left_files(self) -> bool:
        return self.state == self.State.DONE and self.files_failed > 0

    def fail(self, reason: str, **facts: Any) -> bool:
        """FAILED, for a reason that its owner can do something about; ``error_code`` says which kind."""
        return super().fail(reason, **{"error_code": "failed", **facts})


class GalaxyInvocation(BaseModel):
    """What is known of a run as an invocation of Galaxy; it has the run's rights.

    ``invocation_id`` and ``history_id`` are encoded ids of ``server``, ``uuid`` is the invocation's own and the run's
    external id. ``told`` is what Galaxy said last of the values that people can change here, so that their edits are
    recognised. ``answers_key`` names the raw answers in the storage (gzip, one JSON object a line), ``answers_size``
    their bytes there.
    """

    rights_from: ClassVar[tuple[str, ...]] = ("workflowrun",)

    workflowrun = models.OneToOneField(WorkflowRun, on_delete=models.CASCADE, related_name="galaxy")
    server = models.ForeignKey(GalaxyServer, on_delete=models.PROTECT, related_name="invocations")
    invocation_id = models.CharField(max_length=64)
    uuid = models.CharField(max_length=64)
    history_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=40, blank=True, help_text="Galaxy's own word.")
    told = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    answers_key = models.CharField(max_length=512, blank=True)
    answers_size = models.BigIntegerField(null=True)
    answers_count = models.PositiveIntegerField(default=0)
    crate_note = models.TextField(blank=True, help_text="Why Galaxy's own crate is not there.")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["server", "invocation_id"], name="galaxy_invocation_by_id"),
            models.Index(fields=["uuid"], name="galaxy_invocation_by_uuid"),
        ]

    def __str__(self) -> str:
        return f"invocation {self.invocation_id} of {self.server}"


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
    server = models.ForeignKey(GalaxyServer, on_delete=models.PROTECT, related_name="+", db_index=False)
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


KINDS = GalaxyImport.Kind.choices
PHASES = GalaxyImport.Phase.choices
OUTPUTS = GalaxyImport.Outputs.choices
