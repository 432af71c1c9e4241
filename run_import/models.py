"""Servers that runs come from, what users store for them, the work that imports, and what is known of what came."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from common.background import StoppableTask
from common.models import BaseModel, Ownable, OwnedQuerySet
from workflows.models import WorkflowRun


class RunServerQuerySet(models.QuerySet):
    """Servers."""

    def of_source(self, source: str) -> Self:
        """Those that a source asks, by its name in RUN_SOURCES."""
        return self.filter(source=source)


class RunServer(BaseModel):
    """A server that runs may be taken from, and which source asks it (its name in ``settings.RUN_SOURCES``).

    ``url`` is its base address without a final slash. Only what an administrator listed may have a loopback or a
    private address; the others came in because any public host is allowed. ``is_from_settings`` says that it is
    listed because a setting names it. ``shared_key`` holds sealed credentials, as ``RunCredential.sealed`` does, and
    is used for everybody who has none of their own there; ``shared_shown`` are those that are no secrets.
    """

    source = models.CharField(max_length=40, help_text="Which kind of server it is.")
    name = models.CharField(max_length=255)
    url = models.CharField(max_length=500, help_text="For example https://usegalaxy.eu")
    is_enabled = models.BooleanField(default=True, help_text="Off: nothing is asked of it any more.")
    is_listed = models.BooleanField(
        default=True,
        help_text="May be asked, also at a loopback or private address. What the settings name is listed anyway.",
    )
    is_from_settings = models.BooleanField(default=False, editable=False)
    shared_key = models.TextField(blank=True, editable=False)
    shared_shown = models.JSONField(default=dict, editable=False)
    shared_account = models.CharField(max_length=255, blank=True, editable=False)

    objects = RunServerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["source", "url"], name="one_run_server_per_address")]

    def __str__(self) -> str:
        return self.url


class RunCredential(BaseModel):
    """What a user stored for a server. ``account`` is who it signs in as.

    ``sealed`` is a JSON object of the source's CredentialFields, all of them, encrypted; ``shown`` are those among
    them that are no secrets, as JSON.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="run_credentials"
    )
    server = models.ForeignKey(RunServer, on_delete=models.CASCADE, related_name="credentials")
    sealed = models.TextField(editable=False)
    shown = models.JSONField(default=dict, editable=False)
    account = models.CharField(max_length=255, blank=True, editable=False)
    checked_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "server"], name="one_run_credential_per_user_and_server")
        ]

    def __str__(self) -> str:
        return f"credentials for {self.server}"


class RunImportQuerySet(OwnedQuerySet):
    """Imports of runs."""

    def under_way(self) -> Self:
        """Those that have not come to an end."""
        return self.filter(state__in=RunImport.GOING)

    def of_source(self, source: str) -> Self:
        """Those from servers of one source, by its name in RUN_SOURCES."""
        return self.filter(server__source=source)


class RunImport(StoppableTask, Ownable, BaseModel):
    """A run on its way in, for the group ``owned_by``; or something that holds runs, which makes more of them.

    ``url`` is the address as it was given, without a query, and ``external_id`` the source's identifier in it.
    ``kind`` is RUN, or the source's word for what holds runs, in capitals. ``paths`` are patterns of the run's files
    whose contents are wanted, ``file_problems`` say of the first ones that could not be had why. Progress is counted
    in steps, jobs and the files and bytes that are downloaded. ``recorded_at`` says that the run is written down, so
    that what is left is to fetch files, or to ask again. ``asked_count`` is how often a followed run was asked for.
    ``error_code`` names the kind of error for programs.
    """

    RUN: ClassVar[str] = "RUN"

    class Phase(models.TextChoices):
        """What is being done."""

        ASKING = "ASKING"  # for the run and its workflow
        LISTING = "LISTING"  # the runs of what holds several
        JOBS = "JOBS"
        DATASETS = "DATASETS"
        CRATE = "CRATE"  # the source packs its own
        RECORDING = "RECORDING"
        LOGS = "LOGS"  # and events
        DOWNLOADING = "DOWNLOADING"
        FOLLOWING = "FOLLOWING"  # the run goes on: asked again when it is due
        WAITING = "WAITING"  # enough others ask this server

    class Outputs(models.TextChoices):
        """Which outputs become datasets."""

        LABELLED = "labelled"
        ALL = "all"

    task_name = "run_import.tasks.import_run"

    server = models.ForeignKey(RunServer, on_delete=models.CASCADE, related_name="imports", editable=False)
    kind = models.CharField(max_length=20, default=RUN, editable=False)
    url = models.CharField(max_length=1000, editable=False)
    external_id = models.CharField(max_length=500, editable=False)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="children", editable=False
    )
    create_datasets = models.BooleanField(default=False, editable=False)
    outputs = models.CharField(max_length=8, choices=Outputs, default=Outputs.LABELLED, editable=False)
    download = models.BooleanField(default=False, editable=False)
    paths = models.JSONField(default=list, editable=False)
    file_problems = models.JSONField(default=list, editable=False)
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
        WorkflowRun, null=True, on_delete=models.SET_NULL, related_name="run_imports", editable=False
    )
    recorded_at = models.DateTimeField(null=True, editable=False)
    asked_count = models.PositiveIntegerField(default=0, editable=False)
    error_code = models.CharField(max_length=40, blank=True, editable=False)
    warnings = models.JSONField(default=list, editable=False)

    objects = RunImportQuerySet.as_manager()

    class Meta(StoppableTask.Meta):
        abstract = False
        indexes = [
            *StoppableTask.Meta.indexes,
            models.Index(fields=["server", "external_id", "owned_by"], name="run_import_by_id"),
            models.Index(fields=["owned_by", "-id"], name="run_import_of_group"),
        ]

    def __str__(self) -> str:
        return f"import of {self.url}"

    @property
    def is_of_a_run(self) -> bool:
        """Whether it is one run that was named, and not what holds several."""
        return self.kind == self.RUN

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


class ImportedRun(BaseModel):
    """What is known of a run as its source has it; it has the run's rights.

    ``external_id`` and ``container_id`` (what holds the run there, a history for example) are identifiers of
    ``server``; ``uuid`` is what the run's own external id is. ``state`` is the source's word. ``told`` is what it said
    last of the values that people can change here, so that their edits are recognised. ``answers_key`` names the raw
    answers in the storage (gzip, one JSON object a line), ``answers_size`` their bytes there. ``crate_note`` says why
    the source's own crate is not there.
    """

    rights_from: ClassVar[tuple[str, ...]] = ("workflowrun",)

    workflowrun = models.OneToOneField(WorkflowRun, on_delete=models.CASCADE, related_name="imported")
    server = models.ForeignKey(RunServer, on_delete=models.PROTECT, related_name="runs")
    external_id = models.CharField(max_length=500)
    uuid = models.CharField(max_length=500)
    container_id = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=40, blank=True, help_text="The source's own word.")
    told = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    answers_key = models.CharField(max_length=512, blank=True)
    answers_size = models.BigIntegerField(null=True)
    answers_count = models.PositiveIntegerField(default=0)
    crate_note = models.TextField(blank=True, help_text="Why the source's own crate is not there.")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["server", "external_id"], name="imported_run_by_id"),
            models.Index(fields=["uuid"], name="imported_run_by_uuid"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} of {self.server}"


PHASES = RunImport.Phase.choices
