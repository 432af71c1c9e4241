"""The trash: what was deleted, and the way back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common.models import UserLike
from web.deeds import do
from web.lists.paging import page_for
from web.requests import SignedInRequest, text_asked
from web.trash.kinds import COUNTED, KINDS, Kind

MOST_AT_ONCE = 500
ORDERS = {"newest": ("-deleted_date", "-id"), "oldest": ("deleted_date", "id")}


@require_safe
@login_required
def trash(request: SignedInRequest) -> HttpResponse:
    """One kind of what was deleted, the last first; what the user may restore can be chosen."""
    kind = KINDS.get(request.GET.get("kind", ""), KINDS["runs"])
    search, by = text_asked(request, "search"), request.GET.get("by", "")
    order = request.GET.get("order", "newest")
    rows = kind.deleted_for(request.user).order_by(*ORDERS.get(order, ORDERS["newest"]))
    if by == "me":
        rows = rows.filter(deleted_by=request.user)
    page = page_for(request, kind.narrowed(rows, search) if search else rows)
    _say_more(page.rows, kind, request.user)
    asked = {"deleted": "true", **({"search": search} if search else {})}
    context = {
        "by": by if by == "me" else "",
        "order": order if order in ORDERS else "newest",
        "is_narrowed": bool(search) or by == "me",
        "kind": kind,
        "tabs": [(one, _count(one, request.user)) for one in KINDS.values()],
        "counted": COUNTED,
        "search": search,
        "page": page,
        "may_restore": any(row.may_restore for row in page.rows),
        "api": f"{reverse(f'{kind.basename}-list')}?{urlencode(asked)}",
    }
    return render(request, "web/trash/trash.html", context)


@require_POST
@login_required
def restore(request: SignedInRequest) -> HttpResponse:
    """Take the one whose button was pressed out of the trash, or else all that were chosen."""
    kind = KINDS.get(request.POST.get("kind", ""), KINDS["runs"])
    only = request.POST.get("only")
    chosen = [only] if only else request.POST.getlist("chosen")[:MOST_AT_ONCE]
    if not chosen:
        messages.error(request, "Select what to restore.")
    restored = sum(_restored(request, kind, one) for one in chosen)
    if restored:
        many = f"{restored} {kind.name.lower()} are" if restored > 1 else f"The {kind.one} is"
        messages.success(request, f"{many} restored.")
    return redirect(f"{reverse('web:trash')}?{urlencode({'kind': kind.key})}")


def _restored(request: SignedInRequest, kind: Kind, text: str) -> bool:
    """Whether it was; otherwise the page says why it was not."""
    try:
        answer = do(request, "POST", reverse(f"{kind.basename}-restore", args=[UUID(text)]))
    except (ValueError, Http404):
        messages.error(request, f"This {kind.one} is no longer in the trash.")
        return False
    if not answer.is_done:
        messages.error(request, f"{_name_of(kind, text)}: {answer.why}")
    return answer.is_done


def _name_of(kind: Kind, text: str) -> str:
    """The API refused it, and so it is there, and the user may see it."""
    return str(kind.model.objects.values_list("name", flat=True).get(pk=text))


def _say_more(rows: list[Any], kind: Kind, user: UserLike) -> None:
    """Give each row ``about``, ``held_by`` (the record with owner and group), and whether it can be restored."""
    ids = [row.pk for row in rows]
    mine = kind.model.objects.deletable_by(user, deleted=True).filter(pk__in=ids)
    restorable = set(mine.values_list("pk", flat=True)) if ids else set()
    for row in rows:
        row.about = kind.about(row)
        row.held_by = row if hasattr(row, "owned_by") else row.workflow
        row.may_restore = row.pk in restorable


def _count(kind: Kind, user: UserLike) -> int:
    """How many lie there, as far as they are counted: one more than COUNTED says that there are more."""
    rows = kind.model.objects.visible_to(user, deleted=True).order_by()
    return int(rows.values("pk")[: COUNTED + 1].count())
