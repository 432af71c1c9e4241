"""Who is in a group, and what they may do there: changed by its managers, and told in its history."""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Group, Membership, User
from common.errors import Conflict, InvalidInput, Violation
from common.trail import tell

LAST = "A group keeps a manager: make somebody else a manager first."


@transaction.atomic
def add_member(*, group: Group, username: str, role: str, by: User) -> Membership:
    """Take somebody into a group; InvalidInput for an unknown name, Conflict for who is in it already."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise InvalidInput([Violation("username", "nobody who can sign in has this user name")])
    membership, is_new = Membership.objects.get_or_create(user=user, group=group, defaults={"role": role})
    if not is_new:
        raise Conflict(f"{user.full_name} is in the group already.")
    _tell(membership, by, None, role)
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User) -> Membership:
    """Make somebody a manager or a member; Conflict if nobody would manage the group any more."""
    Group.one_at_a_time(membership.group)
    before = membership.role
    if role == before:
        return membership
    _must_not_be_last_manager(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _tell(membership, by, before, role)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """Take somebody out of a group, which owns what it owned before; Conflict for the only manager."""
    Group.one_at_a_time(membership.group)
    _must_not_be_last_manager(membership)
    User.objects.filter(pk=membership.user_id, primary_group=membership.group).update(primary_group=None)
    _tell(membership, by, membership.role, None)
    membership.delete()


def membership_of(group: Group, user_id: UUID) -> Membership:
    """The place of a user in a group; Membership.DoesNotExist if there is none."""
    return Membership.objects.select_related("user", "group").get(group=group, user_id=user_id)


def may_manage(user: User, group: Group) -> bool:
    """Whether somebody may change a group and its members: its managers and administrators."""
    return user.is_superuser or group.pk in user.managed_group_ids()


def _must_not_be_last_manager(membership: Membership) -> None:
    managers = Membership.objects.filter(group=membership.group, role=Membership.Role.MANAGER)
    was = managers.filter(pk=membership.pk).exists()
    if was and not managers.exclude(pk=membership.pk).exists():
        raise Conflict(LAST)


def _tell(membership: Membership, by: User, before: str | None, after: str | None) -> None:
    changes: dict[str, Any] = {membership.user.username: [before, after]}
    tell(membership.group, "shared", by=by, changes=changes)
