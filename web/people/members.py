"""Who is in a group: added, made a manager, taken out."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.memberships import may_manage
from accounts.models import Group, User
from web.deeds import do
from web.people.forms import MemberForm
from web.people.groups import show_group
from web.requests import SignedInRequest, text_asked

OFFERED = 10


@require_POST
@login_required
def add(request: SignedInRequest, group_id: UUID) -> HttpResponse:
    """Take somebody into a group."""
    group = get_object_or_404(Group.objects.visible_to(request.user), pk=group_id)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return show_group(request, group, member_form=form)
    answer = do(request, "POST", reverse("group-members", args=[group.pk]), form.cleaned_data)
    who = answer.data["full_name"] if answer.is_done else ""
    if not answer.told(request, f"{who} is in the group now.", form):
        return show_group(request, group, member_form=form)
    return redirect("web:group", group.pk)


@require_POST
@login_required
def change(request: SignedInRequest, group_id: UUID, user_id: UUID) -> HttpResponse:
    """Give somebody another role, or take them out; oneself, too."""
    address = reverse("group-member", args=[group_id, user_id])
    if request.POST.get("deed") == "remove":
        answer, done = do(request, "DELETE", address), "is no longer in the group"
    else:
        role = request.POST.get("role", "")
        answer, done = do(request, "PATCH", address, {"role": role}), f"is a {role} now"
    who = "You" if user_id == request.user.pk else User.objects.get(pk=user_id).full_name
    answer.told(request, f"{who} {done.replace('is', 'are', 1) if who == 'You' else done}.")
    is_gone = not Group.objects.visible_to(request.user).filter(pk=group_id).exists()
    return redirect("web:group-list") if is_gone else redirect("web:group", group_id)


@require_safe
@login_required
def found_people(request: SignedInRequest, group_id: UUID) -> HttpResponse:
    """Whom a manager may mean: options for the field of the user name."""
    group = get_object_or_404(Group.objects.visible_to(request.user), pk=group_id)
    if not may_manage(request.user, group):
        raise Http404
    text = text_asked(request, "username")
    names = Q()
    for part in ("username", "first_name", "last_name"):
        names |= Q(**{f"{part}__icontains": text})
    people = User.objects.filter(names, is_active=True).exclude(memberships__group=group)
    found = people.order_by("username")[:OFFERED] if text else ()
    return render(request, "web/people/_people.html", {"people": found})
