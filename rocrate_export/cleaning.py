"""Removal of what is kept only to be at hand: plans of prepared crates, and the rows of old work."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Sum
from django.utils import timezone

from rocrate_export.models import CrateExport, CrateValidation, CrateWork

ENDED = (CrateWork.State.DONE, CrateWork.State.FAILED, CrateWork.State.CANCELLED)


def tidy() -> int:
    """Remove what nobody has used for CRATE_CACHE_DAYS, then the longest unused above CRATE_CACHE_BYTES.

    Whoever asks for such a crate again has it prepared again. Says how many rows are gone.
    """
    before = timezone.now() - timedelta(days=settings.CRATE_CACHE_DAYS)
    gone = sum(
        _remove(_ended(kind).filter(last_used_at__lt=before)) for kind in (CrateExport, CrateValidation)
    )
    return gone + _remove(_beyond(settings.CRATE_CACHE_BYTES))


def _ended(kind: type[CrateWork]) -> Any:
    return kind._base_manager.filter(state__in=ENDED)


def _beyond(limit: int) -> list[CrateExport]:
    """The longest unused crates without which the rest fits."""
    over = (CrateExport.objects.aggregate(all=Sum("prepared_size"))["all"] or 0) - limit
    chosen: list[CrateExport] = []
    if over > 0:
        for row in _ended(CrateExport).filter(prepared_size__gt=0).order_by("last_used_at", "id").iterator():
            if over <= 0:
                break
            chosen.append(row)
            over -= row.prepared_size
    return chosen


def _remove(rows: Iterable[CrateWork]) -> int:
    """The row first: a request that comes in between makes a new one, which has a plan of its own."""
    count = 0
    for row in rows:
        key = getattr(row, "prepared_key", "")
        row.delete()
        if key:
            default_storage.delete(key)
        count += 1
    return count
