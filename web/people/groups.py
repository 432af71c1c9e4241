"""The groups that one is in: who else is, and what they own."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.memberships import may_manage
from accounts.models import ROLES, Group, Membership
from common.models import HistoryEvent
from data_management.models import Dataset, DatasetCollection
from web.deeds import do
from web.lists.paging import bounded_count, first_of, page_for
from web.people.forms import GroupForm, MemberForm
from web.requests import SignedInRequest
from workflows.models import Workflow, WorkflowRun

LATEST = 10
OWNED = (
    ("Runs", WorkflowRun, "web:run-list"),
    ("Workflows", Workflow, "web:workflow-list"),
    ("Datasets", Dataset, "web:dataset-list"),
    ("Collections", DatasetCollection, "web:collection-list"),
)


@require_safe
@login_required
def group_list(request: SignedInRequest) -> HttpResponse:
    """One's groups; administrators see all."""
    own = Membership.objects.filter(group=OuterRef("pk"), user=request.user).values("role")[:1]
    groups = Group.objects.visible_to(request.user).annotate(role=Subquery(own)).order_by("name")
    page = page_for(request, groups)
    _count_members(page.rows)
    return render(request, "web/people/group_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def group_page(request: SignedInRequest, group_id: UUID) -> HttpResponse:
    """What a group is, who is in it, what it owns; its managers change it."""
    group = get_object_or_404(Group.objects.visible_to(request.user), pk=group_id)
    form = GroupForm(group, request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_kept(request, group, form):
        return redirect("web:group", group.pk)
    return show_group(request, group, form=form)


def show_group(request: SignedInRequest, group: Group, **forms: Any) -> HttpResponse:
    """The page of a group, with forms as they were sent."""
    members = group.memberships.select_related("user").order_by("role", "user__username")
    events = HistoryEvent.objects.filter(object_id=group.pk).select_related("by").order_by("-id")
    context = {
        "group": group,
        "members": first_of(members),
        "is_manager": may_manage(request.user, group),
        "roles": ROLES,
        "owned": [
            (
                name,
                bounded_count(model.objects.filter(owned_by=group)),
                f"{reverse(route)}?owned_by={group.pk}",
            )
            for name, model, route in OWNED
        ],
        "api": reverse("group-detail", args=[group.pk]),
        "events": events[:LATEST],
        "form": GroupForm(group),
        "member_form": MemberForm(),
        **forms,
    }
    sent_back = any(form.errors for form in forms.values())
    return render(request, "web/people/group.html", context, status=400 if sent_back else 200)


def _is_kept(request: SignedInRequest, group: Group, form: GroupForm) -> bool:
    answer = do(request, "PATCH", reverse("group-detail", args=[group.pk]), form.cleaned_data)
    return answer.told(request, "The group is changed.", form)


def _count_members(groups: list[Any]) -> None:
    counts = Membership.objects.filter(group__in=groups).values_list("group").annotate(Count("pk"))
    known = dict(counts.order_by())
    for group in groups:
        group.member_count = known.get(group.pk, 0)
