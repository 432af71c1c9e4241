"""The list of files, the page of one, and what is in it."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from common.api.files import file_answer
from data_management.models import DataFile
from data_management.views import DataFileViewSet
from web.data.forms import FileFilterForm
from web.data.preview import preview_of
from web.data.views import MADE_BY_RUN, links_of
from web.lists.files import checksum_column
from web.lists.paging import first_of
from web.lists.query import ApiList, sound_query_of
from web.lists.shown import listed
from web.records.kinds import rights_on
from web.requests import SignedInRequest, is_for_swap
from workflows.models import JobFileLink, WorkflowFile, WorkflowRun

INERT = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FILES = ApiList(DataFileViewSet, "datafile-list", several=("status",))


@require_safe
@login_required
def file_list(request: SignedInRequest) -> HttpResponse:
    """The files that the user may see, newest first; a checksum that is searched for finds its content."""
    query = sound_query_of(request, FILES, _by_checksum(request.GET))
    context = listed(query, seen_files(request), FileFilterForm(request.GET, label_suffix=""))
    return render(request, "web/data/file_list.html", context)


def _by_checksum(asked: QueryDict) -> QueryDict:
    """What is searched for, as the checksum that it may be."""
    text = asked.get("search", "").strip()
    if not (column := checksum_column(text)):
        return asked
    changed = asked.copy()
    del changed["search"]
    changed[column] = text.lower()
    return changed


def seen_files(request: SignedInRequest) -> QuerySet:
    """The files that the user may see, with their datasets."""
    return DataFile.objects.visible_to(request.user).select_related("dataset")


@require_safe
@login_required
def file_page(request: SignedInRequest, file_id: UUID) -> HttpResponse:
    """What a file is, what is in it, and what it was used for."""
    file = get_object_or_404(
        seen_files(request).select_related("dataset__owner", "dataset__owned_by"), pk=file_id
    )
    links = links_of(request, file.dataset)
    context = {
        "file": file,
        "key": str(file.pk),
        "rights": rights_on(file, request.user),
        "preview": preview_of(file),
        "makers": first_of(links.filter(data_type__in=MADE_BY_RUN)),
        "users": first_of(links.exclude(data_type__in=MADE_BY_RUN)),
        "jobs": first_of(_jobs(request, file)),
        **_same_content(request, file),
    }
    return render(request, "web/data/file.html", context)


def _jobs(request: SignedInRequest, file: DataFile) -> QuerySet:
    runs = WorkflowRun.objects.visible_to(request.user)
    links = JobFileLink.objects.filter(datafile=file, job__workflowrun__in=runs)
    return links.select_related("job__workflowrun").order_by("-job_id", "id")


def _same_content(request: SignedInRequest, file: DataFile) -> dict[str, Any]:
    """Other files with the same SHA-256, of data and of workflows."""
    same = Q(sha256=file.sha256) if file.sha256 else Q(pk=None)
    twins = seen_files(request).filter(same).exclude(pk=file.pk)
    scripts = WorkflowFile.objects.visible_to(request.user).filter(same)
    return {
        "twins": first_of(twins.order_by("-id"), 50),
        "scripts": first_of(scripts.select_related("workflowversion__workflow").order_by("-id"), 50),
    }


@require_safe
@login_required
def file_preview(request: SignedInRequest, file_id: UUID) -> HttpResponse:
    """The preview alone, for a dialog; without one the page that has it."""
    file = get_object_or_404(seen_files(request), pk=file_id)
    if not is_for_swap(request):
        return redirect("web:file", file_id=file_id)
    return render(request, "web/data/_preview.html", {"file": file, "preview": preview_of(file)})


@require_safe
@xframe_options_sameorigin
@login_required
def file_raw(request: SignedInRequest, file_id: UUID) -> HttpResponse:
    """A picture or a report as it is, for the page that frames it; opened by itself it is just as inert."""
    file = get_object_or_404(seen_files(request), pk=file_id)
    preview = preview_of(file)
    if not preview.media_type:
        raise Http404("This is nothing that a browser shows by itself.")
    given: HttpResponse = file_answer(
        request,
        key=file.storage_key,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        content_type=preview.media_type,
    )
    given["Content-Disposition"] = "inline"
    given["Content-Security-Policy"] = INERT
    given["Referrer-Policy"] = "no-referrer"
    given["Cross-Origin-Resource-Policy"] = "same-origin"
    return given
