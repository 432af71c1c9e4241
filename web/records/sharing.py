"""Whom a record is shared with: one page for every kind of record.

``{% url "web:share-run" run.id %}``, ``web:share-dataset``, ``web:share-collection`` and ``web:share-workflow``
lead to it.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.filters import GroupFilterSet, PersonFilterSet
from accounts.models import Group, User
from common.models import Share
from web.deeds import Answer, do
from web.lists.paging import first_of
from web.records.kinds import Kind, rights_on
from web.requests import SignedInRequest, text_asked

FOUND = 8  # people and groups that a search shows
LONGEST_SEARCH = 100


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def share_page(request: SignedInRequest, kind: Kind, record_id: UUID) -> HttpResponse:
    """Who may see, edit and delete the record; POST gives a user or a group rights on it."""
    record = get_object_or_404(kind.visible(request.user).select_related("owner", "owned_by"), pk=record_id)
    if request.method == "POST":
        answer = do(request, "POST", kind.api("shares", record_id), _given(request))
        return _after(request, kind, record_id, answer, _told(answer))
    return render(request, "web/records/share.html", _context(request, kind, record))


@require_POST
@login_required
def unshare(request: SignedInRequest, kind: Kind, record_id: UUID, share_id: UUID) -> HttpResponse:
    """Take the rights back that one share gave."""
    share = Share.objects.filter(object_id=record_id, pk=share_id).select_related("user", "group").first()
    answer = do(request, "DELETE", kind.api("share-detail", record_id, share_id=share_id))
    return _after(request, kind, record_id, answer, f"No longer shared with {_whom(share)}.")


@require_POST
@login_required
def publish(request: SignedInRequest, kind: Kind, record_id: UUID) -> HttpResponse:
    """Show the record to everybody who can sign in, or no longer."""
    public = request.POST.get("public") == "on"
    answer = do(request, "PATCH", kind.api("detail", record_id), {"public": public})
    said = f"Everybody who can sign in may view this {kind.word} now."
    said = said if public else f"This {kind.word} is no longer public."
    return _after(request, kind, record_id, answer, said)


def _told(answer: Answer) -> str:
    """With whom it is shared now, and what they may do."""
    share = (
        Share.objects.filter(pk=answer.data["id"]).select_related("user", "group").first()
        if answer.is_done
        else None
    )
    rights = [name for name in ("edit", "delete") if share and getattr(share, f"can_{name}")]
    may = " and ".join(["view", *rights]) if len(rights) < 2 else "view, edit and delete"
    return f"Shared with {_whom(share)}, who may {may} it."


def _whom(share: Share | None) -> str:
    if share is None:
        return "them"
    return share.user.full_name if share.user else share.group.name if share.group else "them"


def _given(request: SignedInRequest) -> dict[str, Any]:
    whom = {name: request.POST[name] for name in ("user_id", "group_id") if request.POST.get(name)}
    return {**whom, **{name: name in request.POST for name in ("can_edit", "can_delete")}}


def _after(request: SignedInRequest, kind: Kind, record_id: UUID, answer: Answer, said: str) -> HttpResponse:
    answer.told(request, said)
    return redirect(reverse(f"web:share-{kind.word}", args=[record_id]))


def _context(request: SignedInRequest, kind: Kind, record: Any) -> dict[str, Any]:
    rows = Share.objects.filter(kind=record.record_kind(), object_id=record.pk).select_related(
        "user", "group"
    )
    shares = first_of(rows.order_by("id"))
    asked = text_asked(request, "q", LONGEST_SEARCH)
    rights = rights_on(record, request.user)
    return {
        "kind": kind,
        "record": record,
        "page": kind.address(record.pk),
        "room": kind.room,
        "rights": rights,
        "shares": shares,
        "asked": asked,
        "found": _found(request, record, asked) if asked and rights.share else None,
        "unshare": f"web:unshare-{kind.word}",
        "publish": reverse(f"web:publish-{kind.word}", args=[record.pk]),
        "api": kind.api("shares", record.pk),
    }


def _found(request: SignedInRequest, record: Any, asked: str) -> dict[str, Any]:
    """People and groups of that name who are not the owner and have no share yet."""
    shares = Share.objects.filter(kind=record.record_kind(), object_id=record.pk)
    people = User.objects.filter(is_active=True).exclude(pk=record.owner_id)
    people = people.exclude(pk__in=shares.exclude(user=None).values("user"))
    groups = Group.objects.visible_to(request.user).exclude(pk=record.owned_by_id)
    groups = groups.exclude(pk__in=shares.exclude(group=None).values("group"))
    query = {"search": asked}
    return {
        "people": PersonFilterSet(query, people, request=request).narrowed.order_by("username")[:FOUND],
        "groups": GroupFilterSet(query, groups, request=request).narrowed.order_by("name")[:FOUND],
    }
