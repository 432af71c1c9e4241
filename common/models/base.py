"""What every record has: an identifier that sorts by time, and who made and changed it when."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from common.identifiers import uuid7


def user_key(**options: Any) -> models.ForeignKey:
    """A link to a user that nobody searches by: no index, no reverse name, kept when the user goes."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        editable=False,
        **options,
    )


class BaseModel(models.Model):
    """Identity and authorship. Ordering by ``id`` is ordering by the time of creation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    modified = models.DateTimeField(default=timezone.now, editable=False)
    created_by = user_key()
    modified_by = user_key()

    class Meta:
        abstract = True

    @classmethod
    def record_kind(cls) -> str:
        """The name under which notes, shares and history point at rows of this model."""
        return cls._meta.label_lower


class NameableAbstractBaseModel(BaseModel):
    """A record with a name and a free description (Markdown)."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SoftDeletable(models.Model):
    """A record that is hidden instead of destroyed, and can be restored."""

    deleted = models.BooleanField(default=False, editable=False)
    deleted_by = user_key()
    deleted_date = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def mark_deleted(self, *, by: Any) -> None:
        """Hide the record; who and when are kept."""
        self.deleted, self.deleted_by, self.deleted_date = True, by, timezone.now()
        self.save(update_fields=["deleted", "deleted_by", "deleted_date"])

    def mark_restored(self) -> None:
        """Bring the record back as it was."""
        self.deleted, self.deleted_by, self.deleted_date = False, None, None
        self.save(update_fields=["deleted", "deleted_by", "deleted_date"])
