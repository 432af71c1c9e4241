"""What a person has told the pages: preferences, and views that were saved under a name."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from common.identifiers import uuid7

PAGE_SIZES = (25, 50, 100, 200, 500)
USUAL_PAGE_SIZE = 50
THEMES = [("", "As the system"), ("light", "Light"), ("dark", "Dark")]


def must_be_time_zone(name: str) -> None:
    """ValidationError unless ``name`` is one of the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError("There is no such time zone; Europe/Berlin is one.")


class Preferences(models.Model):
    """How a person likes the pages. ``run_columns`` are the columns of the list of runs; empty: the usual ones."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="preferences"
    )
    theme = models.CharField(max_length=5, blank=True, choices=THEMES)
    page_size = models.PositiveSmallIntegerField(
        default=USUAL_PAGE_SIZE, choices=[(size, str(size)) for size in PAGE_SIZES]
    )
    time_zone = models.CharField(max_length=64, blank=True, validators=[must_be_time_zone])
    run_columns = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"Preferences of {self.user}"


class SavedView(models.Model):
    """The conditions and the order of a list, as its address has them, under a name of the user's own."""

    LISTS: ClassVar[Any] = [("runs", "Runs")]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    of = models.CharField(max_length=20, choices=LISTS, default="runs")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2000, blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "of", "name"], name="saved_view_once_per_user")
        ]

    def __str__(self) -> str:
        return self.name
