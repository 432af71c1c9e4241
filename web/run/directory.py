"""The files of a run as one sees a directory: what the tab shows."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet

from common.errors import InvalidInput
from web.lists.ordering import in_order, ordering_asked
from web.lists.paging import page_for
from web.requests import SignedInRequest
from web.templatetags.runs import DATA_TYPE_NAMES
from web.zipped import downloads_of
from workflows.models import WorkflowRun
from workflows.run_file_globs import LONGEST
from workflows.run_files import data_types_of, files_of, is_held, matching, why_not

ORDERINGS = {
    "path": "place",
    "format": "format",
    "size": "size",
    "status": "status",
    "dataset": "dataset__name",
}


def directory_of(request: SignedInRequest, run: WorkflowRun) -> dict[str, Any]:
    """A page of the files that the address asks for."""
    asked = asked_of(request.GET)
    ordering = ordering_asked(request, ORDERINGS)
    try:
        rows, problem = narrowed(request, run, asked), ""
    except InvalidInput as refusal:
        rows, problem = files_of(run.pk, request.user).none(), str(refusal)
    page = page_for(request, in_order(rows, ordering, ORDERINGS, ("place", "id"), ("place", "id")))
    types = data_types_of(run.pk, request.user, page.rows)
    for file in page.rows:
        file.kinds = [DATA_TYPE_NAMES[one] for one in types.get(file.dataset_id, ())]
        file.is_held, file.why_not = is_held(file), why_not(file)
    return {
        "page": page,
        "downloads": downloads_of(rows),
        "largest": settings.RUN_FILE_MAX_BYTES,
        "asked": asked,
        "ordering": ordering,
        "problem": problem,
        "is_narrowed": any(asked.values()),
        "types": DATA_TYPE_NAMES.items(),
        "call": f"/api/v2/workflows/workflowruns/{run.pk}/files/{_query(asked)}",
    }


def asked_of(given: Any) -> dict[str, str]:
    """Pattern, text and type that a form asks for; nothing of what makes no sense."""
    told = {name: given.get(name, "").replace("\0", "").strip() for name in ("path", "search", "data_type")}
    known = told["data_type"] if told["data_type"] in DATA_TYPE_NAMES else ""
    return {**told, "search": told["search"][:200], "path": told["path"][: LONGEST + 1], "data_type": known}


def narrowed(request: SignedInRequest, run: WorkflowRun, asked: dict[str, str]) -> QuerySet:
    """The files of the run that pass; InvalidInput for a pattern that is too long."""
    files = files_of(run.pk, request.user, (asked["data_type"],) if asked["data_type"] else ())
    files = matching(files, asked["path"]) if asked["path"] else files
    text = asked["search"]
    found = Q(place__icontains=text) | Q(sha256=text.lower()) | Q(md5sum=text.lower())
    return files.filter(found) if text else files


def _query(asked: dict[str, str]) -> str:
    given = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(given)}" if given else ""
