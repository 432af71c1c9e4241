"""Files of datasets as lists show them: searched, sorted, a page at a time."""

from typing import Any

from django.db.models import QuerySet

from data_management.models import STATUS_CHOICES
from data_management.views import DataFileViewSet
from web.lists.files import called
from web.lists.ordering import in_order, ordering_asked
from web.lists.paging import page_for
from web.requests import SignedInRequest, text_asked

ORDERINGS = DataFileViewSet.orderings
STATUSES = [status for status, _ in STATUS_CHOICES]


def files_shown(request: SignedInRequest, files: QuerySet) -> dict[str, Any]:
    """The context of the files of one dataset: those that ``search`` and ``status`` in the address leave."""
    search, status = text_asked(request, "search"), request.GET.get("status", "")
    status = status if status in STATUSES else ""
    files = files.filter(called(search)) if search else files
    files = files.filter(status=status) if status else files
    ordering = ordering_asked(request, ORDERINGS)
    return {
        "search": search,
        "status": status,
        "statuses": STATUS_CHOICES,
        "ordering": ordering,
        "is_narrowed": bool(search or status),
        "page": page_for(request, in_order(files, ordering, ORDERINGS, ("position", "id"))),
    }
