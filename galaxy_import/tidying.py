"""Removing what imports left that nobody came back for."""

from datetime import timedelta

from django.utils import timezone

from galaxy_import.keeping import remove_leftovers
from galaxy_import.models import GalaxyImport
from galaxy_import.parts import remove_old_parts

LOOKED_AT = timedelta(days=2)  # after the end of an import that did not succeed
UNSUCCESSFUL = (GalaxyImport.State.FAILED, GalaxyImport.State.CANCELLED)


def tidy() -> int:
    """Remove what attempts left that were cut off and given up, and parts of downloads after a week; says how many."""
    now = timezone.now()
    ended = GalaxyImport.objects.filter(state__in=UNSUCCESSFUL, finished_at__gte=now - LOOKED_AT)
    without_worker = ended.exclude(lease_until__gte=now).values_list("pk", flat=True)
    return sum(map(remove_leftovers, without_worker)) + remove_old_parts()
