"""Collections, datasets and files; the dropboxes that they come from and the transfers that bring them in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.background import BackgroundTask
from common.models import (
    Annotatable,
    BaseModel,
    NameableAbstractBaseModel,
    Noteable,
    Ownable,
    OwnedQuerySet,
    SoftDeletable,
)
from data_management.records import DatasetRecord, FileRecord, FileStatus

STATUS_CHOICES = [(status.value, status.value) for status in FileStatus]


class DatasetCollection(SoftDeletable, Annotatable, Noteable, Ownable, NameableAbstractBaseModel):
    """Datasets that belong together, typically all outputs of one kind; a dataset may be in several."""

    is_raw = models.BooleanField(default=False)
    datasets: "models.ManyToManyField[Dataset, CollectionItem]" = models.ManyToManyField(
        "Dataset", through="CollectionItem", related_name="collections"
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owned_by", "-id"], name="collection_of_group"),
            models.Index(fields=["owner", "-id"], name="collection_of_owner"),
        ]


class Dataset(SoftDeletable, Annotatable, Noteable, Ownable, NameableAbstractBaseModel):
    """A logical unit of data with one or more files.

    ``status`` sums up the files: ERROR if one is damaged, else NEW while one is on its way, else ONLINE if
    all are readable, else OFFLINE. ``size`` (bytes) and ``file_count`` are kept with it. ``tags`` are names with
    values, ``metadata`` is whatever else is known.
    """

    dataset_type = models.CharField(max_length=60, default="generic")
    is_raw = models.BooleanField(default=False)
    is_managed = models.BooleanField(default=True, help_text="The files lie in the registry's own storage.")
    status = models.CharField(max_length=7, choices=STATUS_CHOICES, default=FileStatus.NEW, editable=False)
    file_count = models.PositiveIntegerField(default=0, editable=False)
    size = models.BigIntegerField(null=True, editable=False)
    tags = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owned_by", "-id"], name="dataset_of_group"),
            models.Index(fields=["owner", "-id"], name="dataset_of_owner"),
            models.Index(
                fields=["-deleted_date", "-id"], name="dataset_in_trash", condition=models.Q(deleted=True)
            ),
        ]

    def to_record(self) -> DatasetRecord:
        """The dataset as a value, its files in their order, named after its first collection."""
        first = min(self.collections.all(), key=lambda one: one.id, default=None)
        return DatasetRecord(
            id=self.id,
            name=self.name,
            description=self.description,
            dataset_type=self.dataset_type,
            collection=first.name if first else "",
            files=tuple(
                file.to_record() for file in sorted(self.datafiles.all(), key=lambda one: one.position)
            ),
        )


class CollectionItem(models.Model):
    """A dataset's place in a collection."""

    collection = models.ForeignKey(DatasetCollection, on_delete=models.CASCADE, related_name="items")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="collection_items")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["collection", "dataset"], name="once_in_a_collection")]

    def __str__(self) -> str:
        return f"{self.dataset_id} in {self.collection_id}"


class DataFile(BaseModel):
    """One file of a dataset; it has the dataset's rights.

    ``uri`` is where it was found (an absolute path or a URI); ``storage_key`` names our own copy, once it is
    complete and verified. A half copied file never has one.
    """

    rights_from: ClassVar[tuple[str, ...]] = ("dataset",)

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="datafiles")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=1024, blank=True)
    uri = models.CharField(max_length=4096, blank=True)
    format = models.CharField(max_length=60, blank=True)
    mime_type = models.CharField(max_length=255, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    md5sum = models.CharField(max_length=32, blank=True)
    crc32 = models.BigIntegerField(null=True, blank=True, editable=False)
    status = models.CharField(max_length=7, choices=STATUS_CHOICES, default=FileStatus.NEW)
    error = models.TextField(blank=True, editable=False)
    is_managed = models.BooleanField(default=True)
    storage_key = models.CharField(max_length=512, blank=True, editable=False)
    transfer = models.ForeignKey(
        "FileTransfer",
        null=True,
        on_delete=models.SET_NULL,
        related_name="datafiles",
        db_index=False,
        editable=False,
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sha256"], name="datafile_by_sha256", condition=~Q(sha256="")),
            models.Index(fields=["md5sum"], name="datafile_by_md5", condition=~Q(md5sum="")),
            models.Index(fields=["transfer"], name="datafile_under_way", condition=Q(status="NEW")),
        ]

    def __str__(self) -> str:
        return self.name

    def to_record(self) -> FileRecord:
        """The file as a value."""
        return FileRecord(
            id=self.id,
            name=self.name,
            path=self.path,
            uri=self.uri,
            format=self.format,
            mime_type=self.mime_type,
            size=self.size,
            sha256=self.sha256,
            md5sum=self.md5sum,
            crc32=self.crc32,
            status=FileStatus(self.status),
            storage_key=self.storage_key,
            error=self.error,
        )


class Dropbox(models.Model):
    """A directory in which one user leaves what is to be registered for one group."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dropboxes")
    group = models.ForeignKey(settings.GROUP_MODEL, on_delete=models.CASCADE, related_name="dropboxes")
    path = models.CharField(max_length=4096)

    class Meta:
        verbose_name_plural = "dropboxes"
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="one_dropbox_per_user_and_group")
        ]

    def __str__(self) -> str:
        return self.path


class FileTransfer(BackgroundTask, Ownable, BaseModel):
    """The background work that takes the files of one registration into the storage.

    Progress is counted in files and bytes. ``roots`` are the directories that a file may lie in, checked
    again at the moment of copying.
    """

    class Mode(models.TextChoices):
        """What happens to the original: it stays, it is removed after the copy is verified, or it is all there is."""

        COPY = "copy"
        MOVE = "move"
        REFERENCE = "reference"

    task_name = "data_management.tasks.transfer_files"

    mode = models.CharField(max_length=9, choices=Mode, default=Mode.COPY)
    input_dir = models.CharField(max_length=4096, blank=True)
    roots = models.JSONField(default=list)
    files_total = models.PositiveIntegerField(default=0)
    files_done = models.PositiveIntegerField(default=0)
    files_failed = models.PositiveIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta(BackgroundTask.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"transfer of {self.input_dir}"


MODES = FileTransfer.Mode.choices
