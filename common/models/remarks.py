"""Notes and annotations: what people say about any record. They have the rights of what they are about."""

from typing import Any

from django.db import models

from common.models.base import BaseModel


class Remark(BaseModel):
    """Something said about one record, which is named by its kind and its id."""

    kind = models.CharField(max_length=60, editable=False)
    object_id = models.UUIDField(editable=False)

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["object_id", "kind"])]


class Note(Remark):
    """A free text in Markdown."""

    content = models.TextField()

    def __str__(self) -> str:
        return self.content[:60]


class AnnotationType(BaseModel):
    """A property that administrators allow to be stated, for example "organism"."""

    class ValueType(models.TextChoices):
        """What a value must be."""

        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        BOOLEAN = "boolean"
        CHOICE = "choice"

    name = models.CharField(max_length=100, unique=True)
    help_text = models.TextField(blank=True)
    value_type = models.CharField(max_length=10, choices=ValueType, default=ValueType.TEXT)
    choices = models.JSONField(default=list, blank=True, help_text="The allowed values of a choice.")
    multiple = models.BooleanField(default=False, help_text="More than one value for one record.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Annotation(Remark):
    """One value of an annotation type for one record."""

    annotation_type = models.ForeignKey(AnnotationType, on_delete=models.PROTECT, related_name="annotations")
    value = models.CharField(max_length=1000)

    class Meta(Remark.Meta):
        indexes = [*Remark.Meta.indexes, models.Index(fields=["annotation_type", "value"])]

    def __str__(self) -> str:
        return f"{self.annotation_type}: {self.value}"


class Noteable(models.Model):
    """A record that people may write notes about."""

    class Meta:
        abstract = True

    @property
    def notes(self) -> models.QuerySet[Note]:
        """The notes about this record, oldest first."""
        return Note.objects.filter(kind=_kind(self), object_id=self.pk).order_by("id")


class Annotatable(models.Model):
    """A record that can be annotated."""

    class Meta:
        abstract = True

    @property
    def annotations(self) -> models.QuerySet[Annotation]:
        """The annotations of this record with their types."""
        found = Annotation.objects.filter(kind=_kind(self), object_id=self.pk)
        return found.select_related("annotation_type").order_by("id")


def _kind(record: Any) -> str:
    return record._meta.label_lower
