"""Notes and annotations of any record.

A page that shows them puts ``"remarks": remarks_of(request, record)`` into its context and includes
``web/_notes.html``. The forms work without JavaScript; with it a save swaps only this part of the page.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.models import AnnotationType
from web.deeds import Answer, do
from web.lists.paging import Excerpt, first_of
from web.records.kinds import Kind, kind_of, rights_on
from web.requests import SignedInRequest, is_for_swap

TYPES_SHOWN = 500
CHANGED_ELSEWHERE = (
    "this note was changed in another window. Copy your text, reload the page, and put it in again."
)
MOST_FORMATTED = 200_000  # characters of notes on one page; further ones are shown as they were written


AT_ONCE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Remarks:
    """What people say about a record, and what the user may add.

    ``chosen`` is the type of the annotation that the user is about to make. ``said`` and ``failed`` tell what
    became of the last change, ``draft`` is a text that could not be saved.
    """

    kind: Kind
    record: Any
    may_edit: bool
    notes: Excerpt
    annotations: Excerpt
    types: list[AnnotationType]
    chosen: AnnotationType | None
    said: str = ""
    failed: str = ""
    draft: str = ""

    @property
    def page(self) -> str:
        """Where they stand."""
        return self.kind.remarks_address(self.record.pk)

    @property
    def add_note(self) -> str:
        """Where a new note is sent to."""
        return reverse(f"web:note-{self.kind.word}", args=[self.record.pk])

    @property
    def annotate(self) -> str:
        """Where a new annotation is sent to."""
        return reverse(f"web:annotate-{self.kind.word}", args=[self.record.pk])

    @property
    def change_note(self) -> str:
        """The name of the route that a note's author changes it by."""
        return f"web:change-note-{self.kind.word}"

    @property
    def remove_annotation(self) -> str:
        """The name of the route that takes an annotation away."""
        return f"web:remove-annotation-{self.kind.word}"


def remarks_of(request: SignedInRequest, record: Any, *, may_edit: bool | None = None) -> Remarks:
    """The notes and annotations of ``record``, for its page."""
    if may_edit is None:
        may_edit = rights_on(record, request.user).edit
    types = list(AnnotationType.objects.order_by("name")[:TYPES_SHOWN]) if may_edit else []
    wanted = request.GET.get("annotate", "")
    return Remarks(
        kind=kind_of(record),
        record=record,
        may_edit=may_edit,
        notes=_notes_of(record),
        annotations=first_of(record.annotations),
        types=types,
        chosen=next((one for one in types if str(one.pk) == wanted), None),
    )


def _notes_of(record: Any) -> Excerpt:
    """The first notes; ``is_plain`` says which are not formatted, as it takes time, ``is_changed`` which are edited."""
    notes = first_of(record.notes.select_related("created_by"))
    length = 0
    for note in notes.rows:
        length += len(note.content)
        note.is_plain = length > MOST_FORMATTED
        note.is_changed = note.modified - note.created > AT_ONCE
    return notes


@require_POST
@login_required
def add_note(request: SignedInRequest, kind: Kind, record_id: UUID) -> HttpResponse:
    """Write a note; or see what it would look like."""
    content = request.POST.get("content", "")
    if request.POST.get("preview") and is_for_swap(request):
        get_object_or_404(kind.visible(request.user), pk=record_id)
        return render(request, "web/records/_note_preview.html", {"content": content})
    answer = do(request, "POST", kind.api("notes", record_id), {"content": content})
    return _after(request, kind, record_id, answer, "The note is saved.", "" if answer.is_done else content)


@require_POST
@login_required
def change_note(request: SignedInRequest, kind: Kind, record_id: UUID, note_id: UUID) -> HttpResponse:
    """Change a note of one's own, or remove it."""
    address = kind.api("note-detail", record_id, note_id=note_id)
    if request.POST.get("remove"):
        return _after(request, kind, record_id, do(request, "DELETE", address), "The note is removed.")
    record = get_object_or_404(kind.visible(request.user), pk=record_id)
    content = request.POST.get("content", "")
    note = get_object_or_404(record.notes, pk=note_id)
    said = "The note is saved."
    answer = _changed(request, note, address, content)
    if not is_for_swap(request):
        return _after(request, kind, record_id, answer, said)
    note.refresh_from_db()
    context = {"note": note, "said": "Saved", "failed": "" if answer.is_done else answer.why}
    return render(request, "web/records/_note_saved.html", context)


def _changed(request: SignedInRequest, note: Any, address: str, content: str) -> Answer:
    """Save a note's text, unless it was changed elsewhere since the page was made."""
    if note.content == content:
        return Answer(200, None)
    if request.POST.get("seen", note.modified.isoformat()) != note.modified.isoformat():
        return Answer(409, None, CHANGED_ELSEWHERE)
    return do(request, "PUT", address, {"content": content})


@require_POST
@login_required
def annotate(request: SignedInRequest, kind: Kind, record_id: UUID) -> HttpResponse:
    """State a value of one of the types that administrators allow."""
    body = {name: request.POST.get(name, "") for name in ("annotation_type_id", "value")}
    answer = do(request, "POST", kind.api("annotations", record_id), body)
    return _after(request, kind, record_id, answer, "The annotation is saved.")


@require_POST
@login_required
def remove_annotation(
    request: SignedInRequest, kind: Kind, record_id: UUID, annotation_id: UUID
) -> HttpResponse:
    """Take one value away."""
    address = kind.api("annotation-detail", record_id, annotation_id=annotation_id)
    return _after(request, kind, record_id, do(request, "DELETE", address), "The annotation is removed.")


def _after(
    request: SignedInRequest, kind: Kind, record_id: UUID, answer: Answer, said: str, draft: str = ""
) -> HttpResponse:
    """This part of the page anew for htmx; else back to the page."""
    if is_for_swap(request):
        record = get_object_or_404(kind.visible(request.user), pk=record_id)
        told: dict[str, Any] = {"said": said} if answer.is_done else {"failed": answer.why, "draft": draft}
        remarks = replace(remarks_of(request, record), **told)
        return render(request, "web/records/_remarks.html", {"remarks": remarks})
    answer.told(request, said)
    return redirect(f"{kind.remarks_address(record_id)}#remarks")
